"""What tasks, the relay, operators and coordinators do with the outbox."""

import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from backend.errors import NotThere, RuleViolated
from backend.journal.models import Event
from notifications import outbox, tasks
from notifications.commands import retry_delivery
from notifications.models import Delivery
from notifications.queries import failed_for
from notifications.states import DeliveryStatus
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW
from tests.notifications.mail_server import MailServer, free_port


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """The relay takes the signals; give them back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def failed(cast: Cast) -> Delivery:
    """A row that nobody could deliver."""
    make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=NOW)
    row = Delivery.objects.get(template="request_received")
    Delivery.objects.exclude(pk=row.pk).delete()
    delivery = outbox.claim(owner=uuid4(), now=NOW)
    assert delivery is not None
    failure = outbox.Outcome(DeliveryStatus.FAILED, {"failure": "refused", "failure_detail": "550"})
    outbox.mark(delivery, failure, now=NOW)
    return Delivery.objects.get()


# --- tasks


def test_the_tasks_carry_a_message_all_the_way(
    cast: Cast, mail_server: MailServer, quiet_broker: list[str]
) -> None:
    make.a_help_request(cast.samir, cast.rita)
    tasks.fan_out()
    assert not Event.objects.unprocessed().exists()
    tasks.send_due()
    assert "rita@rita.example" in {message["To"] for message in mail_server.accepted}
    assert not Delivery.objects.exclude(status__in=["SENT", "DROPPED"]).exclude(due_at__gt=NOW).exists()


@pytest.mark.django_db(transaction=True)
def test_fan_out_wakes_the_sender(cast: Cast, quiet_broker: list[str]) -> None:
    quiet_broker.clear()
    tasks.fan_out()
    assert quiet_broker == ["notifications.send_due"]


@pytest.mark.django_db(transaction=True)
def test_a_long_queue_of_events_is_taken_in_parts(
    cast: Cast, quiet_broker: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "EVENTS_AT_ONCE", 2)
    for _ in range(3):
        make.a_help_request(cast.samir, cast.rita)
    waiting = Event.objects.unprocessed().count()
    quiet_broker.clear()
    tasks.fan_out()
    assert Event.objects.unprocessed().count() == waiting - 2
    assert set(quiet_broker) == {"notifications.fan_out", "notifications.send_due"}


@pytest.mark.django_db(transaction=True)
def test_a_sender_whose_time_is_up_hands_over(
    cast: Cast, mail_server: MailServer, quiet_broker: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=NOW)
    quiet_broker.clear()
    monkeypatch.setattr(tasks, "SECONDS_AT_A_TIME", 0)
    tasks.send_due()
    assert mail_server.accepted == []
    assert quiet_broker == ["notifications.send_due"]


# --- the relay


@pytest.mark.django_db(transaction=True)
def test_the_relay_needs_no_broker(cast: Cast, mail_server: MailServer) -> None:
    make.a_help_request(cast.samir, cast.rita)
    call_command("relay", once=True)
    assert {message["To"] for message in mail_server.accepted} >= {"rita@rita.example", "kaya@kaya.example"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_relay_ends_politely(cast: Cast, monkeypatch: pytest.MonkeyPatch, number: signal.Signals) -> None:
    looks: list[int] = []

    def fan_out(*, now: Any) -> int:
        looks.append(1)
        if len(looks) == 3:
            os.kill(os.getpid(), number)
        return 0

    monkeypatch.setattr(outbox, "fan_out", fan_out)
    call_command("relay", interval=0.01)
    assert len(looks) == 3


# --- operators


def outbox_command(*args: str) -> str:
    out = StringIO()
    call_command("outbox", *args, stdout=out)
    return out.getvalue()


def test_the_operator_sees_what_is_stuck(failed: Delivery, cast: Cast) -> None:
    event = Event.objects.latest("pk")
    event.park(at=NOW)
    said = outbox_command("list")
    assert f"failed delivery {failed.pk} request_received refused 550 attempts=1" in said
    assert f"parked event {event.pk} {event.kind}" in said
    assert "@" not in said


@pytest.mark.parametrize("how", ["named", "all"])
def test_the_operator_tries_again(failed: Delivery, how: str) -> None:
    event = Event.objects.latest("pk")
    event.park(at=NOW)
    ids = [str(failed.pk), str(event.pk)] if how == "named" else ["--all"]
    assert "1 deliveries, 1 events" in outbox_command("retry", *ids)
    failed.refresh_from_db()
    event.refresh_from_db()
    assert (failed.status, failed.attempts, failed.failure) == (DeliveryStatus.DUE, 0, "")
    assert event.failed_at is None


def test_the_operator_gives_up(failed: Delivery) -> None:
    outbox_command("discard", str(failed.pk))
    failed.refresh_from_db()
    assert failed.status == DeliveryStatus.DROPPED
    with pytest.raises(CommandError, match="DROPPED"):
        outbox_command("discard", str(failed.pk))


@pytest.mark.parametrize(
    "wrong", [["retry"], ["retry", "--all", str(uuid4())], ["retry", str(uuid4())], ["discard", str(uuid4())]]
)
def test_the_operator_is_told_of_mistakes(db: None, wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        outbox_command(*wrong)


# --- coordinators


def test_the_coordinator_sees_and_retries_failures(failed: Delivery, cast: Cast) -> None:
    assert list(failed_for(cast.osnabrueck)) == [failed]
    assert list(failed_for(cast.friesland)) == []
    assert list(Delivery.objects.visible_to(cast.kaya)) == [failed]
    assert not Delivery.objects.visible_to(cast.frauke).exists()
    assert not Delivery.objects.visible_to(cast.rita).exists()

    retry_delivery(delivery_id=failed.pk, by=cast.kaya, now=NOW)
    assert list(failed_for(cast.osnabrueck)) == []
    assert Delivery.objects.get().status == DeliveryStatus.DUE


def test_to_others_the_delivery_is_not_there(failed: Delivery, cast: Cast) -> None:
    for stranger in (cast.frauke, cast.rita, cast.otto, cast.ana.user):
        with pytest.raises(NotThere, match="delivery_unknown"):
            retry_delivery(delivery_id=failed.pk, by=stranger, now=NOW)
    with pytest.raises(NotThere, match="delivery_unknown"):
        retry_delivery(delivery_id=uuid4(), by=cast.kaya, now=NOW)


def test_only_failures_are_retried(failed: Delivery, cast: Cast) -> None:
    retry_delivery(delivery_id=failed.pk, by=cast.kaya, now=NOW)
    with pytest.raises(RuleViolated, match="transition_not_allowed"):
        retry_delivery(delivery_id=failed.pk, by=cast.kaya, now=NOW)


# --- the mail catcher


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[tuple[int, Path, subprocess.Popen[bytes]]]:
    """The command as its own process, with what it caught in a folder."""
    port, folder = free_port(), tmp_path / "mail"
    arguments = ["mailcatcher", "--port", str(port), "--directory", str(folder)]
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments], cwd=django_settings.BASE_DIR, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert b"Catching mail" in process.stdout.readline()
    yield port, folder, process
    process.kill()
    process.wait()
    process.stdout.close()


def a_mail(number: int) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "ilos@ilos.example", "ana@ana.example"
    message["Subject"], message["Message-ID"] = f"Grüße {number}", f"<{number}@ilos.example>"
    message.set_content("Schön, dass Sie da sind.")
    return message


@pytest.mark.processes
def test_the_catcher_keeps_whole_messages_in_order(
    catcher: tuple[int, Path, subprocess.Popen[bytes]],
) -> None:
    port, folder, process = catcher
    for number in range(5):
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.send_message(a_mail(number))
    kept = [message_from_bytes(path.read_bytes()) for path in sorted(folder.iterdir())]
    assert [message["Message-ID"] for message in kept] == [f"<{number}@ilos.example>" for number in range(5)]
    assert {path.suffix for path in folder.iterdir()} == {".eml"}

    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0


def test_the_catcher_wants_a_folder(settings: Any) -> None:
    with pytest.raises(CommandError, match="MAILBOX_DIR"):
        call_command("mailcatcher", directory="")
