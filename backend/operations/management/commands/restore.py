"""Brings a backup back into an empty database, compares it row by row with what was saved, and erases anew."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.journal import batches
from backend.operations.manifest import Manifest
from backend.operations.postgres import Database, NoProgram
from backend.operations.restore import NotEqual, RestoreRefused, restore, scratch_beside
from backend.operations.sealing import CannotOpen, opener
from backend.privacy import ledger


class Command(BaseCommand):
    help = "Restore a backup into the configured, empty database; or check that one could be restored."
    requires_system_checks: list[str] = []  # the database is empty

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the backup, or - for the input")
        parser.add_argument("--key-file", type=Path, required=True, help="holds the private key")
        parser.add_argument(
            "--verify",
            action="store_true",
            help="restore into a new database beside, compare, and drop it; the running one is not touched",
        )
        parser.add_argument(
            "--without-vault-keys", action="store_true", help="go on although names could not be opened"
        )

    def handle(self, *args: Any, file: str, key_file: Path, verify: bool, **options: Any) -> None:
        started, own = time.monotonic(), Database.configured()
        need_keys = not options["without_vault_keys"]
        try:
            key = opener(key_file.read_text())
            with _source(file) as source:
                if verify:
                    with scratch_beside(own) as scratch:
                        manifest = restore(source, database=scratch, key=key, need_keys=need_keys)
                else:
                    manifest = restore(source, database=own, key=key, need_keys=need_keys)
        except (RestoreRefused, CannotOpen, NoProgram, OSError, ValueError) as error:
            raise CommandError(f"Not restored: {error}") from error
        except NotEqual as error:
            raise CommandError("Restored, but not the same: " + "; ".join(error.differences)) from error
        self._say(manifest, time.monotonic() - started, verify=verify)
        if verify:
            batches.succeeded("restore_check", at=timezone.now(), seconds=time.monotonic() - started)
        else:
            self._bring_up_to_date()

    def _say(self, manifest: Manifest, seconds: float, *, verify: bool) -> None:
        what = "The backup can be restored" if verify else "Restored"
        self.stdout.write(
            f"{what}: {manifest.rows} rows of {len(manifest.tables)} tables as of {manifest.made_at}, each table "
            f"with the count and the checksum that was saved. {seconds:.1f} s."
        )

    def _bring_up_to_date(self) -> None:
        """Later migrations, and the erasures that happened after the backup: whoever was erased stays erased."""
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"Erasures of later than the backup, done again: {ledger.replay(timezone.now())}.")


def _source(file: str) -> IO[bytes]:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")
