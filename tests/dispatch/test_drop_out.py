"""What happens when a confirmed pilot drops out: is the request open again, and the reserve asked?"""

from datetime import datetime

import pytest

from backend.dispatch.commands.assignments import cancel_assignment, confirm_assignment
from backend.dispatch.commands.help_requests import suggest_pilots
from backend.dispatch.commands.offers import accept_offer, decline_offer
from backend.dispatch.matchmaking import why_not
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.dispatch.policies import OFFICES_REASONS, PILOTS_REASONS
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.keys import uuid7
from backend.people.models import Pilot
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW, at

TUESDAY, THURSDAY = (at(10, 10), at(10, 11)), (at(12, 10), at(12, 11))


@pytest.fixture
def offers(cast: Cast) -> list[Offer]:
    """Ana and Ben have accepted Tuesday."""
    help_request = make.a_help_request(cast.samir, cast.rita, slots=[TUESDAY, THURSDAY])
    return [make.accepted(o, now=NOW) for o in make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya)]


@pytest.fixture
def assignment(cast: Cast, offers: list[Offer]) -> Assignment:
    """Ana is confirmed, Ben the reserve."""
    return confirm(offers[0], cast)


def confirm(offer: Offer, cast: Cast) -> Assignment:
    return confirm_assignment(help_request_id=offer.help_request_id, offer_id=offer.pk, by=cast.kaya, now=NOW)


def drop_out(assignment: Assignment, reason: str = "pilot_ill", *, now: datetime = NOW) -> Assignment:
    return cancel_assignment(assignment_id=assignment.pk, reason=reason, by=assignment.pilot.user, now=now)


def reread(row: HelpRequest | Offer) -> str:
    row.refresh_from_db()
    return row.status


