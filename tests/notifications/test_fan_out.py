"""How events become rows: once each, and a broken one in nobody's way."""

import logging
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, transaction

from backend.journal.kinds import EventKind
from backend.journal.models import Event
from notifications import outbox, rules
from notifications.models import Delivery
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW


def as_if_interrupted() -> None:
    """What a crash leaves: rows are there, the events are not marked."""
    Event.objects.update(processed_at=None)


def break_rule_of(monkeypatch: pytest.MonkeyPatch, pk: UUID, error: Exception) -> None:
    real = rules.deliveries_for

    def deliveries_for(event: Event) -> list[Delivery]:
        if event.pk == pk:
            raise error
        return real(event)

    monkeypatch.setattr(outbox, "deliveries_for", deliveries_for)


def test_running_twice_queues_once(cast: Cast) -> None:
    make.a_help_request(cast.samir, cast.rita)
    assert outbox.fan_out(now=NOW) > 0
    rows = set(Delivery.objects.values_list("pk", flat=True))
    assert rows
    assert outbox.fan_out(now=NOW) == 0

    as_if_interrupted()
    outbox.fan_out(now=NOW)
    assert set(Delivery.objects.values_list("pk", flat=True)) == rows


def test_a_parked_event_blocks_nobody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = make.a_help_request(cast.samir, cast.rita)
    second = make.a_help_request(cast.samir, cast.rita)
    broken = Event.objects.get(subject_id=first.pk)
    break_rule_of(monkeypatch, broken.pk, ValueError("Samir lives in the Musterweg"))

    outbox.fan_out(now=NOW)

    broken.refresh_from_db()
    assert broken.failed_at == NOW
    assert broken.processed_at is None
    assert not Event.objects.unprocessed().exists()
    assert Delivery.objects.filter(subject_id=second.pk).exists()
    assert not Delivery.objects.filter(subject_id=first.pk).exists()
    assert f"event_parked id={broken.pk} kind=HELP_REQUEST_FILED error=ValueError" in caplog.text
    assert "Musterweg" not in caplog.text


def test_a_kind_without_a_rule_is_parked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make.a_help_request(cast.samir, cast.rita)
    known = {kind: of_kind for kind, of_kind in rules.RULES.items() if kind != EventKind.HELP_REQUEST_FILED}
    monkeypatch.setattr(rules, "RULES", known)
    outbox.fan_out(now=NOW)
    assert Event.objects.get(kind=EventKind.HELP_REQUEST_FILED).failed_at == NOW


def test_a_lock_in_the_way_postpones_and_does_not_park(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    event = Event.objects.get(subject_id=help_request.pk)
    break_rule_of(monkeypatch, event.pk, OperationalError("lock timeout"))
    outbox.fan_out(now=NOW)
    assert list(Event.objects.unprocessed()) == [event]
    monkeypatch.undo()
    outbox.fan_out(now=NOW)
    assert Delivery.objects.filter(subject_id=help_request.pk).exists()


def test_the_business_key_is_held_by_the_database(cast: Cast) -> None:
    make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=NOW)
    row = Delivery.objects.latest("pk")
    copy: dict[str, Any] = {
        field: getattr(row, field)
        for field in (
            "event_id",
            "template",
            "recipient_id",
            "channel",
            "subject_type",
            "subject_id",
            "due_at",
        )
    }
    with pytest.raises(Exception, match="delivery_once"), transaction.atomic():
        Delivery.objects.create(**copy)


def test_logs_carry_ids_only(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=NOW)
    outbox.send_due(now=NOW)
    assert "status=SENT" in caplog.text
    assert "@rita" not in caplog.text
    assert "SCH-7" not in caplog.text
