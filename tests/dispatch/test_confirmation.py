"""What does a confirmation settle, and when is it refused?"""

from datetime import date, datetime, timedelta

import pytest

from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.commands.offers import accept_offer, decline_offer, expire_offer
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.keys import uuid7
from backend.people.commands.pilots import pause_pilot, record_background_check
from backend.people.commands.vetoes import add_veto
from backend.people.models import Pilot
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW, at

TUESDAY, THURSDAY = (at(10, 10), at(10, 11)), (at(12, 10), at(12, 11))


def confirm(offer: Offer, cast: Cast, *, now: datetime = NOW) -> Assignment:
    return confirm_assignment(help_request_id=offer.help_request_id, offer_id=offer.pk, by=cast.kaya, now=now)


def accepted_by(
    help_request: HelpRequest, pilot: Pilot, cast: Cast, *, starts_at: datetime | None = None
) -> Offer:
    (offer,) = make.offers_to(help_request, [pilot], cast.kaya)
    slot = offer.slots.get(starts_at=starts_at or TUESDAY[0])
    return accept_offer(offer_id=offer.pk, slot_id=slot.pk, by=pilot.user, now=NOW)


@pytest.fixture
def help_request(cast: Cast) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita, slots=[TUESDAY, THURSDAY])


class TestOne:
    def test_is_commissioned(self, cast: Cast, help_request: HelpRequest) -> None:
        offer = accepted_by(help_request, cast.ana, cast, starts_at=THURSDAY[0])
        assignment = confirm(offer, cast)

        assert (assignment.pilot, assignment.seat, assignment.status) == (cast.ana, 1, "CONFIRMED")
        assert (assignment.starts_at, assignment.ends_at) == THURSDAY
        quarter = timedelta(minutes=15)
        assert (assignment.busy.lower, assignment.busy.upper) == (
            THURSDAY[0] - quarter,
            THURSDAY[1] + quarter,
        )
        assert (assignment.confirmed_by, assignment.confirmed_at) == (cast.kaya, NOW)
        offer.refresh_from_db()
        help_request.refresh_from_db()
        assert (offer.status, offer.chosen_at) == (OfferStatus.CHOSEN, NOW)
        assert (help_request.status, help_request.assigned_at) == (HelpRequestStatus.ASSIGNED, NOW)
        event = recorded(EventKind.ASSIGNMENT_CONFIRMED, assignment)
        assert event.facts == {
            "slot_id": str(assignment.slot_id),
            "seat": 1,
            "offer_id": str(offer.pk),
        }
        assert (event.timeline_id, event.actor_id) == (help_request.pk, cast.kaya.pk)

    def test_the_others_are_thanked_or_told(self, cast: Cast, help_request: HelpRequest) -> None:
        third, fourth, fifth = (make.a_pilot(name, cast.kaya) for name in ("cem", "dana", "esra"))
        chosen = accepted_by(help_request, cast.ana, cast)
        reserve = accepted_by(help_request, cast.ben, cast, starts_at=THURSDAY[0])
        pending, declined, expired = make.offers_to(help_request, [third, fourth, fifth], cast.kaya)
        decline_offer(offer_id=declined.pk, by=fourth.user, now=NOW)
        Offer.objects.filter(pk=expired.pk).update(expires_at=NOW)
        expire_offer(offer_id=expired.pk, by=None, now=NOW)

        confirm(chosen, cast)

        statuses = dict(Offer.objects.values_list("pk", "status"))
        assert statuses == {
            chosen.pk: "CHOSEN",
            reserve.pk: "RESERVE",
            pending.pk: "RETRACTED",
            declined.pk: "DECLINED",
            expired.pk: "EXPIRED",
        }
        assert recorded(EventKind.OFFER_RESERVED, reserve).facts == {}
        assert recorded(EventKind.OFFER_RETRACTED, pending).facts == {"reason": "seats_taken"}

    def test_remote_sessions_need_no_way(self, cast: Cast) -> None:
        by_phone = make.a_help_request(cast.samir, cast.rita, setting="phone")
        assignment = make.an_assignment(by_phone, cast.ana, cast.kaya)
        assert (assignment.busy.lower, assignment.busy.upper) == TUESDAY


