"""Mail over a real SMTP connection, and what the server's answers lead to."""

from email.message import EmailMessage
from typing import Any

import pytest

from notifications import outbox
from notifications.models import Delivery
from notifications.states import DeliveryStatus, Failure
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW
from tests.notifications.conftest import PostOffice
from tests.notifications.mail_server import MailServer, free_port

RITA = "rita@rita.example"


@pytest.fixture
def confirmation(cast: Cast, post: PostOffice) -> Delivery:
    """A due row with an attachment: the confirmation to Rita."""
    help_request = make.a_help_request(cast.samir, cast.rita)
    make.an_assignment(help_request, cast.ana, cast.kaya)
    outbox.fan_out(now=NOW)
    row = Delivery.objects.get(template="confirmed_to_asking_side")
    Delivery.objects.exclude(pk=row.pk).delete()
    return row


def sent_through(mail_server: MailServer) -> EmailMessage:
    outbox.send_due(now=NOW)
    (message,) = mail_server.accepted
    return message


def after_one_attempt(row: Delivery) -> tuple[str, str, str, int]:
    outbox.send_due(now=NOW)
    row.refresh_from_db()
    return row.status, row.failure, row.failure_detail, row.attempts


def test_what_arrives(confirmation: Delivery, mail_server: MailServer) -> None:
    message = sent_through(mail_server)
    assert message["To"] == RITA
    assert message["Message-ID"] == confirmation.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "office@osnabrueck.example"
    assert message["Content-Language"] == "de"
    assert message["Date"].datetime is not None
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert "Dienstag, 10. November 2026" in plain.get_content()
    assert "Dienstag, 10. November 2026" in html.get_content()
    (entry,) = message.iter_attachments()
    assert entry.get_content_type() == "text/calendar"
    assert entry.get_param("method") == "REQUEST"
    assert entry.get_filename() == "ilos.ics"


def test_the_message_id_stays_over_attempts(confirmation: Delivery, mail_server: MailServer) -> None:
    mail_server.to_data = "451 try later"
    outbox.send_due(now=NOW)
    confirmation.refresh_from_db()
    mail_server.to_data = ""
    outbox.send_due(now=confirmation.due_at)
    (message,) = mail_server.accepted
    assert message["Message-ID"] == confirmation.message_id


def test_an_unknown_mailbox_is_tried_once(confirmation: Delivery, mail_server: MailServer) -> None:
    mail_server.to_recipient[RITA] = "550 no such user"
    assert after_one_attempt(confirmation) == (DeliveryStatus.FAILED, Failure.REFUSED, "550", 1)
    outbox.send_due(now=NOW.replace(year=2027))
    assert mail_server.asked == [RITA]


@pytest.mark.parametrize("answer", ["450 mailbox busy", "451 greylisted", "421 closing"])
def test_a_busy_server_is_asked_again(confirmation: Delivery, mail_server: MailServer, answer: str) -> None:
    mail_server.to_recipient[RITA] = answer
    assert after_one_attempt(confirmation) == (DeliveryStatus.DUE, Failure.BUSY, answer[:3], 1)
    mail_server.to_recipient.clear()
    outbox.send_due(now=Delivery.objects.get().due_at)
    assert len(mail_server.accepted) == 1


def test_refused_contents_are_final(confirmation: Delivery, mail_server: MailServer) -> None:
    mail_server.to_data = "554 no"
    assert after_one_attempt(confirmation) == (DeliveryStatus.FAILED, Failure.REFUSED, "554", 1)


def test_a_slow_server_is_left_in_time(
    confirmation: Delivery, mail_server: MailServer, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.delay = 1.5
    assert after_one_attempt(confirmation) == (DeliveryStatus.DUE, Failure.TIMEOUT, "", 1)


def test_no_server_at_all(confirmation: Delivery, mail_server: MailServer, settings: Any) -> None:
    settings.EMAIL_PORT = free_port()
    status, failure, detail, attempts = after_one_attempt(confirmation)
    assert (status, failure, attempts) == (DeliveryStatus.DUE, Failure.UNREACHABLE, 1)
    assert detail == "ConnectionRefusedError"


def test_wrong_credentials_are_our_fault_and_not_final(
    confirmation: Delivery, mail_server: MailServer, settings: Any
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "ilos", "wrong"
    assert after_one_attempt(confirmation) == (DeliveryStatus.DUE, Failure.NOT_ADMITTED, "535", 1)


def test_one_bad_address_holds_nobody_up(cast: Cast, post: PostOffice, mail_server: MailServer) -> None:
    assert cast.rita
    outbox.fan_out(now=NOW)
    Delivery.objects.all().delete()
    mail_server.to_recipient[RITA] = "550 no such user"
    for _ in range(3):
        make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=NOW)
    outbox.send_due(now=NOW)
    outcome = Delivery.objects.values_list("recipient__email", "status")
    assert sorted(outcome) == [(cast.kaya.email, "SENT")] * 3 + [(RITA, "FAILED")] * 3
    assert len(mail_server.accepted) == 3
