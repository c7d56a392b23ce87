"""After a restore: erases anew whoever had been erased since that backup was made."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.privacy import ledger


class Command(BaseCommand):
    help = "Replay the erasure ledger over the database, as `restore` does; run twice it does nothing more."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = ledger.replay(timezone.now())
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(done))
