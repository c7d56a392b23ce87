"""Draws the pair of keys for backups: the public one for the service, the private one for the safe."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from backend.operations.sealing import new_pair


class Command(BaseCommand):
    help = "Draw a pair of keys for backups, and print both. Nothing is stored."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bare", action="store_true", help="the two keys alone, one a line")

    def handle(self, *args: Any, bare: bool, **options: Any) -> None:
        public, private = new_pair()
        if bare:
            self.stdout.write(f"{public}\n{private}")
            return
        self.stdout.write(
            f"For the service (BACKUP_RECIPIENT):\n  {public}\n\n"
            f"For the safe, never on the server; without it no backup can be opened:\n  {private}"
        )
