"""What comes back: read after the RFC, counted once, shown, and no more mail to an address that is not there."""

import io
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from backend import clock
from backend.accounts.models import User
from notifications import outbox, tasks
from notifications.bounces.commands import note_bounce, trust_own_address
from notifications.bounces.mailbox import Mailbox
from notifications.bounces.models import UndeliverableAddress, undeliverable
from notifications.bounces.report import BYTES_AT_MOST, bounces_in
from notifications.channels.email import return_path
from notifications.commands import retry_delivery
from notifications.models import Delivery
from notifications.states import DeliveryStatus, Failure
from tests import factories as make
from tests.factories import NOW
from tests.notifications.imap_server import running
from tests.notifications.returned import AWAY, RECEIPT, a_report

ID = UUID("01a21ecb-4e75-74a1-b4db-c77b7b3ec08e")
MESSAGE_ID = f"<{ID}@ilos.example>"
ANA = "ana@ana.example"


# --- what a report says


@pytest.mark.parametrize(
    ("status", "words", "told", "address_is_wrong"),
    [
        ("5.1.1", "550 5.1.1 user unknown", "5.1.1", True),
        ("5.1.10", "550 5.1.10 recipient not found", "5.1.10", True),
        ("5.0.0", "550 5.1.2 bad domain", "5.1.2", True),  # the words say more than the field
        ("5.0.0", "550 no such user", "5.1.1", True),
        ("5.0.0", "552 mailbox full", "5.2.2", False),
        ("5.4.4", "host not found", "5.4.4", True),
        ("5.2.2", "552 5.2.2 over quota", "5.2.2", False),
        ("5.7.1", "550 5.7.1 looks like spam", "5.7.1", False),
        ("4.4.7", "delivery time expired", "4.4.7", False),  # given up after days
        ("nonsense", "", "5.0.0", False),
    ],
)
def test_how_final_it_is(status, words, told, address_is_wrong):
    (bounce,) = bounces_in(a_report(MESSAGE_ID, ANA, status=status, words=words))
    assert (bounce.sent_as, bounce.recipient, bounce.status) == (ID, ANA, told)
    assert bounce.address_is_wrong is address_is_wrong


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_no_failure(action):
    assert bounces_in(a_report(MESSAGE_ID, ANA, action=action, status="4.4.1")) == []


def test_known_by_the_return_path_or_by_the_returned_message():
    verp = f"rueck+{ID.hex}@ilos.example"
    (by_path,) = bounces_in(a_report("<unknown>", ANA, to=verp))
    (by_headers,) = bounces_in(a_report(MESSAGE_ID, ANA, returned_as="text/rfc822-headers"))
    assert by_path.sent_as == by_headers.sent_as == ID
    assert bounces_in(a_report("<x@other.example>", ANA)) == []


@pytest.mark.parametrize(
    "mail", [AWAY, RECEIPT, b"", b"\x00" * 100, b"Content-Type: multipart/report\r\n\r\n"]
)
def test_other_mail_is_no_report(mail):
    assert bounces_in(mail) == []


def test_a_mail_too_large_is_not_read():
    assert bounces_in(a_report(MESSAGE_ID, ANA) + b"x" * BYTES_AT_MOST) == []


@given(st.binary(max_size=400), st.integers(0, 1200))
def test_whatever_strangers_send_raises_nothing(noise, where):
    raw = a_report(MESSAGE_ID, ANA)
    for broken in (noise, raw[:where] + noise + raw[where:], raw[:where]):
        assert isinstance(bounces_in(broken), list)


# --- what follows


@pytest.fixture
def sent(cast, post) -> Delivery:
    """An offer that the mail server has taken over."""
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    return next(mail for mail in post.deliver() if mail.template == "offer_made").delivery


def came_back(sent: Delivery, **says: str) -> bytes:
    return a_report(sent.message_id, ANA, **says)


def noted(raw: bytes) -> list[bool]:
    return [note_bounce(bounce=bounce, by=None, now=NOW) for bounce in bounces_in(raw)]


def test_a_returned_mail_is_a_failed_one_and_its_address_is_spared(cast, post, sent):
    assert noted(came_back(sent)) == [True]
    sent.refresh_from_db()
    assert (sent.status, sent.failure, sent.failure_detail) == (
        DeliveryStatus.FAILED,
        Failure.BOUNCED,
        "5.1.1",
    )
    assert sent in Delivery.objects.unheard()
    assert noted(came_back(sent)) == [False]  # the same report again

    other = make.a_help_seeker(cast.rita, case_key="SCH-8")
    make.offers_to(
        make.a_help_request(other, cast.rita, slots=[(make.at(12, 9), make.at(12, 10))]),
        [cast.ana],
        cast.kaya,
    )
    assert ANA not in {mail.to for mail in post.deliver()}
    held = Delivery.objects.filter(recipient=cast.ana.user, template="offer_made").exclude(pk=sent.pk).get()
    assert (held.status, held.failure, held.failure_detail) == (
        DeliveryStatus.FAILED,
        Failure.HELD_BACK,
        "5.1.1",
    )


