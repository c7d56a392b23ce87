"""Messages that did not arrive, through the API: the office sees its own and tries again."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from backend.journal.models import Event
from notifications.models import Delivery
from notifications.states import DeliveryStatus, Failure
from tests import factories as make
from tests.api.conftest import Caller, assert_problem
from tests.conftest import Cast
from tests.factories import NOW

As = Callable[..., Caller]


def body(response: HttpResponse, status: int = 200) -> Any:
    read = json.loads(response.content)
    assert response.status_code == status, read
    return read


@pytest.fixture
def failed(cast: Cast) -> Delivery:
    filed = make.a_help_request(cast.samir, cast.rita)
    make.offers_to(filed, [cast.ana], cast.kaya)
    event = Event.objects.filter(kind="OFFER_MADE").get()
    return Delivery.objects.create(
        event=event,
        template="offer",
        recipient=cast.ana.user,
        channel="email",
        subject_type="offer",
        subject_id=event.subject_id,
        office=cast.osnabrueck,
        status=DeliveryStatus.FAILED,
        due_at=NOW,
        attempts=8,
        failure=Failure.REFUSED,
        failure_detail="550",
        failed_at=NOW,
    )


def test_what_failed_and_why(cast: Cast, failed: Delivery, as_user: As) -> None:
    (row,) = body(as_user(cast.kaya).get("deliveries"))["results"]
    assert row["id"] == str(failed.pk)
    assert (row["recipient"], row["failure"], row["failure_detail"]) == ("ana@ana.example", "refused", "550")
    assert body(as_user(cast.kaya).get(f"deliveries/{failed.pk}")) == row
    assert body(as_user(cast.kaya).get("deliveries", status="SENT"))["results"] == []
    assert len(body(as_user(cast.kaya).get("deliveries", subject=failed.subject_id))["results"]) == 1


def test_trying_again(cast: Cast, failed: Delivery, as_user: As) -> None:
    again = body(as_user(cast.kaya).post(f"deliveries/{failed.pk}/retry"))
    assert again["status"] == "DUE"
    assert body(as_user(cast.kaya).get("deliveries"))["results"] == []


def test_nobody_else(cast: Cast, failed: Delivery, as_user: As, anonymous: Caller) -> None:
    for user in (cast.ana.user, cast.rita, cast.frauke, cast.otto):
        assert body(as_user(user).get("deliveries"))["results"] == []
        assert_problem(as_user(user).get(f"deliveries/{failed.pk}"), 404, "delivery_unknown")
        assert_problem(as_user(user).post(f"deliveries/{failed.pk}/retry"), 404, "delivery_unknown")
    assert_problem(anonymous.get("deliveries"), 401, "sign_in_needed")
