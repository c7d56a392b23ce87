"""Vetoes through the API: a pilot says never again, the ranking obeys, and only her office knows."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse

from tests import factories as make
from tests.api.conftest import Caller, assert_problem
from tests.conftest import Cast

As = Callable[..., Caller]


def body(response: HttpResponse, status: int = 200) -> Any:
    read = json.loads(response.content)
    assert response.status_code == status, read
    return read


def test_whoever_is_excluded_is_not_suggested(cast: Cast, as_user: As) -> None:
    own, path = as_user(cast.ana.user), f"pilots/{cast.ana.pk}/vetoes"
    veto = body(own.post(path, {"organisation_id": str(cast.school.pk)}), 201)
    assert (veto["organisation"], veto["help_seeker"], veto["postcode"]) == (str(cast.school.pk), None, "")
    assert body(as_user(cast.kaya).get(path))["results"] == [veto]

    filed = make.a_help_request(cast.samir, cast.rita)
    why = body(as_user(cast.kaya).get(f"help-requests/{filed.pk}/why/{cast.ana.pk}"))
    assert [reason["code"] for reason in why["reasons"]] == ["veto"]

    assert own.delete(f"vetoes/{veto['id']}").status_code == 204
    assert body(as_user(cast.kaya).get(f"help-requests/{filed.pk}/why/{cast.ana.pk}"))["eligible"]


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({}, 422, "veto_names_one"),
        ({"postcode": "49074", "help_seeker_id": str(uuid4())}, 422, "veto_names_one"),
        ({"help_seeker_id": str(uuid4())}, 404, "help_seeker_unknown"),
        ({"organisation_id": str(uuid4())}, 404, "organisation_unknown"),
        ({"postcode": "4907"}, 422, "postcode_malformed"),
        ({"organisation_id": 7}, 400, "invalid_input"),
    ],
)
def test_vetoes_that_are_none(cast: Cast, as_user: As, sent: dict, status: int, code: str) -> None:
    assert_problem(as_user(cast.ana.user).post(f"pilots/{cast.ana.pk}/vetoes", sent), status, code)


def test_nobody_else(cast: Cast, as_user: As, anonymous: Caller) -> None:
    path, sent = f"pilots/{cast.ana.pk}/vetoes", {"postcode": "49074"}
    veto = body(as_user(cast.ana.user).post(path, sent), 201)
    for user in (cast.ben.user, cast.rita, cast.frauke, cast.otto):
        assert_problem(as_user(user).get(path), 404, "pilot_unknown")
        assert_problem(as_user(user).post(path, sent), 404, "pilot_unknown")
        assert_problem(as_user(user).delete(f"vetoes/{veto['id']}"), 404, "veto_unknown")
    assert_problem(anonymous.get(path), 401, "sign_in_needed")
