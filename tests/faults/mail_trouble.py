"""What does a bad mail server make of so many messages, each of which must come to its end?

Used with a handful by test_mail_trouble.py, with thousands by the bench.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import uuid4

from django.db.models import Max

from backend.accounts.models import User
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from notifications import outbox
from notifications.models import Delivery
from notifications.states import DeliveryStatus, Failure
from tests.conftest import Cast
from tests.factories import NOW
from tests.faults.troubled_server import Fate, TroubledServer

# Chances of each attempt; of a message, for all its attempts, where it is refused.
TROUBLE = {"busy": 0.30, "silent": 0.05, "refused": 0.02, "dripping": 0.01}


def due_mails(cast: Cast, number: int) -> Event:
    """So many people hear that the school may ask from now on."""
    school = cast.school
    Event.objects.unprocessed().update(processed_at=NOW)
    event = Event.objects.create(
        kind=EventKind.ORGANISATION_APPROVED, subject_type="organisation", subject_id=school.pk,
        timeline_id=school.pk, office_id=cast.osnabrueck.pk, happened_at=NOW, processed_at=NOW,
    )  # fmt: skip
    readers = User.objects.bulk_create(
        User(email=f"{uuid4()}@mail.example", language="de", created_at=NOW) for _ in range(number)
    )
    Delivery.objects.bulk_create(a_mail(event, reader) for reader in readers)
    return event


def a_mail(event: Event, reader: User, template: str = "organisation_approved") -> Delivery:
    return Delivery(
        event=event, template=template, recipient=reader, channel="email", office_id=event.office_id,
        subject_type=event.subject_type, subject_id=event.subject_id, due_at=event.happened_at,
    )  # fmt: skip


def a_poisoned_mail(event: Event, reader: User) -> Delivery:
    """One that breaks whoever renders it, and is always the first in line."""
    poison = a_mail(event, reader, "x")
    poison.due_at = NOW.replace(year=2025)
    poison.save()
    return poison


def send_until_all_is_final(
    send_due: Callable[[datetime], object] = lambda now: outbox.send_due(now=now),
) -> None:
    """Send, and let the time pass until what has failed is due again."""
    now = NOW
    for _ in range(outbox.ATTEMPTS_AT_MOST + 1):
        send_due(now)
        latest = Delivery.objects.filter(status=DeliveryStatus.DUE).aggregate(at=Max("due_at"))["at"]
        if latest is None:
            return
        now = latest
    raise AssertionError(f"still due: {Delivery.objects.filter(status=DeliveryStatus.DUE).count()}")


def given_up_after_all_attempts(poison: Delivery) -> int:
    """How many of the other mails were set aside, because no attempt came through."""
    mails = Delivery.objects.filter(event=poison.event_id, status=DeliveryStatus.FAILED).exclude(pk=poison.pk)
    return mails.exclude(failure=Failure.REFUSED).count()


def disagreements(server: TroubledServer, poison: Delivery, number: int) -> Iterator[str]:
    """Where the rows of `number` mails say something else than the mail server; the poisoned one beside them."""
    mails = Delivery.objects.filter(event=poison.event_id).exclude(pk=poison.pk)
    failed = mails.filter(status=DeliveryStatus.FAILED)
    refused = {str(pk) for pk in failed.filter(failure=Failure.REFUSED).values_list("pk", flat=True)}
    # A server that is busy or silent for the third part of the time is so ten times on end for some.
    given_up = {str(pk) for pk in failed.exclude(failure=Failure.REFUSED).values_list("pk", flat=True)}
    sent = {str(pk) for pk in mails.filter(status=DeliveryStatus.SENT).values_list("pk", flat=True)}
    for name in sorted(refused ^ server.having(Fate.REFUSED)):
        yield f"refused by the one, not by the other: {name}"
    for name in sorted(sent ^ set(server.taken)):
        yield f"sent for the one, not for the other: {name}"
    for name in sorted(name for name in given_up if server.attempts[name] < outbox.ATTEMPTS_AT_MOST):
        yield f"given up too early: {name}"
    if (final := len(sent) + len(refused) + len(given_up)) != number:
        yield f"of {number} only {final} have come to their end"
    for name in sorted(name for name in refused if server.attempts[name] > 1):
        yield f"asked for again after a final no: {name}"
    poison.refresh_from_db()
    if (poison.status, poison.failure) != (DeliveryStatus.FAILED, Failure.ERROR):
        yield f"the poisoned one: {poison.status} {poison.failure}"
    if poison.attempts != outbox.ATTEMPTS_AT_MOST:
        yield f"the poisoned one was tried {poison.attempts} times"
