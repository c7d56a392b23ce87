"""How events become messages and messages get out, although any process may die at any moment.

Rows are the truth. Each step is one short transaction and may run twice: fan_out queues a message once per business
key, a claim is a lease with an owner, and only the owner may write down how it ended. So a message is sent at least
once; a worker that dies between the mail server's yes and our note of it causes one double, under the same Message-ID.

`now` is the time by which things are due and dated; leases run by the database's clock alone, because workers' clocks
differ.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from backend.journal.models import Event
from notifications.channels import DeliveryFailed, send
from notifications.models import Delivery, DeliveryQuerySet
from notifications.quiet import quiet_until
from notifications.rendering import render
from notifications.rules import deliveries_for
from notifications.states import DeliveryStatus, Failure

logger = logging.getLogger(__name__)

ATTEMPTS_AT_MOST = 10  # with 30 s at first and doubling: a little over four hours
CRASHES_AT_MOST = 3
EVENTS_AT_ONCE = 500
JITTER = 0.2  # so that what failed together does not come back together
MARK_AGAIN_SECONDS = 0.5
LOST = (OperationalError, InterfaceError)

_draw = SystemRandom()


# --- events become rows


def fan_out(*, now: datetime) -> int:
    """Queue the messages of all events nobody has looked at yet; how many events that were."""
    ids = Event.objects.unprocessed().order_by("happened_at", "pk").values_list("pk", flat=True)
    return sum(_fan_out_one(pk, now=now) for pk in list(ids[:EVENTS_AT_ONCE]))


def queue_deliveries(event_id: UUID, *, now: datetime) -> bool:
    """Queue the messages of one event, if nobody else is at it."""
    with transaction.atomic():
        event = Event.objects.unprocessed().select_for_update(skip_locked=True).filter(pk=event_id).first()
        if event is None:  # another worker has it
            return False
        # The unique constraint drops what an earlier, interrupted run has queued already.
        Delivery.objects.bulk_create(deliveries_for(event), ignore_conflicts=True)
        event.mark_processed(at=now)
        return True


def _fan_out_one(event_id: UUID, *, now: datetime) -> bool:
    try:
        return queue_deliveries(event_id, now=now)
    except LOST as error:  # a lock or a lost connection says nothing about the event: it comes again
        logger.warning("fan_out_postponed event=%s error=%s", event_id, type(error).__name__)
        if not connection.is_usable():
            raise
        return False
    except Exception as error:
        event = Event.objects.get(pk=event_id)
        event.park(at=now)
        logger.error("event_parked id=%s kind=%s error=%s", event_id, event.kind, type(error).__name__)
        return True


# --- rows get out


def send_due(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Send what is due, one row after the other, while `go_on`; how many rows were handled."""
    rescue(now=now)
    owner, started, handled = uuid4(), time.monotonic(), 0
    while go_on():
        moment = now + timedelta(seconds=time.monotonic() - started)
        delivery = claim(owner=owner, now=moment)
        if delivery is None:
            break
        deliver(delivery, now=moment)
        handled += 1
    return handled


def claim(*, owner: UUID, now: datetime) -> Delivery | None:
    """The next due row that is in nobody's hands, leased to `owner` and its attempt counted; None if there is none.

    One at a time: what a dying worker leaves behind in SENDING is then the very row over which it died.
    """
    with transaction.atomic():
        due = Delivery.objects.filter(status=DeliveryStatus.DUE, due_at__lte=now)
        delivery = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk").first()
        if delivery is not None:
            delivery.move_to(
                DeliveryStatus.SENDING,
                at=now,
                owner=owner,
                lease_until=_lease(),
                attempts=delivery.attempts + 1,
            )
        return delivery


def deliver(delivery: Delivery, *, now: datetime) -> None:
    """Send one claimed row and write down how it went. Nothing that goes wrong with it touches the next one."""
    try:
        outcome = _attempt(delivery, now=now)
    except DeliveryFailed as error:
        outcome = _after_failure(delivery, error, now=now)
    except Exception as error:
        if isinstance(error, LOST) and not connection.is_usable():
            raise  # the database is away; the lease brings the row back
        logger.error("delivery_broke id=%s error=%s", delivery.pk, type(error).__name__)
        failed = DeliveryFailed(Failure.ERROR, type(error).__name__, permanent=False)
        outcome = _after_failure(delivery, failed, now=now)
    if outcome is None or not _mark_patiently(delivery, outcome, now=now):
        logger.warning("delivery_lost_to_another_worker id=%s", delivery.pk)
        return
    logger.info(
        "delivery id=%s event=%s template=%s status=%s attempts=%s failure=%s%s",
        *(delivery.pk, delivery.event_id, delivery.template, outcome.status, delivery.attempts),
        *(outcome.fields.get("failure", ""), outcome.fields.get("failure_detail", "")),
    )


