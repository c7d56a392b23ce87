"""Ends what is kept too long, or says what would end: by model and office."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backend.accounts.models import Office
from backend.privacy.retention import rules, run, silent_to_notice


class Command(BaseCommand):
    help = "End rows whose time is over. The workers do so every night; --dry-run changes nothing and counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="count what would end, by model and office"
        )
        parser.add_argument(
            "--at", metavar="MOMENT", help="count as of this moment (ISO 8601); only with --dry-run"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = _moment(options["at"]) if options["at"] else timezone.now()
        if options["at"] and not options["dry_run"]:
            raise CommandError("--at goes with --dry-run alone: nothing is ended before its time.")
        if options["dry_run"]:
            self._count(now)
            return
        done = run(now=now)
        for name, number in done.gone.items():
            self.stdout.write(f"{number:8}  {name}")
        self.stdout.write(f"{sum(done.gone.values())} rows ended, {done.refused} refused")
        if done.refused:
            raise CommandError("Some rows could not be ended; the log says which.")

    def _count(self, now: datetime) -> None:
        offices: dict[UUID | None, str] = dict(Office.objects.values_list("pk", "slug"))
        total = 0
        for rule in rules():
            for office, number in sorted(rule.by_office(now).items(), key=lambda item: str(item[0])):
                total += number
                self.stdout.write(f"{number:8}  {offices.get(office, '-'):20}  {rule.name}")
        self.stdout.write(f"{silent_to_notice(now).count():8}  {'-':20}  letters to silent pilots")
        self.stdout.write(f"{total} rows would end; nothing was changed")


def _moment(written: str) -> datetime:
    try:
        found = parse_datetime(written)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{written!r} is no moment such as 2026-11-30T03:00:00+01:00")
    return found if timezone.is_aware(found) else timezone.make_aware(found)
