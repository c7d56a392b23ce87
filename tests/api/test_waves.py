"""Asking in waves through the API."""

from collections.abc import Callable

import pytest

from backend.dispatch.models import HelpRequest
from tests import factories as make
from tests.api.conftest import Caller, assert_problem
from tests.api.test_help_requests import body
from tests.conftest import Cast

As = Callable[..., Caller]


@pytest.fixture
def filed(cast: Cast) -> HelpRequest:
    for number in range(6):
        make.a_pilot(f"pilot{number}", cast.kaya)
    return make.a_help_request(cast.samir, cast.rita)


def test_started_seen_and_stopped(cast: Cast, as_user: As, filed: HelpRequest) -> None:
    kaya = as_user(cast.kaya)
    made = body(kaya.post(f"help-requests/{filed.pk}/waves"), 201)
    assert (made["status"], made["stopped_reason"], made["policy"]["target"]) == ("RUNNING", "", 0.9)
    (wave,) = made["waves"]
    assert (wave["number"], wave["asked"]) == (1, filed.offers.count())
    assert 0 == wave["chance_before"] < wave["chance"] <= 1

    (listed,) = body(kaya.get(f"help-requests/{filed.pk}/waves"))["results"]
    assert listed == made
    assert_problem(kaya.post(f"help-requests/{filed.pk}/waves"), 409, "waves_already_running")

    stopped = body(kaya.post(f"help-requests/{filed.pk}/waves/stop"))
    assert (stopped["status"], stopped["stopped_reason"]) == ("STOPPED", "by_office")
    assert_problem(kaya.post(f"help-requests/{filed.pk}/waves/stop"), 409, "waves_not_running")


def test_the_asking_side_may_not_and_others_see_nothing(cast: Cast, as_user: As, filed: HelpRequest) -> None:
    for who, status, code in (
        (cast.rita, 403, "not_permitted"),
        (cast.frauke, 404, "help_request_unknown"),
        (cast.otto, 404, "help_request_unknown"),
    ):
        caller = as_user(who)
        assert_problem(caller.post(f"help-requests/{filed.pk}/waves"), status, code)
        assert_problem(caller.post(f"help-requests/{filed.pk}/waves/stop"), status, code)
        assert caller.get(f"help-requests/{filed.pk}/waves").status_code == status
    assert not filed.offers.exists()