class TestDropOut:
    def test_opens_the_request_and_asks_the_reserve(
        self, cast: Cast, offers: list[Offer], assignment: Assignment
    ) -> None:
        cancelled = drop_out(assignment)
        help_request = cancelled.help_request

        assert (cancelled.status, cancelled.cancelled_at) == (AssignmentStatus.CANCELLED, NOW)
        assert (cancelled.cancelled_reason, cancelled.sequence) == ("pilot_ill", 1)
        assert reread(help_request) == HelpRequestStatus.OPEN
        assert [reread(offer) for offer in offers] == [OfferStatus.CHOSEN, OfferStatus.RESERVE]
        event = recorded(EventKind.ASSIGNMENT_CANCELLED, cancelled)
        # An append-only table keeps no illness.
        assert event.facts == {"reason": "pilot_prevented", "by_role": "pilot"}
        assert recorded(EventKind.HELP_REQUEST_REOPENED, help_request).facts == {
            "reason": "pilot_dropped_out"
        }
        assert recorded(EventKind.RESERVE_ASKED, offers[1]).facts == {}

    def test_the_reserve_says_yes_again_and_is_confirmed(
        self, cast: Cast, offers: list[Offer], assignment: Assignment
    ) -> None:
        drop_out(assignment)
        ben = offers[1]
        thursday = ben.slots.get(starts_at=THURSDAY[0])
        again = accept_offer(offer_id=ben.pk, slot_id=thursday.pk, by=cast.ben.user, now=at(3, 12))
        assert (again.status, again.reaffirmed_at, again.accepted_slot) == ("RESERVE", at(3, 12), thursday)
        event = Event.objects.filter(kind=EventKind.OFFER_ACCEPTED, subject_id=ben.pk).latest("id")
        assert event.facts == {"slot_id": str(thursday.pk), "late": False}
        second = confirm(ben, cast)
        assert (second.pilot, second.seat, second.starts_at) == (cast.ben, 1, THURSDAY[0])
        assert reread(second.help_request) == HelpRequestStatus.ASSIGNED

    def test_the_reserve_is_confirmed_only_after_saying_yes_again(
        self, cast: Cast, offers: list[Offer], assignment: Assignment
    ) -> None:
        drop_out(assignment)
        ben = offers[1]
        with refused(RuleViolated, "reserve_not_asked_yet"):
            confirm(ben, cast)
        accept_offer(offer_id=ben.pk, slot_id=ben.accepted_slot_id, by=cast.ben.user, now=NOW)
        assert confirm(ben, cast).pilot == cast.ben

    def test_a_yes_after_one_drop_out_is_none_after_the_next(
        self, cast: Cast, offers: list[Offer], assignment: Assignment
    ) -> None:
        drop_out(assignment)
        ben = offers[1]
        accept_offer(offer_id=ben.pk, slot_id=ben.accepted_slot_id, by=cast.ben.user, now=NOW)
        cem = make.a_pilot("cem", cast.kaya)
        (to_cem,) = make.offers_to(ben.help_request, [cem], cast.kaya)
        drop_out(confirm(make.accepted(to_cem, now=NOW), cast))
        with refused(RuleViolated, "reserve_not_asked_yet"):
            confirm(ben, cast)

    def test_the_reserve_may_say_no(self, cast: Cast, offers: list[Offer], assignment: Assignment) -> None:
        drop_out(assignment)
        assert decline_offer(offer_id=offers[1].pk, by=cast.ben.user, now=NOW).status == OfferStatus.DECLINED

    def test_while_the_request_is_assigned_the_reserve_waits(
        self, cast: Cast, offers: list[Offer], assignment: Assignment
    ) -> None:
        with refused(Conflict, "somebody_was_faster", status="ASSIGNED"):
            accept_offer(offer_id=offers[1].pk, slot_id=offers[1].accepted_slot_id, by=cast.ben.user, now=NOW)

    def test_a_reserve_whose_dates_have_passed_is_not_asked(self, cast: Cast) -> None:
        help_request = make.a_help_request(cast.samir, cast.rita, slots=[TUESDAY, THURSDAY])
        to_ana, to_ben = make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya)
        to_ben.slots.set([help_request.slots.get(starts_at=TUESDAY[0])])
        make.accepted(to_ben, now=NOW)
        thursday = help_request.slots.get(starts_at=THURSDAY[0])
        accept_offer(offer_id=to_ana.pk, slot_id=thursday.pk, by=cast.ana.user, now=NOW)
        drop_out(confirm(to_ana, cast), now=at(11, 9))
        assert reread(help_request) == HelpRequestStatus.OPEN
        assert not Event.objects.filter(kind=EventKind.RESERVE_ASKED).exists()

    def test_who_dropped_out_is_not_suggested_again(self, cast: Cast, assignment: Assignment) -> None:
        help_request = drop_out(assignment).help_request
        run = suggest_pilots(help_request_id=help_request.pk, by=cast.kaya, now=NOW)
        assert [s.pilot for s in run.suggestions.all()] == [cast.ben]
        (reason,) = why_not(help_request, list(help_request.slots.all()), cast.ana, now=NOW)
        assert reason["code"] == "veto"
        with refused(RuleViolated, "pilot_not_eligible"):
            make.offers_to(help_request, [cast.ana], cast.kaya)

    def test_but_for_the_next_request_she_is(self, cast: Cast, assignment: Assignment) -> None:
        drop_out(assignment)
        other = make.a_help_request(cast.samir, cast.rita)
        run = suggest_pilots(help_request_id=other.pk, by=cast.kaya, now=NOW)
        assert {s.pilot for s in run.suggestions.all()} == {cast.ana, cast.ben}


