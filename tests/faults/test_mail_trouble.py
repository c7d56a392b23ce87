"""Does every message come to its end while the mail server is busy, silent, dripping, refusing, or without TLS?"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db.models import Max

from backend.accounts.models import User
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from notifications import outbox
from notifications.models import Delivery
from notifications.states import DeliveryStatus, Failure
from tests.conftest import Cast
from tests.factories import NOW
from tests.faults.troubled_server import Fate, TroubledServer, troubled

MAILS = 200
LATE = 0.25  # seconds after which an answer comes too late


@pytest.fixture
def mail_settings(settings: Any) -> Any:
    settings.EMAIL_BACKEND = "notifications.channels.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT, settings.EMAIL_WHOLE_SECONDS = "127.0.0.1", LATE, 5 * LATE
    return settings


@pytest.fixture
def server(mail_settings: Any) -> Iterator[TroubledServer]:
    with troubled(busy=0.30, silent=0.05, refused=0.02, dripping=0.01) as found:
        mail_settings.EMAIL_PORT = found.port
        yield found


def due_mails(cast: Cast, number: int) -> None:
    """So many people hear that their organisation may ask from now on."""
    school = cast.school
    Event.objects.unprocessed().update(processed_at=NOW)
    event = Event.objects.create(
        kind=EventKind.ORGANISATION_APPROVED, subject_type="organisation", subject_id=school.pk,
        timeline_id=school.pk, office_id=cast.osnabrueck.pk, happened_at=NOW, processed_at=NOW,
    )  # fmt: skip
    readers = User.objects.bulk_create(
        User(email=f"reader{n}@mail.example", language="de", created_at=NOW) for n in range(number)
    )
    Delivery.objects.bulk_create(a_mail(event, reader) for reader in readers)


def a_mail(event: Event, reader: User, template: str = "organisation_approved") -> Delivery:
    return Delivery(
        event=event, template=template, recipient=reader, channel="email", office_id=event.office_id,
        subject_type=event.subject_type, subject_id=event.subject_id, due_at=event.happened_at,
    )  # fmt: skip


def send_until_all_is_final() -> datetime:
    """Send, and let the time pass until what has failed is due again."""
    now = NOW
    for _ in range(outbox.ATTEMPTS_AT_MOST + 1):
        outbox.send_due(now=now)
        latest = Delivery.objects.filter(status=DeliveryStatus.DUE).aggregate(at=Max("due_at"))["at"]
        if latest is None:
            return now
        now = latest
    raise AssertionError(f"still due: {Delivery.objects.filter(status=DeliveryStatus.DUE).count()}")


def test_two_hundred_mails_through_a_bad_server(cast: Cast, server: TroubledServer) -> None:
    due_mails(cast, MAILS)
    poison = a_mail(
        Event.objects.get(kind="ORGANISATION_APPROVED", processed_at=NOW, actor_id=None), cast.rita, "x"
    )
    poison.due_at = NOW.replace(year=2025)  # always the first in line
    poison.save()

    outbox.send_due(now=NOW)
    assert len(server.attempts) == MAILS  # the poisoned row has held up nobody
    send_until_all_is_final()

    mails = Delivery.objects.exclude(pk=poison.pk)
    refused = {str(pk) for pk in mails.filter(status=DeliveryStatus.FAILED).values_list("pk", flat=True)}
    sent = {str(pk) for pk in mails.filter(status=DeliveryStatus.SENT).values_list("pk", flat=True)}
    assert refused == server.having(Fate.REFUSED)
    assert sent == set(server.taken)
    assert len(sent) + len(refused) == MAILS
    assert {server.attempts[name] for name in refused} == {1}  # a final no is asked for once
    assert all(server.having(fate) for fate in Fate), "each kind of trouble has come up"
    # A silent or dripping server has not taken the message over, so none came twice.
    assert set(server.taken.values()) == {1}
    poison.refresh_from_db()
    assert (poison.status, poison.failure) == (DeliveryStatus.FAILED, Failure.ERROR)
    assert poison.attempts == outbox.ATTEMPTS_AT_MOST


def test_without_the_tls_we_ask_for_nothing_is_said(cast: Cast, mail_settings: Any) -> None:
    with troubled() as server:
        mail_settings.EMAIL_PORT, mail_settings.EMAIL_USE_TLS = server.port, True
        due_mails(cast, 3)
        outbox.send_due(now=NOW)
        assert server.attempts == {}
        assert set(
            Delivery.objects.filter(template="organisation_approved").values_list("status", "failure")
        ) == {(DeliveryStatus.DUE, Failure.UNREACHABLE)}
        mail_settings.EMAIL_USE_TLS = False
        send_until_all_is_final()
        assert len(server.taken) == 3


def test_a_dripping_server_is_left_when_the_whole_time_is_over(cast: Cast, mail_settings: Any) -> None:
    with troubled(dripping=1.0) as server:
        mail_settings.EMAIL_PORT = server.port
        due_mails(cast, 1)
        outbox.send_due(now=NOW)
    row = Delivery.objects.get(template="organisation_approved")
    assert (row.status, row.failure) == (DeliveryStatus.DUE, Failure.TIMEOUT)


def test_a_fate_is_the_same_in_every_run() -> None:
    first, second = (TroubledServer(busy=0.3, refused=0.1) for _ in range(2))
    assert [first.draw(str(n % 50)) for n in range(200)] == [second.draw(str(n % 50)) for n in range(200)]
