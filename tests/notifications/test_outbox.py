"""What becomes of a row when things go wrong on the way."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import F

from backend.accounts.models import Membership
from notifications import outbox
from notifications.channels import DeliveryFailed
from notifications.models import Delivery
from notifications.outbox import Outcome
from notifications.states import DeliveryStatus, Failure
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW
from tests.notifications.conftest import PostOffice

LATER = NOW + timedelta(days=1)


@pytest.fixture
def row(cast: Cast, post: PostOffice) -> Delivery:
    """One due row: the acknowledgement of a request."""
    assert cast.rita
    post.deliver()
    make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=NOW)
    Delivery.objects.exclude(template="request_received").filter(status="DUE").delete()
    return Delivery.objects.get(status="DUE")


def raising(error: Exception) -> Callable[[], None]:
    def behave() -> None:
        raise error

    return behave


def claimed() -> Delivery:
    delivery = outbox.claim(owner=uuid4(), now=NOW)
    assert delivery is not None
    return delivery


def let_the_lease_run_out(row: Delivery) -> None:
    Delivery.objects.filter(pk=row.pk).update(lease_until=F("lease_until") - timedelta(hours=1))


def test_sent_once_and_dated(row: Delivery, channel: Any) -> None:
    sent = channel()
    assert outbox.send_due(now=NOW) == 1
    assert outbox.send_due(now=NOW) == 0
    row.refresh_from_db()
    assert sent == [row.message_id]
    assert (row.status, row.attempts, row.owner) == (DeliveryStatus.SENT, 1, None)
    assert row.sent_at is not None
    assert row.sent_at >= NOW


def test_not_before_it_is_due(row: Delivery, channel: Any) -> None:
    sent = channel()
    Delivery.objects.update(due_at=LATER)
    assert outbox.send_due(now=LATER - timedelta(minutes=1)) == 0
    assert outbox.send_due(now=LATER) == 1
    assert len(sent) == 1


def test_nothing_is_sent_inside_a_transaction(row: Delivery, channel: Any) -> None:
    depth = len(connection.savepoint_ids)
    inside: list[int] = []
    channel(lambda: inside.append(len(connection.savepoint_ids)))
    outbox.send_due(now=NOW)
    assert inside == [depth]


def test_delays_grow_until_it_is_given_up(row: Delivery, channel: Any) -> None:
    channel(raising(DeliveryFailed(Failure.BUSY, "451", permanent=False)))
    delays, now = [], NOW
    while True:
        outbox.send_due(now=now)
        row.refresh_from_db()
        if row.status == DeliveryStatus.FAILED:
            break
        assert row.status == DeliveryStatus.DUE
        delays.append(row.due_at - now)
        assert outbox.send_due(now=row.due_at - timedelta(seconds=1)) == 0
        now = row.due_at
    assert row.attempts == outbox.ATTEMPTS_AT_MOST == len(delays) + 1
    assert all(later > earlier * 1.2 for earlier, later in itertools.pairwise(delays))
    assert sum(delays, timedelta()) > timedelta(hours=3)
    assert (row.failure, row.failure_detail, row.owner) == (Failure.BUSY, "451", None)


def test_jitter_tells_retries_apart() -> None:
    assert len({outbox.retry_delay(3) for _ in range(20)}) > 1


def test_a_program_error_is_retried_and_touches_nobody_else(
    row: Delivery, channel: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    sent = channel()
    make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=NOW)
    real = outbox.render

    def render(delivery: Delivery, *, now: Any) -> Any:
        if delivery.pk == row.pk:
            raise ValueError("Samir")
        return real(delivery, now=now)

    monkeypatch.setattr(outbox, "render", render)
    outbox.send_due(now=NOW)
    row.refresh_from_db()
    assert (row.status, row.failure, row.failure_detail) == (DeliveryStatus.DUE, Failure.ERROR, "ValueError")
    assert row.attempts == 1
    assert len(sent) == 2
    assert "Samir" not in caplog.text


def test_after_an_end_to_the_trouble_the_failure_is_forgotten(row: Delivery, channel: Any) -> None:
    channel(raising(DeliveryFailed(Failure.TIMEOUT, permanent=False)))
    outbox.send_due(now=NOW)
    channel()
    outbox.send_due(now=LATER)
    row.refresh_from_db()
    assert (row.status, row.failure, row.attempts) == (DeliveryStatus.SENT, "", 2)


# --- leases


def test_a_claimed_row_is_in_nobody_elses_reach(row: Delivery) -> None:
    mine = claimed()
    assert mine.pk == row.pk
    assert outbox.claim(owner=uuid4(), now=NOW) is None
    assert outbox.rescue(now=NOW) == 0


def test_the_lease_runs_by_the_databases_clock(row: Delivery) -> None:
    """A worker whose clock is a day ahead takes nobody's row away."""
    claimed()
    assert outbox.rescue(now=LATER) == 0
    let_the_lease_run_out(row)
    assert outbox.rescue(now=NOW - timedelta(days=1)) == 1