class TestReasons:
    def test_a_pilot_cannot_call_the_appointment_off(self, cast: Cast, assignment: Assignment) -> None:
        for reason in {r.value for r in OFFICES_REASONS} - {r.value for r in PILOTS_REASONS}:
            with refused(RuleViolated, "reason_not_allowed", field="reason"):
                drop_out(assignment, reason)
        assert reread(assignment.help_request) == HelpRequestStatus.ASSIGNED

    @pytest.mark.parametrize("reason", ["request_withdrawn", "", "tired"])
    def test_nor_is_any_word_a_reason(self, cast: Cast, assignment: Assignment, reason: str) -> None:
        with refused(RuleViolated, "reason_not_allowed"):
            cancel_assignment(assignment_id=assignment.pk, reason=reason, by=cast.kaya, now=NOW)

    def test_the_office_decides(self, cast: Cast, assignment: Assignment) -> None:
        cancel_assignment(assignment_id=assignment.pk, reason="office_decision", by=cast.kaya, now=NOW)
        event = recorded(EventKind.ASSIGNMENT_CANCELLED, assignment)
        assert event.facts == {"reason": "office_decision", "by_role": "coordinator"}
        assert reread(assignment.help_request) == HelpRequestStatus.OPEN

    def test_an_appointment_that_is_off_ends_the_request(
        self, cast: Cast, offers: list[Offer], assignment: Assignment
    ) -> None:
        cancel_assignment(assignment_id=assignment.pk, reason="appointment_cancelled", by=cast.kaya, now=NOW)
        assert reread(assignment.help_request) == HelpRequestStatus.WITHDRAWN
        assert reread(offers[1]) == OfferStatus.RETRACTED
        assert recorded(EventKind.HELP_REQUEST_WITHDRAWN, assignment.help_request).facts == {
            "reason": "not_needed"
        }


class TestSeveralSeats:
    @pytest.fixture
    def pair(self, cast: Cast) -> list[Assignment]:
        for_two = make.a_help_request(cast.samir, cast.rita, seats=2)
        offers = [make.accepted(o) for o in make.offers_to(for_two, [cast.ana, cast.ben], cast.kaya)]
        return [confirm(offer, cast) for offer in offers]

    def test_the_free_seat_is_filled_again(self, cast: Cast, pair: list[Assignment]) -> None:
        help_request = drop_out(pair[0]).help_request
        assert reread(help_request) == HelpRequestStatus.OPEN
        assert help_request.free_seats() == [1]
        third: Pilot = make.a_pilot("cem", cast.kaya)
        (offer,) = make.offers_to(help_request, [third], cast.kaya)
        assert confirm(make.accepted(offer), cast).seat == 1
        assert reread(help_request) == HelpRequestStatus.ASSIGNED

    def test_an_appointment_that_is_off_is_off_for_both(self, cast: Cast, pair: list[Assignment]) -> None:
        cancel_assignment(assignment_id=pair[0].pk, reason="appointment_cancelled", by=cast.kaya, now=NOW)
        assert set(Assignment.objects.values_list("status", "cancelled_reason")) == {
            ("CANCELLED", "appointment_cancelled"),
            ("CANCELLED", "request_withdrawn"),
        }

    def test_when_both_drop_out_the_second_only_frees_a_seat(
        self, cast: Cast, pair: list[Assignment]
    ) -> None:
        help_request = drop_out(pair[0]).help_request
        drop_out(pair[1])
        assert (reread(help_request), help_request.free_seats()) == (HelpRequestStatus.OPEN, [1, 2])
        assert recorded(EventKind.HELP_REQUEST_REOPENED, help_request)


class TestRefusals:
    def test_twice(self, cast: Cast, assignment: Assignment) -> None:
        drop_out(assignment)
        with refused(Conflict, "assignment_not_live", status="CANCELLED"):
            drop_out(assignment)

    def test_after_the_start(self, cast: Cast, assignment: Assignment) -> None:
        for by in (cast.ana.user, cast.kaya):
            with refused(RuleViolated, "session_has_begun"):
                cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=by, now=TUESDAY[0])

    def test_of_nothing(self, cast: Cast) -> None:
        with refused(NotThere, "assignment_unknown"):
            cancel_assignment(assignment_id=uuid7(), reason="pilot_ill", by=cast.kaya, now=NOW)
