"""What does a bad mail server make of so many messages, each of which must come to its end?

Used with a handful by test_mail_trouble.py, with thousands by the bench.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
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


def mail_settings(silence_seconds: float) -> dict[str, Any]:
    """Those of the product that speak to a server on this machine, whose silence lasts so long."""
    return {
        "EMAIL_BACKEND": "notifications.channels.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_TIMEOUT": silence_seconds,
        "EMAIL_WHOLE_SECONDS": 5 * silence_seconds,
    }


def due_mails(cast: Cast, number: int) -> Event:
    """So many people hear that the school may ask from now on."""
    school = cast.school
    Event.objects.unprocessed().update(processed_at=NOW)
    event = Event.objects.create(
        kind=EventKind.ORGANISATION_APPROVED, subject_type="organisation", subject_id=school.pk,
        timeline_id=school.pk, office_id=cast.osnabrueck.pk, happened_at=NOW, processed_at=NOW,
    )  # fmt: skip
    Delivery.objects.bulk_create(a_mail(event, reader) for reader in some_readers(number))
    return event


def some_readers(number: int) -> list[User]:
    return User.objects.bulk_create(
        User(email=f"{uuid4()}@mail.example", language="de", created_at=NOW) for _ in range(number)
    )


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


def hopeless(server: TroubledServer) -> set[str]:
    """Those for whom the server was busy, silent or dripping at every attempt they have: some of many thousands."""
    ends = {Fate.TAKEN, Fate.REFUSED}
    return {
        name
        for name, fates in server.fates.items()
        if len(fates) >= outbox.ATTEMPTS_AT_MOST and not ends & set(fates)
    }


def disagreements(server: TroubledServer, poisons: Sequence[Delivery], number: int) -> Iterator[str]:
    """Where the rows of `number` mails say something else than the mail server; the poisoned ones beside them."""
    beside = [poison.pk for poison in poisons]
    mails = Delivery.objects.filter(event=poisons[0].event_id).exclude(pk__in=beside)

    def names(**wanted: object) -> set[str]:
        return {str(pk) for pk in mails.filter(**wanted).values_list("pk", flat=True)}

    sent = names(status=DeliveryStatus.SENT)
    refused = names(status=DeliveryStatus.FAILED, failure=Failure.REFUSED)
    given_up = names(status=DeliveryStatus.FAILED, failure__in=(Failure.BUSY, Failure.TIMEOUT))
    for what, rows, fates in (
        ("refused", refused, server.having(Fate.REFUSED)),
        ("sent", sent, set(server.taken)),
        ("given up", given_up, hopeless(server)),
    ):
        for name in sorted(rows ^ fates):
            yield f"{what} for the one, not for the other: {name}"
    if (final := len(sent) + len(refused) + len(given_up)) != number:
        yield f"of {number} only {final} have come to their end"
    for name in sorted(name for name in refused if server.attempts[name] > 1):
        yield f"asked for again after a final no: {name}"
    for name in sorted(name for name, tries in server.attempts.items() if tries > outbox.ATTEMPTS_AT_MOST):
        yield f"tried too often: {name}"
    for poison in Delivery.objects.filter(pk__in=beside):
        if (poison.status, poison.failure) != (DeliveryStatus.FAILED, Failure.ERROR):
            yield f"a poisoned one: {poison.status} {poison.failure}"
        if poison.attempts != outbox.ATTEMPTS_AT_MOST:
            yield f"a poisoned one was tried {poison.attempts} times"
