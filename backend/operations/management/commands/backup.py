"""Saves the whole database, sealed for the holder of the private key."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.journal import batches
from backend.operations.backup import BackupFailed, Done, new_file, prune, write_backup
from backend.operations.postgres import Database, NoProgram
from backend.operations.sealing import recipient
from backend.privacy import ledger


class Command(BaseCommand):
    help = "Save the database as of now into one sealed file; the service keeps running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", default=settings.BACKUP_DIR, help="folder (BACKUP_DIR), or - for the output"
        )
        parser.add_argument(
            "--recipient", default=settings.BACKUP_RECIPIENT, help="public key (BACKUP_RECIPIENT)"
        )
        parser.add_argument(
            "--keep", type=int, default=settings.BACKUP_KEEP, help="how many files stay in the folder"
        )

    def handle(self, *args: Any, to: str, recipient: str, keep: int, **options: Any) -> None:
        key, now = _key(recipient), timezone.now()
        if not to:
            raise CommandError("Say where to: --to FOLDER, or BACKUP_DIR. `--to -` writes to the output.")
        ledger.catch_up()
        try:
            if to == "-":
                done = write_backup(sys.stdout.buffer, database=Database.configured(), to=key, now=now)
                sys.stdout.buffer.flush()
                where = "the output"
            else:
                with new_file(Path(to), now=now) as (path, out):
                    done = write_backup(out, database=Database.configured(), to=key, now=now)
                where = str(path)
        except (BackupFailed, NoProgram, OSError) as error:
            raise CommandError(f"No backup was made: {error}") from error
        batches.succeeded("backup", at=now, seconds=done.seconds)
        self.stderr.write(_said(done, where))
        for old in prune(Path(to), keep=max(keep, 1)) if to != "-" else ():
            self.stderr.write(f"Deleted {old.name}; {keep} are kept.")


def _key(text: str) -> Any:
    if not text:
        raise CommandError("BACKUP_RECIPIENT is not set. `manage.py backup_key` draws a pair of keys.")
    try:
        return recipient(text)
    except ValueError as error:
        raise CommandError(f"BACKUP_RECIPIENT is no public key of a backup: {error}") from error


def _said(done: Done, where: str) -> str:
    manifest = done.manifest
    keys = ", ".join(manifest.key_ids) or "none"
    return (
        f"Saved {manifest.rows} rows of {len(manifest.tables)} tables in {done.seconds:.1f} s, "
        f"{done.bytes / 1e6:.1f} MB, to {where}.\n"
        f"Not inside, keep them elsewhere: {', '.join(manifest.not_inside)}. Vault keys it needs: {keys}."
    )
