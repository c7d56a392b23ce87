"""Several workers at once: each row is sent by one of them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from notifications import outbox
from notifications.channels import CHANNELS
from notifications.models import Delivery
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number: int, work: Any) -> list[Any]:
    """Run `work` in threads that start together, each with its own connection."""
    barrier = Barrier(number)

    def run(_: int) -> Any:
        try:
            barrier.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_one_due_row_is_claimed_by_one_of_two(cast: Cast) -> None:
    make.a_help_request(make.a_help_seeker(cast.kaya), cast.kaya)
    outbox.fan_out(now=NOW)
    Delivery.objects.exclude(template="request_received").delete()
    for _ in range(10):
        owners = at_once(2, lambda: outbox.claim(owner=uuid4(), now=NOW))
        assert sorted(claim is not None for claim in owners) == [False, True]
        Delivery.objects.update(status="DUE", owner=None, lease_until=None)


def test_two_fan_outs_queue_each_message_once(cast: Cast) -> None:
    for _ in range(10):
        make.a_help_request(cast.samir, cast.rita)
    at_once(3, lambda: outbox.fan_out(now=NOW))
    outbox.fan_out(now=NOW)
    assert Delivery.objects.filter(template="request_received").count() == 10


def test_three_workers_send_each_row_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=NOW)
    sent: Counter[str] = Counter()
    lock = Lock()

    def send(letter: Any, *, to: Any, message_id: str) -> None:
        with lock:
            sent[message_id] += 1

    monkeypatch.setattr("notifications.channels.CHANNELS", {**CHANNELS, "email": send})
    at_once(3, lambda: outbox.send_due(now=NOW))
    assert set(sent.values()) == {1}
    assert len(sent) == Delivery.objects.filter(status="SENT").count() >= 20
