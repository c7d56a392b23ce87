"""How does a session end: done, not done, told differently by both sides?"""

from datetime import timedelta
from typing import Any

import pytest

from backend.accounts.models import User
from backend.dispatch.commands.assignments import cancel_assignment, confirm_assignment, report_activity
from backend.dispatch.models import ActivityReport, Assignment
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.keys import uuid7
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW, at

TUESDAY, THURSDAY = (at(10, 10), at(10, 11)), (at(12, 10), at(12, 11))
DURING, AFTER = at(10, 10, 30), at(10, 12)


@pytest.fixture
def assignment(cast: Cast) -> Assignment:
    return make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)


def report(assignment: Assignment, by: User, **given: Any) -> ActivityReport:
    values: dict[str, Any] = {"done": True, "not_done_reason": "", "minutes": 70, "km": 4, "now": AFTER}
    return report_activity(assignment_id=assignment.pk, by=by, **{**values, **given})


def missed(assignment: Assignment, by: User, reason: str = "client_absent", **given: Any) -> ActivityReport:
    return report(assignment, by, done=False, not_done_reason=reason, **given)


def statuses(assignment: Assignment) -> tuple[str, str]:
    assignment = Assignment.objects.select_related("help_request").get(pk=assignment.pk)
    return assignment.status, assignment.help_request.status


class TestDone:
    def test_completes_and_fulfils(self, cast: Cast, assignment: Assignment) -> None:
        told = report(assignment, cast.ana.user, now=DURING)
        assert (told.done, told.minutes, told.km, told.by_pilot) == (True, 70, 4, True)
        assert statuses(assignment) == (AssignmentStatus.COMPLETED, HelpRequestStatus.FULFILLED)
        event = recorded(EventKind.ACTIVITY_REPORTED, told)
        assert event.facts == {"done": True, "minutes": 70}
        assert (event.timeline_id, event.office_id) == (assignment.help_request_id, cast.osnabrueck.pk)
        assert recorded(EventKind.ASSIGNMENT_COMPLETED, assignment).facts == {}
        assert recorded(EventKind.HELP_REQUEST_FULFILLED, assignment.help_request).facts == {}

    @pytest.mark.parametrize("name", ["rita", "kaya"])
    def test_told_by_the_other_side(self, cast: Cast, assignment: Assignment, name: str) -> None:
        assert report(assignment, getattr(cast, name)).by_pilot is False
        assert statuses(assignment)[0] == AssignmentStatus.COMPLETED

    def test_both_sides_tell_once(self, cast: Cast, assignment: Assignment) -> None:
        report(assignment, cast.ana.user)
        report(assignment, cast.rita, minutes=60)
        for by in (cast.ana.user, cast.rita, cast.kaya):
            with refused(Conflict, "report_exists"):
                report(assignment, by)
        assert Event.objects.filter(kind=EventKind.ASSIGNMENT_COMPLETED).count() == 1

    def test_a_reason_of_a_session_that_took_place_is_dropped(
        self, cast: Cast, assignment: Assignment
    ) -> None:
        assert report(assignment, cast.rita, not_done_reason="other").not_done_reason == ""


class TestNotDone:
    @pytest.mark.parametrize(
        ("reason", "unfilled"),
        [
            ("client_absent", "not_held"),
            ("pilot_absent", "pilot_dropped_out"),
            ("appointment_cancelled", "not_held"),
            ("other", "not_held"),
        ],
    )
    def test_without_a_date_left_it_was_not_covered(
        self, cast: Cast, assignment: Assignment, reason: str, unfilled: str
    ) -> None:
        told = missed(assignment, cast.rita, reason)
        assert (told.done, told.minutes, told.not_done_reason) == (False, None, reason)
        assert statuses(assignment) == (AssignmentStatus.MISSED, HelpRequestStatus.UNFILLED)
        assert recorded(EventKind.ASSIGNMENT_MISSED, assignment).facts == {}
        assert recorded(EventKind.ACTIVITY_REPORTED, told).facts == {"done": False, "minutes": None}
        event = recorded(EventKind.HELP_REQUEST_UNFILLED, assignment.help_request)
        assert event.facts == {"reason": unfilled}

    def test_with_a_date_left_it_is_open_again(self, cast: Cast) -> None:
        help_request = make.a_help_request(cast.samir, cast.rita, slots=[TUESDAY, THURSDAY])
        assignment = make.an_assignment(help_request, cast.ana, cast.kaya)
        missed(assignment, cast.ana.user)
        assert statuses(assignment) == (AssignmentStatus.MISSED, HelpRequestStatus.OPEN)
        assert recorded(EventKind.HELP_REQUEST_REOPENED, help_request).facts == {"reason": "not_held"}

    def test_a_pilot_who_missed_it_is_free_then(self, cast: Cast, assignment: Assignment) -> None:
        missed(assignment, cast.rita, now=DURING)
        later = (at(10, 11), at(10, 12))
        other = make.a_help_request(cast.samir, cast.rita, slots=[later], urgent=True, now=at(10, 9))
        assert make.an_assignment(other, cast.ana, cast.kaya, now=at(10, 10, 45))


