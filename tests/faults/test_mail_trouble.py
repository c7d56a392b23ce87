"""Does every message come to its end while the mail server is busy, silent, dripping, refusing, or without TLS?"""

from collections.abc import Iterator
from typing import Any

import pytest

from notifications import outbox
from notifications.models import Delivery
from notifications.states import DeliveryStatus, Failure
from tests.conftest import Cast
from tests.factories import NOW
from tests.faults import mail_trouble
from tests.faults.troubled_server import Fate, TroubledServer, troubled

MAILS = 200
LATE = 0.25  # seconds after which an answer comes too late


@pytest.fixture
def mail_settings(settings: Any) -> Any:
    for name, value in mail_trouble.mail_settings(LATE).items():
        setattr(settings, name, value)
    return settings


@pytest.fixture
def server(mail_settings: Any) -> Iterator[TroubledServer]:
    with troubled(**mail_trouble.TROUBLE) as found:
        mail_settings.EMAIL_PORT = found.port
        yield found


def test_two_hundred_mails_through_a_bad_server(cast: Cast, server: TroubledServer) -> None:
    poison = mail_trouble.a_poisoned_mail(mail_trouble.due_mails(cast, MAILS), cast.rita)

    outbox.send_due(now=NOW)
    assert len(server.attempts) == MAILS  # the poisoned row has held up nobody
    mail_trouble.send_until_all_is_final()

    assert list(mail_trouble.disagreements(server, [poison], MAILS)) == []
    assert mail_trouble.hopeless(server) == set()  # as its fates are drawn
    assert all(server.having(fate) for fate in Fate), "each kind of trouble has come up"
    # A silent or dripping server has not taken the message over, so none came twice.
    assert set(server.taken.values()) == {1}


def test_what_does_not_agree_would_be_seen(cast: Cast, server: TroubledServer) -> None:
    poison = mail_trouble.a_poisoned_mail(mail_trouble.due_mails(cast, 6), cast.rita)
    mail_trouble.send_until_all_is_final()
    rows = Delivery.objects.filter(event=poison.event_id).exclude(pk=poison.pk)
    lost, refused, pressed, tired, hopeful, silenced = (str(pk) for pk in rows.values_list("pk", flat=True))
    failed = {"status": DeliveryStatus.FAILED, "sent_at": None, "failed_at": NOW}
    del server.fates[lost]
    server.fates[refused] = [Fate.REFUSED]
    server.fates[pressed], server.attempts[pressed] = [Fate.REFUSED], 2
    rows.filter(pk=pressed).update(failure=Failure.REFUSED, **failed)
    server.fates[tired], server.attempts[tired] = [Fate.BUSY] * 10, 10
    rows.filter(pk=tired).update(failure=Failure.BUSY, **failed)  # as it should be
    server.attempts[hopeful] = 11
    server.fates[silenced] = [Fate.SILENT]
    rows.filter(pk=silenced).update(failure=Failure.TIMEOUT, **failed)
    Delivery.objects.filter(pk=poison.pk).update(failure=Failure.BUSY, attempts=9)

    assert list(mail_trouble.disagreements(server, [poison], 7)) == [
        f"refused for the one, not for the other: {refused}",
        *(f"sent for the one, not for the other: {name}" for name in sorted([lost, refused])),
        f"given up for the one, not for the other: {silenced}",
        "of 7 only 6 have come to their end",
        f"asked for again after a final no: {pressed}",
        f"tried too often: {hopeful}",
        "a poisoned one: FAILED busy",
        "a poisoned one was tried 9 times",
    ]


def test_without_the_tls_we_ask_for_nothing_is_said(cast: Cast, mail_settings: Any) -> None:
    with troubled() as server:
        mail_settings.EMAIL_PORT, mail_settings.EMAIL_USE_TLS = server.port, True
        mail_trouble.due_mails(cast, 3)
        outbox.send_due(now=NOW)
        assert server.attempts == {}
        assert set(
            Delivery.objects.filter(template="organisation_approved").values_list("status", "failure")
        ) == {(DeliveryStatus.DUE, Failure.UNREACHABLE)}
        mail_settings.EMAIL_USE_TLS = False
        mail_trouble.send_until_all_is_final()
        assert len(server.taken) == 3


def test_a_dripping_server_is_left_when_the_whole_time_is_over(cast: Cast, mail_settings: Any) -> None:
    with troubled(dripping=1.0) as server:
        mail_settings.EMAIL_PORT = server.port
        mail_trouble.due_mails(cast, 1)
        outbox.send_due(now=NOW)
    row = Delivery.objects.get(template="organisation_approved")
    assert (row.status, row.failure) == (DeliveryStatus.DUE, Failure.TIMEOUT)


def test_a_fate_is_the_same_in_every_run() -> None:
    first, second = (TroubledServer(busy=0.3, refused=0.1) for _ in range(2))
    assert [first.draw(str(n % 50)) for n in range(200)] == [second.draw(str(n % 50)) for n in range(200)]
