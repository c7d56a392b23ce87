"""How does a request end without help: withdrawn by whoever asked, given up by the office, or by the clock?"""

from datetime import datetime, timedelta

import pytest

from backend.dispatch.commands.assignments import report_activity
from backend.dispatch.commands.help_requests import close_unfilled, withdraw_help_request
from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.queries import overdue
from backend.dispatch.states import HelpRequestStatus
from backend.dispatch.tasks import close_unfilled as close_unfilled_by_clock
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.keys import uuid7
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW, at


@pytest.fixture
def help_request(cast: Cast) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita)


def withdraw(help_request: HelpRequest, cast: Cast, *, now: datetime = NOW) -> HelpRequest:
    return withdraw_help_request(
        help_request_id=help_request.pk, reason="appointment_moved", by=cast.rita, now=now
    )


class TestWithdrawn:
    def test_whoever_was_asked_is_told(self, cast: Cast, help_request: HelpRequest) -> None:
        pending, accepted = make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya)
        make.accepted(accepted)
        ended = withdraw(help_request, cast)
        assert (ended.status, ended.withdrawn_at) == (HelpRequestStatus.WITHDRAWN, NOW)
        assert ended.withdrawn_reason == "appointment_moved"
        assert set(Offer.objects.values_list("status", flat=True)) == {"RETRACTED"}
        for offer in (pending, accepted):
            assert recorded(EventKind.OFFER_RETRACTED, offer).facts == {"reason": "request_withdrawn"}
        event = recorded(EventKind.HELP_REQUEST_WITHDRAWN, help_request)
        assert (event.facts, event.actor_id) == ({"reason": "appointment_moved"}, cast.rita.pk)

    @pytest.mark.parametrize(("name", "role"), [("rita", "requester"), ("kaya", "coordinator")])
    def test_whoever_was_confirmed_is_told(
        self, cast: Cast, help_request: HelpRequest, name: str, role: str
    ) -> None:
        assignment = make.an_assignment(help_request, cast.ana, cast.kaya)
        withdraw_help_request(
            help_request_id=help_request.pk, reason="mistake", by=getattr(cast, name), now=NOW
        )
        assignment.refresh_from_db()
        assert (assignment.status, assignment.sequence) == ("CANCELLED", 1)
        event = recorded(EventKind.ASSIGNMENT_CANCELLED, assignment)
        assert event.facts == {"reason": "request_withdrawn", "by_role": role}

    def test_the_pilot_is_free_again(self, cast: Cast, help_request: HelpRequest) -> None:
        make.an_assignment(help_request, cast.ana, cast.kaya)
        withdraw(help_request, cast)
        assert make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)

    def test_twice(self, cast: Cast, help_request: HelpRequest) -> None:
        withdraw(help_request, cast)
        with refused(RuleViolated, "transition_not_allowed", current="WITHDRAWN", wanted="WITHDRAWN"):
            withdraw(help_request, cast)

    def test_not_what_has_begun(self, cast: Cast, help_request: HelpRequest) -> None:
        assignment = make.an_assignment(help_request, cast.ana, cast.kaya)
        with refused(RuleViolated, "session_has_begun"):
            withdraw(help_request, cast, now=at(10, 10))
        assert Assignment.objects.get(pk=assignment.pk).status == "CONFIRMED"

    def test_not_what_was_done(self, cast: Cast, help_request: HelpRequest) -> None:
        assignment = make.an_assignment(help_request, cast.ana, cast.kaya)
        report_activity(
            assignment_id=assignment.pk,
            done=True,
            not_done_reason="",
            minutes=60,
            km=None,
            by=cast.rita,
            now=at(10, 11),
        )
        with refused(RuleViolated, "transition_not_allowed", current="FULFILLED"):
            withdraw(help_request, cast, now=at(10, 12))

    def test_of_nothing(self, cast: Cast) -> None:
        with refused(NotThere, "help_request_unknown"):
            withdraw_help_request(help_request_id=uuid7(), reason="mistake", by=cast.kaya, now=NOW)


