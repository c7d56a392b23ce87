"""Assignments through the API: who learns where, who learns whom, and for how long."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from backend.dispatch.commands.help_requests import Confidential
from backend.dispatch.models import Assignment
from backend.journal.models import AccessLog
from tests import factories as make
from tests.api import bodies
from tests.api.conftest import Caller, Clock, assert_problem
from tests.conftest import Cast

As = Callable[..., Caller]
SECRET = Confidential(meeting_point="Hintereingang", contact_on_site="Frau Geheim", note="Rollstuhl")


def body(response: HttpResponse, status: int = 200) -> Any:
    read = json.loads(response.content)
    assert response.status_code == status, read
    return read


@pytest.fixture
def assignment(cast: Cast) -> Assignment:
    filed = make.a_help_request(cast.samir, cast.rita, confidential=SECRET)
    return make.an_assignment(filed, cast.ana, cast.kaya)


class TestWhoLearnsWhat:
    def test_the_confirmed_pilot_learns_where_and_whom_to_ask_for(
        self, cast: Cast, assignment: Assignment, as_user: As
    ) -> None:
        seen = body(as_user(cast.ana.user).get(f"assignments/{assignment.pk}"))
        assert seen["meeting_place"]["postcode"] == "49074"
        assert seen["confidential"] == {
            "meeting_point": "Hintereingang",
            "contact_on_site": "Frau Geheim",
            "note": "Rollstuhl",
        }
        assert seen["pilot_contact"] is None
        entry = AccessLog.objects.get(reader_id=cast.ana.user_id)
        assert entry.reason == "confirmed_pilot"

    def test_until_a_day_after_the_session(
        self, cast: Cast, assignment: Assignment, clock: Clock, as_user: As
    ) -> None:
        own = as_user(cast.ana.user)
        clock.now = assignment.ends_at + timedelta(hours=24)
        assert body(own.get(f"assignments/{assignment.pk}"))["confidential"]
        clock.pass_by(seconds=1)
        later = body(own.get(f"assignments/{assignment.pk}"))
        assert (later["confidential"], later["meeting_place"]) == (None, None)
        assert body(own.get("assignments"))["results"][0]["meeting_place"] is None

    def test_not_after_a_cancellation(self, cast: Cast, assignment: Assignment, as_user: As) -> None:
        as_user(cast.kaya).post(f"assignments/{assignment.pk}/cancel", {"reason": "office_decision"})
        seen = body(as_user(cast.ana.user).get(f"assignments/{assignment.pk}"))
        assert (seen["status"], seen["confidential"], seen["meeting_place"]) == ("CANCELLED", None, None)
        asking = body(as_user(cast.rita).get(f"assignments/{assignment.pk}"))
        assert asking["pilot_contact"] is None
        office = body(as_user(cast.kaya).get(f"assignments/{assignment.pk}"))
        assert office["pilot_contact"] == {"name": "Ana", "phone": "+4954112345"}
        assert AccessLog.objects.get(subject_id=cast.ana.pk).reason == "case_work"

    def test_the_asking_side_learns_who_comes(self, cast: Cast, assignment: Assignment, as_user: As) -> None:
        seen = body(as_user(cast.rita).get(f"assignments/{assignment.pk}"))
        assert seen["pilot_contact"] == {"name": "Ana", "phone": "+4954112345"}
        entry = AccessLog.objects.get(subject_id=cast.ana.pk)
        assert (entry.reader_id, entry.reason) == (cast.rita.pk, "confirmed_assignment")

    def test_lists_open_nothing(self, cast: Cast, assignment: Assignment, as_user: As) -> None:
        for user in (cast.kaya, cast.rita, cast.ana.user):
            text = as_user(user).get("assignments").content.decode()
            for secret in ('"Ana"', "4954112345", "Hintereingang", "Geheim"):
                assert secret not in text
        assert not AccessLog.objects.exists()

    def test_who_sees_it(self, cast: Cast, assignment: Assignment, as_user: As, anonymous: Caller) -> None:
        for user in (cast.kaya, cast.rita, cast.ana.user):
            assert bodies.ids(body(as_user(user).get("assignments"))["results"]) == {str(assignment.pk)}
        for user in (cast.ben.user, cast.otto, cast.frauke):
            assert body(as_user(user).get("assignments"))["results"] == []
            assert_problem(as_user(user).get(f"assignments/{assignment.pk}"), 404, "assignment_unknown")
        assert_problem(anonymous.get("assignments"), 401, "sign_in_needed")

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"status": "CONFIRMED"}, 1),
            ({"status": "MISSED"}, 0),
            ({"date": "2026-11-10"}, 1),
            ({"date": "2026-11-09"}, 0),
        ],
    )
    def test_filters(self, cast: Cast, assignment: Assignment, as_user: As, query: dict, found: int) -> None:
        assert len(body(as_user(cast.kaya).get("assignments", **query))["results"]) == found
        assert len(body(as_user(cast.kaya).get("assignments", pilot=cast.ana.pk))["results"]) == 1


class TestCancelling:
    def test_a_drop_out_opens_the_request_again(
        self, cast: Cast, assignment: Assignment, as_user: As
    ) -> None:
        gone = body(
            as_user(cast.ana.user).post(f"assignments/{assignment.pk}/cancel", {"reason": "pilot_ill"})
        )
        assert (gone["status"], gone["cancelled_reason"]) == ("CANCELLED", "pilot_ill")
        again = as_user(cast.kaya).get(f"help-requests/{assignment.help_request_id}")
        assert body(again)["status"] == "OPEN"
        second = as_user(cast.kaya).post(f"assignments/{assignment.pk}/cancel", {"reason": "pilot_ill"})
        assert_problem(second, 409, "assignment_not_live")

    def test_that_the_pilot_is_ill_is_for_her_and_the_office(
        self, cast: Cast, assignment: Assignment, as_user: As
    ) -> None:
        as_user(cast.ana.user).post(f"assignments/{assignment.pk}/cancel", {"reason": "pilot_ill"})
        path, timeline = (
            f"assignments/{assignment.pk}",
            f"help-requests/{assignment.help_request_id}/timeline",
        )
        for user, told in (
            (cast.ana.user, "pilot_ill"),
            (cast.kaya, "pilot_ill"),
            (cast.rita, "pilot_prevented"),
        ):
            assert body(as_user(user).get(path))["cancelled_reason"] == told
        read_by_asking_side = [
            as_user(cast.rita).get(where).content.decode() for where in (path, "assignments", timeline)
        ]
        assert not [text for text in read_by_asking_side if "pilot_ill" in text]
        assert "pilot_ill" not in as_user(cast.kaya).get(timeline).content.decode()

    def test_the_reserve_is_confirmed_after_saying_yes_again(self, cast: Cast, as_user: As) -> None:
        filed = make.a_help_request(cast.samir, cast.rita)
        first, second = (
            make.accepted(offer, now=make.NOW)
            for offer in make.offers_to(filed, [cast.ana, cast.ben], cast.kaya)
        )
        gone = make.confirm(first, cast.kaya)
        as_user(cast.kaya).post(f"assignments/{gone.pk}/cancel", {"reason": "pilot_prevented"})
        confirm, sent = f"help-requests/{filed.pk}/confirm", {"offer": str(second.pk)}
        assert_problem(as_user(cast.kaya).post(confirm, sent), 422, "reserve_not_asked_yet")
        body(as_user(cast.ben.user).post(f"offers/{second.pk}/accept", {}))
        assert body(as_user(cast.kaya).post(confirm, sent), 201)["pilot"]["id"] == str(cast.ben.pk)

    def test_not_once_it_has_begun(
        self, cast: Cast, assignment: Assignment, clock: Clock, as_user: As
    ) -> None:
        caller = as_user(cast.kaya)
        clock.now = assignment.starts_at
        refused = caller.post(f"assignments/{assignment.pk}/cancel", {"reason": "pilot_ill"})
        assert_problem(refused, 422, "session_has_begun")

    def test_the_asking_side_withdraws_instead(self, cast: Cast, assignment: Assignment, as_user: As) -> None:
        path, sent = f"assignments/{assignment.pk}/cancel", {"reason": "pilot_ill"}
        assert_problem(as_user(cast.rita).post(path, sent), 403, "not_permitted")
        for stranger in (cast.ben.user, cast.otto, cast.frauke):
            assert_problem(as_user(stranger).post(path, sent), 404, "assignment_unknown")
        assert_problem(as_user(cast.kaya).post(path, {"reason": "mood"}), 400, "invalid_input")


class TestReporting:
    DONE = {"done": True, "minutes": 75, "km": 12}

    def test_the_pilot_reports(self, cast: Cast, assignment: Assignment, clock: Clock, as_user: As) -> None:
        own = as_user(cast.ana.user)
        clock.now = assignment.ends_at
        report = body(own.post(f"assignments/{assignment.pk}/report", self.DONE), 201)
        assert (report["by_pilot"], report["done"], report["minutes"], report["km"]) == (True, True, 75, 12)
        seen = body(own.get(f"assignments/{assignment.pk}"))
        assert seen["status"] == "COMPLETED"
        assert seen["reports"] == [report]
        assert_problem(own.post(f"assignments/{assignment.pk}/report", self.DONE), 409, "report_exists")

    @pytest.mark.parametrize(
        ("sent", "code"),
        [({"done": True}, "minutes_missing"), ({"done": False}, "reason_missing")],
    )
    def test_what_is_missing(
        self, cast: Cast, assignment: Assignment, clock: Clock, as_user: As, sent: dict, code: str
    ) -> None:
        own = as_user(cast.ana.user)
        clock.now = assignment.ends_at
        assert_problem(own.post(f"assignments/{assignment.pk}/report", sent), 422, code)

    def test_not_before_it_begins(self, cast: Cast, assignment: Assignment, as_user: As) -> None:
        refused = as_user(cast.ana.user).post(f"assignments/{assignment.pk}/report", self.DONE)
        assert_problem(refused, 422, "session_not_begun")

    @pytest.mark.parametrize("minutes", [0, -5, 10**30, "many", 1.5])
    def test_minutes_that_are_none(
        self, cast: Cast, assignment: Assignment, as_user: As, minutes: Any
    ) -> None:
        sent = {"done": True, "minutes": minutes}
        assert_problem(
            as_user(cast.ana.user).post(f"assignments/{assignment.pk}/report", sent), 400, "invalid_input"
        )
