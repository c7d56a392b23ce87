"""Seals everything in the vault with the first key of the keyring, or says whether an old key can go."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.encryption import keyring
from backend.privacy.rotation import Rotation, current_key, keys_in_use, missing_keys, rotate

EVERY = 10  # batches


class Command(BaseCommand):
    help = (
        "Write a new key as the first line of VAULT_KEYS_FILE, start everything anew, then run this: it seals all "
        "values with it, and may be stopped and run again at any time. Then ask with --retire whether the old key can "
        "go. Keep it for as long as a backup holds values sealed with it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--retire", metavar="KEY", help="only say whether this key is needed no more; 1 if it is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if key := options["retire"]:
            self._may_go(key)
            return
        if missing := missing_keys():
            raise CommandError(
                f"Nothing was done: values need keys that are not in the file: {', '.join(missing)}"
            )
        done = Rotation()
        for number, done in enumerate(rotate()):
            if number % EVERY == 0:
                self.stdout.write(f"{done.resealed} values sealed with {current_key()}")
        self.stdout.write(f"{done.resealed} values sealed with {current_key()}: done")
        if done.unreadable:
            for context in done.unreadable[:20]:
                self.stderr.write(f"cannot be opened, left as it is: {context}")
            raise CommandError(
                f"{len(done.unreadable)} values cannot be opened. Keep every key and every backup."
            )

    def _may_go(self, key: str) -> None:
        if key == current_key():
            raise CommandError(f"{key} seals what is written now: put a newer key above it first.")
        if number := keys_in_use()[key]:
            raise CommandError(f"{key} is still needed by {number} values: run rotate_keys first.")
        known = (
            "its line can be taken out of the file"
            if key in keyring(settings.VAULT_KEYS_FILE)
            else "it is not in the file"
        )
        self.stdout.write(f"No value needs {key} any more: {known}. Backups made before need it still.")
