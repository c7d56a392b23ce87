"""Acceptance models through the API: their report for the staff of the office, the chance beside each candidate."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.http import HttpResponse

from backend.dispatch.commands.acceptance import train_acceptance
from backend.people.models import Pilot
from tests import factories as make
from tests.answered import answered_offers
from tests.api.conftest import Caller, assert_problem
from tests.conftest import Cast
from tests.factories import NOW

As = Callable[..., Caller]


def body(response: HttpResponse, status: int = 200) -> Any:
    read = json.loads(response.content)
    assert response.status_code == status, read
    return read


def a_version(cast: Cast, more: Sequence[Pilot] = (), *, own: bool = False) -> Any:
    past = make.a_help_request(cast.samir, cast.rita, topic="work")
    answered_offers(past, [cast.ana, cast.ben, *more], teaches=True)
    return train_acceptance(office_id=cast.osnabrueck.pk if own else None, by=None, now=NOW)


def test_the_staff_reads_the_report(cast: Cast, as_user: As) -> None:
    more = [make.a_pilot(f"pilot{number}", cast.kaya, gender="fm"[number % 2]) for number in range(8)]
    version = a_version(cast, more)
    (shown,) = body(as_user(cast.kaya).get("acceptance-versions"))["results"]

    assert (shown["number"], shown["status"], shown["office"], shown["answers"]) == (1, "LIVE", None, 240)
    told = shown["report"]
    assert told["model"]["brier"] < told["prior"]["brier"]
    assert sum(step["count"] for step in told["model"]["bins"]) == told["held_out"] == 60
    assert {cell["code"] for cell in told["groups"]["gender"]} == {"f", "m"}
    assert shown == body(as_user(cast.kaya).get(f"acceptance-versions/{version.pk}"))
    assert "parameters" not in shown
    admin = make.an_admin("adam", cast.osnabrueck)
    assert body(as_user(admin).get("acceptance-versions?status=LIVE"))["results"] == [shown]
    assert body(as_user(admin).get("acceptance-versions?status=RETIRED"))["results"] == []


def test_groups_of_fewer_than_five_people_are_not_shown(cast: Cast, as_user: As) -> None:
    a_version(cast)  # 240 answers, but of two people
    (shown,) = body(as_user(cast.kaya).get("acceptance-versions"))["results"]
    assert shown["report"]["groups"] == {"gender": [], "language": []}


def test_what_an_office_learned_alone_is_not_for_another(cast: Cast, as_user: As) -> None:
    version = a_version(cast, own=True)
    assert body(as_user(cast.frauke).get("acceptance-versions"))["results"] == []
    response = as_user(cast.frauke).get(f"acceptance-versions/{version.pk}")
    assert_problem(response, 404, "acceptance_version_unknown")


def test_it_is_not_for_pilots_and_requesters(cast: Cast, as_user: As) -> None:
    version = a_version(cast)
    for user in (cast.ana.user, cast.rita):
        assert body(as_user(user).get("acceptance-versions"))["results"] == []
        assert as_user(user).get(f"acceptance-versions/{version.pk}").status_code == 404


def test_the_chance_stands_beside_the_score_and_leaves_it_alone(cast: Cast, as_user: As) -> None:
    assert cast.ana.pk != cast.ben.pk
    request = make.a_help_request(cast.samir, cast.rita)
    path, kaya = f"help-requests/{request.pk}/suggestions", as_user(cast.kaya)
    before = body(kaya.post(path), 201)["candidates"]
    assert [one["chance"] for one in before] == [0.35, 0.35]

    version = a_version(cast)
    after = body(kaya.post(path), 201)["candidates"]
    # Asked often by now: the model says so, the score does not.
    assert [one["score"] for one in after] == [one["score"] for one in before]
    for one in after:
        assert "chance" not in {part["code"] for part in one["contributions"]}
        added = sum(part["contribution"] for part in one["contributions"])
        assert added == pytest.approx(one["score"], abs=1e-9)
        assert 0 < one["chance"] < 1
    assert [one["chance"] for one in after] != [one["chance"] for one in before]

    kaya.patch(f"offices/{cast.osnabrueck.pk}", {"uses_acceptance_model": False})
    admin = as_user(make.an_admin("adam", cast.osnabrueck))
    assert (
        body(admin.patch(f"offices/{cast.osnabrueck.pk}", {"uses_acceptance_model": False}))[
            "uses_acceptance_model"
        ]
        is False
    )
    (offer, *_) = body(kaya.post(f"help-requests/{request.pk}/offers", {"pilots": [str(cast.ana.pk)]}), 201)[
        "offers"
    ]
    made = cast.ana.offers.get(pk=offer["id"])
    assert made.acceptance_version is None
    assert version.status == "LIVE"
