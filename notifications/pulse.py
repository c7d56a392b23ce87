"""Do messages flow? Whoever sends leaves a heartbeat, and what is due for long says that nobody does."""

from datetime import datetime, timedelta

from django.db.models import Min

from notifications.models import Delivery, Heartbeat
from notifications.states import DeliveryStatus

LATE_AFTER = timedelta(seconds=300)
SILENT_AFTER = timedelta(seconds=120)


def beat(sender: str, *, at: datetime) -> None:
    """Leave the heartbeat of the workers' queue or of the relay; one row each, however many processes."""
    Heartbeat.objects.update_or_create(sender=sender, defaults={"beaten_at": at})


def ailments(*, now: datetime) -> dict[str, int | None]:
    """What is wrong, by code, with its seconds: `oldest_due` is late, `no_heartbeat` (None: never any). Empty: well."""
    found: dict[str, int | None] = {}
    oldest = Delivery.objects.filter(status=DeliveryStatus.DUE).aggregate(at=Min("due_at"))["at"]
    if oldest is not None and now - oldest > LATE_AFTER:
        found["oldest_due"] = int((now - oldest).total_seconds())
    latest = Heartbeat.objects.order_by("-beaten_at").values_list("beaten_at", flat=True).first()
    if latest is None or now - latest > SILENT_AFTER:
        found["no_heartbeat"] = None if latest is None else int((now - latest).total_seconds())
    return found