def test_a_full_box_fails_the_mail_and_not_the_address(cast, sent):
    assert noted(came_back(sent, status="5.2.2", words="552 over quota")) == [True]
    assert not UndeliverableAddress.objects.exists()


def test_a_report_about_somebody_else_changes_nothing(sent):
    """Nobody silences another's mailbox by a report: it has to name the message and the address it went to."""
    assert noted(a_report(sent.message_id, "ben@ben.example")) == [False]
    assert noted(a_report("<01a21ecb-4e75-74a1-b4db-c77b7b3ec08e@x>", ANA)) == [False]
    assert not UndeliverableAddress.objects.exists()


def test_a_new_address_is_not_held_to_the_old_ones_account(cast, sent):
    noted(came_back(sent))
    assert undeliverable(cast.ana.user)
    User.objects.filter(pk=cast.ana.user_id).update(email="neu@ana.example")
    assert undeliverable(User.objects.get(pk=cast.ana.user_id)) is None
    assert ANA not in str(list(UndeliverableAddress.objects.values_list()))


def test_trusted_again_by_the_reader_or_by_the_office(cast, post, sent):
    noted(came_back(sent))
    trust_own_address(by=cast.ana.user, now=NOW)
    assert undeliverable(cast.ana.user) is None

    UndeliverableAddress.objects.create(user=cast.ana.user, address_hash="x", code="5.1.1", bounced_at=NOW)
    retry_delivery(delivery_id=sent.pk, by=cast.kaya, now=NOW)
    assert not UndeliverableAddress.objects.exists()
    (again,) = post.deliver()
    assert again.message.extra_headers["Message-ID"] == sent.message_id


def test_each_message_has_its_own_return_path(cast, sent, settings, mail_server):
    settings.BOUNCE_ADDRESS = "rueck@ilos.example"
    assert return_path(sent.message_id) == f"rueck+{sent.pk.hex}@ilos.example"
    Delivery.objects.filter(pk=sent.pk).update(status="DUE")
    outbox.send_due(now=NOW)
    (message,) = mail_server.accepted
    assert mail_server.senders == [f"rueck+{sent.pk.hex}@ilos.example"]
    assert message["From"] == settings.DEFAULT_FROM_EMAIL
    settings.BOUNCE_ADDRESS = ""
    assert return_path(sent.message_id) == settings.DEFAULT_FROM_EMAIL


# --- the mailbox


def test_the_mailbox_is_read_and_what_was_read_is_deleted(sent, settings, monkeypatch):
    monkeypatch.setattr(clock, "database_now", lambda: NOW)
    with running() as mailbox:
        settings.BOUNCE_MAILBOX = mailbox.url
        mailbox.put(came_back(sent))
        away, huge = mailbox.put(AWAY), mailbox.put(b"x" * (BYTES_AT_MOST + 1))
        tasks.read_bounces()

        sent.refresh_from_db()
        assert (sent.status, sent.failed_at) == (DeliveryStatus.FAILED, NOW)
        assert set(mailbox.mails) == {away, huge}  # what is no report is left to be read by somebody
        assert mailbox.mails[away][1] == {"\\Seen"}
        assert f"UID FETCH {huge} (BODY.PEEK[])" not in mailbox.said  # nor is it fetched

        mailbox.put(came_back(sent))
        out = io.StringIO()
        call_command("read_bounces", "--keep", stdout=out)
        assert "mails: 1  failed messages noted: 0  left: 0" in out.getvalue()
        assert ANA not in out.getvalue()
        assert len(mailbox.mails) == 3


def test_a_mailbox_that_is_away_is_no_disaster(db, settings, caplog):
    with running() as mailbox:
        settings.BOUNCE_MAILBOX = mailbox.url.replace("geheim", "falsch")
        tasks.read_bounces()
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("read_bounces")
    tasks.read_bounces()  # nobody listens any more
    assert "bounce_mailbox_unreadable" in caplog.text
    assert "falsch" not in caplog.text
    settings.BOUNCE_MAILBOX = ""
    tasks.read_bounces()
    with pytest.raises(CommandError, match="which mailbox"):
        call_command("read_bounces")


def test_one_mail_through_a_pipe(sent, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(came_back(sent))))
    call_command("read_bounces", "--stdin", stdout=io.StringIO())
    sent.refresh_from_db()
    assert sent.status == DeliveryStatus.FAILED


@pytest.mark.parametrize("url", ["", "imaps://host", "http://u:p@host", "imaps://u:p@host:x/"])
def test_a_mailbox_described_wrongly_is_named(url):
    with pytest.raises(ImproperlyConfigured):
        Mailbox.at(url)


def test_where_a_mailbox_lies():
    found = Mailbox.at("imaps://rueck%40ilos.example:p%2Fw@mail.example/Returned")
    assert (found.host, found.port, found.user) == ("mail.example", 993, "rueck@ilos.example")
    assert (found.password, found.folder) == ("p/w", "Returned")