def test_a_dead_workers_row_is_rescued_and_sent(row: Delivery, channel: Any) -> None:
    claimed()
    let_the_lease_run_out(row)
    sent = channel()
    outbox.send_due(now=NOW)
    row.refresh_from_db()
    assert sent == [row.message_id]
    assert (row.status, row.crashes, row.attempts) == (DeliveryStatus.SENT, 1, 2)


def test_a_late_worker_can_neither_send_nor_mark(row: Delivery, channel: Any) -> None:
    late = claimed()
    let_the_lease_run_out(row)
    outbox.rescue(now=NOW)
    current = claimed()

    sent = channel()
    outbox.deliver(late, now=NOW)
    assert sent == []
    assert not outbox.renew(late)
    assert not outbox.mark(late, Outcome(DeliveryStatus.SENT), now=NOW)
    row.refresh_from_db()
    assert (row.status, row.owner) == (DeliveryStatus.SENDING, current.owner)

    assert outbox.mark(current, Outcome(DeliveryStatus.SENT), now=NOW)


def test_the_lease_is_whole_when_sending_begins(row: Delivery, channel: Any, settings: Any) -> None:
    settings.DELIVERY_LEASE_SECONDS = 60
    mine = claimed()
    Delivery.objects.filter(pk=row.pk).update(lease_until=F("lease_until") - timedelta(seconds=50))
    left: list[float] = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM lease_until - statement_timestamp()) FROM notifications_delivery "
                "WHERE id = %s",
                [row.pk],
            )
            left.append(float(cursor.fetchone()[0]))

    channel(look)
    outbox.deliver(mine, now=NOW)
    assert left[0] > 50


def test_three_deaths_over_one_row_set_it_aside(row: Delivery, channel: Any) -> None:
    sent = channel()
    for _ in range(outbox.CRASHES_AT_MOST):
        claimed()
        let_the_lease_run_out(row)
        outbox.rescue(now=NOW)
    assert outbox.send_due(now=LATER) == 0
    row.refresh_from_db()
    assert (row.status, row.failure, row.crashes) == (DeliveryStatus.FAILED, Failure.CRASHED, 3)
    assert sent == []

    outbox.requeue(row, now=LATER)
    outbox.send_due(now=LATER)
    row.refresh_from_db()
    assert (row.status, row.crashes, row.failure) == (DeliveryStatus.SENT, 0, "")


# --- relevance


def test_nobody_writes_to_a_closed_login(row: Delivery, channel: Any) -> None:
    sent = channel()
    row.recipient.is_active = False
    row.recipient.save(update_fields=["is_active"])
    outbox.send_due(now=NOW)
    row.refresh_from_db()
    assert (row.status, sent) == (DeliveryStatus.DROPPED, [])
    assert row.dropped_at is not None


def test_nobody_writes_about_what_is_gone(row: Delivery, channel: Any) -> None:
    sent = channel()
    Delivery.objects.filter(pk=row.pk).update(subject_id=uuid4())
    outbox.send_due(now=NOW)
    row.refresh_from_db()
    assert (row.status, sent) == (DeliveryStatus.DROPPED, [])


def test_who_has_left_the_office_hears_no_more_of_its_requests(cast: Cast, post: PostOffice) -> None:
    make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=NOW)
    assert Delivery.objects.filter(template="new_request", recipient=cast.kaya).exists()
    Membership.objects.filter(user=cast.kaya).delete()
    assert "new_request" not in post.deliver_by_template()
    assert Delivery.objects.get(template="new_request").status == DeliveryStatus.DROPPED


# --- held by the database


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"status": "LOST"}, "delivery_status"),
        ({"status": "SENT"}, "delivery_sent_at"),
        ({"status": "DROPPED"}, "delivery_dropped_at"),
        ({"status": "FAILED", "failure": "busy"}, "delivery_failed_at"),
        ({"status": "FAILED", "failed_at": NOW}, "delivery_failure_named"),
        ({"status": "SENDING"}, "delivery_owned_while_sending"),
        ({"owner": uuid4()}, "delivery_owned_while_sending"),
    ],
)
def test_the_database_holds_the_states(row: Delivery, change: dict[str, Any], constraint: str) -> None:
    with pytest.raises(Exception, match=constraint), transaction.atomic():
        Delivery.objects.filter(pk=row.pk).update(**change)