class TestRefusals:
    def test_not_accepted(self, cast: Cast, help_request: HelpRequest) -> None:
        (offer,) = make.offers_to(help_request, [cast.ana], cast.kaya)
        with refused(Conflict, "offer_not_accepted", status="PENDING"):
            confirm(offer, cast)

    def test_no_longer_accepted(self, cast: Cast, help_request: HelpRequest) -> None:
        offer = accepted_by(help_request, cast.ana, cast)
        decline_offer(offer_id=offer.pk, by=cast.ana.user, now=NOW)
        with refused(Conflict, "offer_not_accepted", status="DECLINED"):
            confirm(offer, cast)

    def test_after_the_start(self, cast: Cast, help_request: HelpRequest) -> None:
        offer = accepted_by(help_request, cast.ana, cast)
        with refused(RuleViolated, "date_has_passed"):
            confirm(offer, cast, now=TUESDAY[0])

    def test_twice(self, cast: Cast, help_request: HelpRequest) -> None:
        offer = accepted_by(help_request, cast.ana, cast)
        confirm(offer, cast)
        with refused(Conflict, "help_request_not_open", status="ASSIGNED"):
            confirm(offer, cast)

    def test_an_offer_of_another_request(self, cast: Cast, help_request: HelpRequest) -> None:
        other = make.a_help_request(cast.samir, cast.rita)
        offer = accepted_by(other, cast.ana, cast)
        for pk in (offer.pk, uuid7()):
            with refused(NotThere, "offer_unknown"):
                confirm_assignment(help_request_id=help_request.pk, offer_id=pk, by=cast.kaya, now=NOW)

    def test_a_pilot_who_paused_since(self, cast: Cast, help_request: HelpRequest) -> None:
        offer = accepted_by(help_request, cast.ana, cast)
        pause_pilot(pilot_id=cast.ana.pk, until=None, by=cast.ana.user, now=NOW)
        with refused(RuleViolated, "pilot_not_active", status="PAUSED"):
            confirm(offer, cast)

    def test_a_certificate_that_stands_in_the_way_since(self, cast: Cast) -> None:
        with_minors = make.a_help_request(cast.samir, cast.rita, minors=True)
        offer = accepted_by(with_minors, cast.ana, cast)
        record_background_check(
            pilot_id=cast.ana.pk,
            inspected_date=date(2026, 11, 2),
            stands_in_the_way=True,
            by=cast.kaya,
            now=NOW,
        )
        with refused(RuleViolated, "pilot_not_eligible", pilot=str(cast.ana.pk)) as refusal:
            confirm(offer, cast)
        assert [reason["code"] for reason in refusal.value.facts["reasons"]] == ["background_check"]

    def test_a_veto_given_since(self, cast: Cast, help_request: HelpRequest) -> None:
        offer = accepted_by(help_request, cast.ana, cast)
        add_veto(pilot_id=cast.ana.pk, help_seeker_id=cast.samir.pk, by=cast.ana.user, now=NOW)
        with refused(RuleViolated, "pilot_not_eligible"):
            confirm(offer, cast)

    def test_a_pilot_who_is_elsewhere_then(self, cast: Cast, help_request: HelpRequest) -> None:
        other = make.a_help_request(cast.samir, cast.rita)
        offers = [accepted_by(request, cast.ana, cast) for request in (help_request, other)]
        confirm(offers[0], cast)
        with refused(Conflict, "pilot_double_booked"):
            confirm(offers[1], cast)
        offers[1].refresh_from_db()
        other.refresh_from_db()
        assert (offers[1].status, other.status) == (OfferStatus.ACCEPTED, HelpRequestStatus.OPEN)
        assert Event.objects.filter(kind=EventKind.ASSIGNMENT_CONFIRMED).count() == 1

    def test_a_pilot_who_could_not_get_there_in_time(self, cast: Cast, help_request: HelpRequest) -> None:
        right_after = make.a_help_request(cast.samir, cast.rita, slots=[(at(10, 11), at(10, 12))])
        offers = [
            accepted_by(help_request, cast.ana, cast),
            accepted_by(right_after, cast.ana, cast, starts_at=at(10, 11)),
        ]
        confirm(offers[0], cast)
        with refused(Conflict, "travel_time_missing"):
            confirm(offers[1], cast)


class TestSeveralSeats:
    @pytest.fixture
    def for_two(self, cast: Cast) -> HelpRequest:
        return make.a_help_request(cast.samir, cast.rita, slots=[TUESDAY, THURSDAY], seats=2)

    def test_stay_open_until_all_are_taken(self, cast: Cast, for_two: HelpRequest) -> None:
        third = make.a_pilot("cem", cast.kaya)
        first, second, rest = (accepted_by(for_two, pilot, cast) for pilot in (cast.ana, cast.ben, third))
        assert confirm(first, cast).seat == 1
        for_two.refresh_from_db()
        rest.refresh_from_db()
        assert (for_two.status, rest.status) == (HelpRequestStatus.OPEN, OfferStatus.ACCEPTED)
        assert confirm(second, cast).seat == 2
        for_two.refresh_from_db()
        rest.refresh_from_db()
        assert (for_two.status, rest.status) == (HelpRequestStatus.ASSIGNED, OfferStatus.RESERVE)

    def test_are_for_one_and_the_same_date(self, cast: Cast, for_two: HelpRequest) -> None:
        third = make.a_pilot("cem", cast.kaya)
        first = accepted_by(for_two, cast.ana, cast)
        other_day = accepted_by(for_two, cast.ben, cast, starts_at=THURSDAY[0])
        (asked_before,) = make.offers_to(for_two, [third], cast.kaya)
        confirm(first, cast)
        with refused(RuleViolated, "other_date_chosen"):
            confirm(other_day, cast)
        with refused(Conflict, "other_date_chosen"):
            thursday = asked_before.slots.get(starts_at=THURSDAY[0])
            accept_offer(offer_id=asked_before.pk, slot_id=thursday.pk, by=third.user, now=NOW)
        (asked_after,) = make.offers_to(for_two, [make.a_pilot("dana", cast.kaya)], cast.kaya)
        assert [slot.starts_at for slot in asked_after.slots.all()] == [TUESDAY[0]]

    def test_one_pilot_takes_one(self, cast: Cast, for_two: HelpRequest) -> None:
        confirm(accepted_by(for_two, cast.ana, cast), cast)
        with refused(RuleViolated, "pilot_not_eligible"):
            make.offers_to(for_two, [cast.ana], cast.kaya)
        assert Assignment.objects.get().status == AssignmentStatus.CONFIRMED
