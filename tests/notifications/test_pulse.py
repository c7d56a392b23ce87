"""Whether messages flow is seen from outside."""

from datetime import timedelta

import pytest
from django.test import Client

from backend.clock import database_now
from notifications import pulse
from notifications.models import Delivery
from notifications.outbox import fan_out
from notifications.tasks import heartbeat
from tests import factories as make
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def test_without_any_heartbeat_it_is_unavailable(client: Client) -> None:
    answer = client.get("/healthz/delivery")
    assert answer.status_code == 503
    assert answer.json()["ailments"] == {"no_heartbeat": None}


def test_a_heartbeat_of_the_queue_makes_it_well(client: Client) -> None:
    heartbeat()
    assert client.get("/healthz/delivery").status_code == 200


def test_an_old_heartbeat_is_none() -> None:
    now = database_now()
    pulse.beat("relay", at=now - timedelta(seconds=121))
    assert pulse.ailments(now=now) == {"no_heartbeat": 121}
    pulse.beat("worker", at=now)
    assert pulse.ailments(now=now) == {}


def test_a_message_that_waits_too_long_is_told(cast: Cast) -> None:
    make.a_help_request(cast.samir, cast.rita)
    now = database_now()
    fan_out(now=now)
    assert Delivery.objects.exists()
    Delivery.objects.update(due_at=now - timedelta(seconds=301))
    pulse.beat("worker", at=now)
    assert pulse.ailments(now=now) == {"oldest_due": 301}
