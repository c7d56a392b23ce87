"""What an operator can see and do when messages or events are stuck."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone

from backend.errors import RuleViolated
from backend.journal.models import Event
from notifications import outbox
from notifications.models import Delivery
from notifications.states import DeliveryStatus


class Command(BaseCommand):
    help = "Show what is stuck; try it again or give it up. Names ids only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="counts by state, failed deliveries, parked events")
        retry = actions.add_parser("retry", help="a failed delivery or a parked event is due again")
        retry.add_argument("ids", nargs="*", type=UUID)
        retry.add_argument("--all", action="store_true", help="everything that failed or is parked")
        discard = actions.add_parser("discard", help="never send these deliveries")
        discard.add_argument("ids", nargs="+", type=UUID)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "list":
            self._list()
        elif action == "retry":
            self._retry(options["ids"], everything=options["all"])
        else:
            self._discard(options["ids"])

    def _list(self) -> None:
        for status in DeliveryStatus.values:
            seen = Delivery.objects.filter(status=status).aggregate(n=Count("pk"), oldest=Min("due_at"))
            oldest = f"  oldest due {seen['oldest']:%Y-%m-%d %H:%M:%S}Z" if seen["oldest"] else ""
            self.stdout.write(f"{status:8} {seen['n']:6}{oldest}")
        for failed in Delivery.objects.failed().order_by("failed_at"):
            self.stdout.write(
                f"failed delivery {failed.pk} {failed.template} {failed.failure} {failed.failure_detail}"
                f" attempts={failed.attempts} crashes={failed.crashes}"
            )
        for event in Event.objects.exclude(failed_at=None).order_by("failed_at"):
            self.stdout.write(f"parked event {event.pk} {event.kind}")

    def _retry(self, ids: list[UUID], *, everything: bool) -> None:
        if everything == bool(ids):
            raise CommandError("Name ids, or say --all.")
        failed, parked = Delivery.objects.failed(), Event.objects.exclude(failed_at=None)
        if not everything:
            failed, parked = failed.filter(pk__in=ids), parked.filter(pk__in=ids)
        now = timezone.now()
        with transaction.atomic():
            deliveries = list(failed.select_for_update(of=("self",)))
            events = list(parked.select_for_update().values_list("pk", flat=True))
            if not everything and len(deliveries) + len(events) < len(set(ids)):
                raise CommandError("Not all of these are failed deliveries or parked events.")
            for delivery in deliveries:
                outbox.requeue(delivery, now=now)
            Event.objects.filter(pk__in=events).update(failed_at=None)
        self.stdout.write(f"due again: {len(deliveries)} deliveries, {len(events)} events")

    def _discard(self, ids: list[UUID]) -> None:
        now = timezone.now()
        with transaction.atomic():
            rows = list(Delivery.objects.select_for_update(of=("self",)).filter(pk__in=ids))
            if len(rows) < len(set(ids)):
                raise CommandError("Not all of these are deliveries.")
            try:
                for delivery in rows:
                    outbox.discard(delivery, now=now)
            except RuleViolated as error:
                raise CommandError(f"A delivery that is {error.facts['current']} stays as it is.") from error
        self.stdout.write(f"discarded: {len(rows)} deliveries")
