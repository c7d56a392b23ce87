"""Says on one page what is well, what is not, and what to do."""

from argparse import ArgumentParser
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.operations.diagnosis import Mark, diagnosis

SIGN = {Mark.WELL: "✓", Mark.NOTE: "!", Mark.WRONG: "✗"}


class Command(BaseCommand):
    help = (
        "Look over the whole installation: settings, database, keys, messages, queue, nightly work, backups."
    )
    requires_system_checks: list[str] = []  # it runs them itself, and goes on

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="only what is not well")

    def handle(self, *args: Any, quiet: bool, **options: Any) -> None:
        found = diagnosis(now=timezone.now())
        for part, findings in groupby(found, key=lambda one: one.part):
            lines = [one for one in findings if not (quiet and one.mark is Mark.WELL)]
            if lines:
                self.stdout.write(self.style.MIGRATE_HEADING(part))
            for one in lines:
                self.stdout.write(f"  {SIGN[one.mark]} {one.what}")
                if one.do and one.mark is not Mark.WELL:
                    self.stdout.write(f"      → {one.do}")
        wrong = sum(one.mark is Mark.WRONG for one in found)
        notes = sum(one.mark is Mark.NOTE for one in found)
        if wrong:
            raise CommandError(f"{wrong} wrong, {notes} to note.")
        self.stdout.write(f"All in order, {notes} to note.")
