"""PostgreSQL goes away in the middle: what was sent is noted once it is back, what was not is found again."""

from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError, connection

from notifications import outbox
from notifications.letter import Letter
from notifications.models import Delivery
from notifications.states import DeliveryStatus
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(cast: Cast) -> Delivery:
    make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=NOW)
    row = Delivery.objects.get(template="request_received")
    Delivery.objects.exclude(pk=row.pk).delete()
    return row


def cut_the_connection() -> None:
    """What a restart of PostgreSQL does to ours."""
    with suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_cut_between_sending_and_marking(
    row: Delivery, channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MARK_AGAIN_SECONDS", 0.01)
    sent = channel(cut_the_connection)
    outbox.send_due(now=NOW)
    row.refresh_from_db()
    assert row.status == DeliveryStatus.SENT
    assert sent == [row.message_id]


def test_cut_while_rendering(row: Delivery, channel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = channel()
    real = outbox.render

    def render(delivery: Delivery, *, now: datetime) -> Letter | None:
        cut_the_connection()
        return real(delivery, now=now)

    monkeypatch.setattr(outbox, "render", render)
    with pytest.raises(OperationalError):
        outbox.send_due(now=NOW)
    connection.close()
    row.refresh_from_db()
    assert (row.status, row.failure, sent) == (DeliveryStatus.SENDING, "", [])


def test_the_mark_gives_up_with_the_lease(
    row: Delivery, channel: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    channel()
    settings.DELIVERY_LEASE_SECONDS = 0.05
    monkeypatch.setattr(outbox, "MARK_AGAIN_SECONDS", 0.02)

    def mark(*args: Any, **kwargs: Any) -> bool:
        raise OperationalError("gone")

    monkeypatch.setattr(outbox, "mark", mark)
    with pytest.raises(OperationalError):
        outbox.send_due(now=NOW)
    row.refresh_from_db()
    assert row.status == DeliveryStatus.SENDING