def renew(delivery: Delivery) -> bool:
    """A whole lease from now, right before sending; False when the row is no longer ours."""
    return bool(_ours(delivery).update(lease_until=_lease()))


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended, with the fields that belong to it."""

    status: DeliveryStatus
    fields: Mapping[str, Any] = field(default_factory=dict)


def mark(delivery: Delivery, outcome: Outcome, *, now: datetime) -> bool:
    """Write the outcome down; False when the lease ran out meanwhile and the row has another owner."""
    with transaction.atomic():
        row = _ours(delivery).select_for_update(of=("self",)).first()
        if row is None:
            return False
        row.move_to(outcome.status, at=now, owner=None, lease_until=None, **outcome.fields)
        return True


def rescue(*, now: datetime) -> int:
    """Take back what dead workers left behind; a row over which several died is set aside, not tried for ever."""
    with transaction.atomic():
        orphans = Delivery.objects.filter(status=DeliveryStatus.SENDING, lease_until__lt=Now())
        rows = list(orphans.select_for_update(skip_locked=True, of=("self",)))
        for row in rows:
            freed = {"owner": None, "lease_until": None, "crashes": row.crashes + 1}
            if row.crashes + 1 < CRASHES_AT_MOST:
                row.move_to(DeliveryStatus.DUE, at=now, **freed)
            else:
                row.move_to(
                    DeliveryStatus.FAILED, at=now, failure=Failure.CRASHED, failure_detail="", **freed
                )
            logger.warning("delivery_rescued id=%s status=%s crashes=%s", row.pk, row.status, row.crashes)
    return len(rows)


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling, give or take the jitter."""
    seconds = settings.DELIVERY_RETRY_BASE_SECONDS * 2 ** (attempts - 1)
    return timedelta(seconds=seconds * _draw.uniform(1 - JITTER, 1 + JITTER))


def _attempt(delivery: Delivery, *, now: datetime) -> Outcome | None:
    """Render and send, outside any transaction. None: somebody else has taken the row over."""
    if (morning := quiet_until(delivery, now=now)) is not None:
        return Outcome(DeliveryStatus.DUE, {"due_at": morning, "attempts": delivery.attempts - 1})
    letter = render(delivery, now=now)
    if letter is None:
        return Outcome(DeliveryStatus.DROPPED)
    if not renew(delivery):
        return None
    reference = send(delivery, letter)
    fields = {"failure": "", "failure_detail": "", "provider_ref": reference}
    return Outcome(DeliveryStatus.SENT, fields)


def _after_failure(delivery: Delivery, error: DeliveryFailed, *, now: datetime) -> Outcome:
    fields = {"failure": error.failure, "failure_detail": error.detail}
    if error.permanent or delivery.attempts >= ATTEMPTS_AT_MOST:
        return Outcome(DeliveryStatus.FAILED, fields)
    return Outcome(DeliveryStatus.DUE, {**fields, "due_at": now + retry_delay(delivery.attempts)})


def _mark_patiently(delivery: Delivery, outcome: Outcome, *, now: datetime) -> bool:
    """Mark, through a database that is away for a moment, for as long as the lease may last."""
    give_up_at = time.monotonic() + settings.DELIVERY_LEASE_SECONDS
    while True:
        try:
            return mark(delivery, outcome, now=now)
        except LOST:
            if time.monotonic() > give_up_at:
                raise
            connection.close_if_unusable_or_obsolete()
            time.sleep(MARK_AGAIN_SECONDS)


def _ours(delivery: Delivery) -> DeliveryQuerySet:
    """The row, as long as nobody else has been given it."""
    return Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.SENDING, owner=delivery.owner)


def _lease() -> CombinedExpression:
    return Now() + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)


# --- what operators do


def requeue(delivery: Delivery, *, now: datetime) -> None:
    """Try a failed row again, with all its attempts."""
    delivery.move_to(
        DeliveryStatus.DUE, at=now, due_at=now, attempts=0, crashes=0, failure="", failure_detail=""
    )


def discard(delivery: Delivery, *, now: datetime) -> None:
    """Never send this row."""
    delivery.move_to(DeliveryStatus.DROPPED, at=now)