class TestDisagreement:
    def test_the_first_report_settles_and_the_second_stays_visible(
        self, cast: Cast, assignment: Assignment
    ) -> None:
        report(assignment, cast.ana.user)
        missed(assignment, cast.rita, "pilot_absent")
        assert statuses(assignment) == (AssignmentStatus.COMPLETED, HelpRequestStatus.FULFILLED)
        assert dict(ActivityReport.objects.values_list("by_pilot", "done")) == {True: True, False: False}

    def test_the_other_way_round(self, cast: Cast, assignment: Assignment) -> None:
        missed(assignment, cast.rita, "pilot_absent")
        report(assignment, cast.ana.user)
        assert statuses(assignment) == (AssignmentStatus.MISSED, HelpRequestStatus.UNFILLED)
        assert ActivityReport.objects.count() == 2


class TestSeveralSeats:
    @pytest.fixture
    def pair(self, cast: Cast) -> list[Assignment]:
        for_two = make.a_help_request(cast.samir, cast.rita, seats=2, slots=[TUESDAY, THURSDAY])
        offers = [make.accepted(o, now=NOW) for o in make.offers_to(for_two, [cast.ana, cast.ben], cast.kaya)]
        return [
            confirm_assignment(help_request_id=for_two.pk, offer_id=offer.pk, by=cast.kaya, now=NOW)
            for offer in offers
        ]

    def test_fulfilled_when_the_last_one_is(self, cast: Cast, pair: list[Assignment]) -> None:
        report(pair[0], cast.ana.user)
        assert statuses(pair[0])[1] == HelpRequestStatus.ASSIGNED
        report(pair[1], cast.ben.user)
        assert statuses(pair[1])[1] == HelpRequestStatus.FULFILLED

    @pytest.mark.parametrize("first", [0, 1], ids=["done first", "missed first"])
    def test_one_who_came_is_enough(self, cast: Cast, pair: list[Assignment], first: int) -> None:
        told = [lambda: report(pair[0], cast.ana.user), lambda: missed(pair[1], cast.ben.user)]
        told[first]()
        assert statuses(pair[0])[1] == HelpRequestStatus.ASSIGNED
        told[1 - first]()
        assert statuses(pair[0])[1] == HelpRequestStatus.FULFILLED

    def test_if_neither_came_it_is_open_for_the_other_date(self, cast: Cast, pair: list[Assignment]) -> None:
        for assignment in pair:
            missed(assignment, cast.kaya)
        assert statuses(pair[0])[1] == HelpRequestStatus.OPEN


class TestRefusals:
    def test_before_it_begins(self, cast: Cast, assignment: Assignment) -> None:
        with refused(RuleViolated, "session_not_begun"):
            report(assignment, cast.ana.user, now=TUESDAY[0] - timedelta(seconds=1))
        assert report(assignment, cast.ana.user, now=TUESDAY[0])

    @pytest.mark.parametrize("minutes", [None, 0])
    def test_done_in_no_time(self, cast: Cast, assignment: Assignment, minutes: int | None) -> None:
        with refused(RuleViolated, "minutes_missing", field="minutes"):
            report(assignment, cast.ana.user, minutes=minutes)

    def test_not_done_for_no_reason(self, cast: Cast, assignment: Assignment) -> None:
        with refused(RuleViolated, "reason_missing", field="not_done_reason"):
            missed(assignment, cast.ana.user, "")

    def test_cancelled(self, cast: Cast, assignment: Assignment) -> None:
        cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.kaya, now=NOW)
        with refused(Conflict, "assignment_not_live", status="CANCELLED"):
            report(assignment, cast.ana.user)

    def test_of_nothing(self, cast: Cast) -> None:
        with refused(NotThere, "assignment_unknown"):
            report(Assignment(pk=uuid7()), cast.kaya)
