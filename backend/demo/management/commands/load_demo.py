"""Load the demo town once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from backend.accounts.models import Office
from backend.demo.loading import load_town


class Command(BaseCommand):
    help = "Load the demo town: two offices, organisations, volunteers, a history. Does nothing when it is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pilots", type=int, default=80)
        parser.add_argument("--sessions", type=int, default=20)
        parser.add_argument(
            "--past", type=int, default=600, help="requests of the last weeks, with their answers"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if Office.objects.filter(slug="osnabrueck").exists():
            self.stdout.write("The demo town is there already.")
            return
        load_town(
            pilots=options["pilots"],
            sessions=options["sessions"],
            past=options["past"],
            now=timezone.now(),
            report=lambda line: self.stdout.write(f"  {line}"),
        )
        self.stdout.write("The demo town is loaded.")