class TestUnfilled:
    def test_said_by_the_office_in_time(self, cast: Cast, help_request: HelpRequest) -> None:
        (offer,) = make.offers_to(help_request, [cast.ana], cast.kaya)
        ended = close_unfilled(help_request_id=help_request.pk, by=cast.kaya, now=NOW)
        assert (ended.status, ended.unfilled_at) == (HelpRequestStatus.UNFILLED, NOW)
        assert ended.unfilled_reason == "no_pilot_found"
        event = recorded(EventKind.HELP_REQUEST_UNFILLED, help_request)
        assert (event.facts, event.actor_id) == ({"reason": "no_pilot_found"}, cast.kaya.pk)
        assert recorded(EventKind.OFFER_RETRACTED, offer).facts == {"reason": "request_unfilled"}

    def test_by_the_clock_only_when_every_date_has_begun(self, cast: Cast) -> None:
        dates = [(at(10, 10), at(10, 11)), (at(12, 10), at(12, 11))]
        help_request = make.a_help_request(cast.samir, cast.rita, slots=dates)
        with refused(RuleViolated, "dates_left"):
            close_unfilled(help_request_id=help_request.pk, by=None, now=dates[1][0] - timedelta(seconds=1))
        ended = close_unfilled(help_request_id=help_request.pk, by=None, now=dates[1][0])
        assert ended.status == HelpRequestStatus.UNFILLED
        assert recorded(EventKind.HELP_REQUEST_UNFILLED, help_request).actor_id is None

    @pytest.mark.parametrize("reported", [False, True])
    def test_one_of_two_seats_is_better_than_none(self, cast: Cast, reported: bool) -> None:
        """The pilot who was confirmed comes, so that nobody hears that the request could not be covered."""
        for_two = make.a_help_request(cast.samir, cast.rita, seats=2)
        assignment = make.an_assignment(for_two, cast.ana, cast.kaya)
        (offer,) = make.offers_to(for_two, [cast.ben], cast.kaya)
        done = {"done": True, "not_done_reason": "", "minutes": 60, "km": None, "by": cast.ana.user}
        if reported:
            report_activity(assignment_id=assignment.pk, now=at(10, 11), **done)

        ended = close_unfilled(help_request_id=for_two.pk, by=None, now=at(10, 11))

        assert ended.status == (HelpRequestStatus.FULFILLED if reported else HelpRequestStatus.ASSIGNED)
        assert recorded(EventKind.HELP_REQUEST_PARTLY_FILLED, for_two).facts == {}
        assert recorded(EventKind.OFFER_RETRACTED, offer).facts == {"reason": "request_unfilled"}
        if not reported:
            report_activity(assignment_id=assignment.pk, now=at(10, 12), **done)
        assert recorded(EventKind.HELP_REQUEST_FULFILLED, for_two)

    def test_not_twice_and_not_what_is_assigned(self, cast: Cast, help_request: HelpRequest) -> None:
        other = make.a_help_request(cast.samir, cast.rita)
        make.an_assignment(other, cast.ana, cast.kaya)
        close_unfilled(help_request_id=help_request.pk, by=cast.kaya, now=NOW)
        for pk, status in ((help_request.pk, "UNFILLED"), (other.pk, "ASSIGNED")):
            with refused(Conflict, "help_request_not_open", status=status):
                close_unfilled(help_request_id=pk, by=cast.kaya, now=NOW)

    @pytest.mark.parametrize(
        "last",
        [at(31, 18, month=12), at(31, 18, month=1, year=2027), at(29, 18, month=2, year=2028), at(30, 18)],
        ids=lambda moment: moment.date().isoformat(),
    )
    def test_the_last_evening_of_a_month_is_a_day_like_any_other(self, cast: Cast, last: datetime) -> None:
        help_request = make.a_help_request(cast.samir, cast.rita, slots=[(last, last + timedelta(hours=1))])
        assert not overdue(now=last - timedelta(minutes=1)).exists()
        assert list(overdue(now=last)) == [help_request]
        close_unfilled(help_request_id=help_request.pk, by=None, now=last)
        assert not overdue(now=last + timedelta(days=1)).exists()

    def test_the_clock_closes_what_is_overdue_and_nothing_else(
        self, cast: Cast, help_request: HelpRequest
    ) -> None:
        later = make.a_help_request(cast.samir, cast.rita)
        for request, year in ((help_request, 2020), (later, 2099)):
            HelpRequestSlot.objects.filter(help_request=request).update(
                starts_at=at(10, 10, year=year), ends_at=at(10, 11, year=year)
            )
        for _ in range(2):
            close_unfilled_by_clock()
        assert dict(HelpRequest.objects.values_list("pk", "status")) == {
            help_request.pk: "UNFILLED",
            later.pk: "OPEN",
        }
        assert recorded(EventKind.HELP_REQUEST_UNFILLED, help_request)
