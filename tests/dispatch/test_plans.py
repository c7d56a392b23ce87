"""Does the joint plan serve all open requests at once, and keep what has been asked?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Office
from backend.dispatch.commands.assignments import cancel_assignment
from backend.dispatch.commands.help_requests import withdraw_help_request
from backend.dispatch.commands.offers import accept_offer, decline_offer
from backend.dispatch.models import Assignment, Offer, PlanRun
from backend.dispatch.plan_table import lay_out, open_requests
from backend.dispatch.planning import regret_of_choice
from backend.dispatch.states import OfferStatus
from backend.errors import NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.people.commands.availability import add_absence
from backend.people.models import Pilot, PilotOffice
from backend.people.reach import write_reach
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.dispatch.planned import LATER, apply, hour, pairs, plan, request
from tests.factories import NOW, at


class TestMaking:
    def test_nobody_is_taken_whom_another_request_needs_more(self, cast: Cast) -> None:
        """Alone, both requests would go to Ana, who suits better; she alone speaks Turkish."""
        kurmanji, turkish = request(cast), request(cast, languages=["tr"])
        assert cast.ana and cast.ben
        made = plan(cast)
        assert pairs(made) == {kurmanji: [cast.ben], turkish: [cast.ana]}
        assert made.left_open == []
        assert made.certificate["gap"] == pytest.approx(0, abs=1e-9)
        assert made.value == pytest.approx(made.certificate["bound"])
        assert (made.requests, made.pilots, made.pairs) == (2, 2, 3)

    def test_each_proposal_has_its_reasons(self, cast: Cast) -> None:
        request(cast)
        assert cast.ana
        proposal = plan(cast).proposals.get()
        assert sum(part["contribution"] for part in proposal.contributions) == pytest.approx(proposal.score)
        assert [part["code"] for part in proposal.contributions][:2] == ["language_fit", "proximity"]

    def test_the_runner_up_and_what_it_would_cost(self, cast: Cast) -> None:
        request(cast)
        assert cast.ana and cast.ben
        proposal = plan(cast).proposals.get()
        assert (proposal.pilot, proposal.runner_up) == (cast.ana, cast.ben)
        assert proposal.regret is not None and proposal.regret > 0
        assert proposal.regret == pytest.approx(proposal.regret_here)  # nobody else is concerned

    def test_the_regret_counts_those_who_would_go_short(self, cast: Cast) -> None:
        kurmanji = request(cast)
        request(cast, languages=["tr"])
        assert cast.ana and cast.ben
        proposal = plan(cast).proposals.get(help_request=kurmanji)
        assert proposal.runner_up == cast.ana
        assert proposal.regret_here is not None and proposal.regret_here < 0  # here she would suit better
        assert proposal.regret is not None and proposal.regret > 0.5  # but the other request would stay open

    def test_dates_that_suit_both(self, cast: Cast) -> None:
        first = request(cast, slots=[hour(10, 10), hour(12, 10)])
        second = request(cast)
        assert cast.ana
        slots = {p.help_request: p.slot.starts_at for p in plan(cast).proposals.all()}
        assert slots == {first: at(12, 10), second: at(10, 10)}

    def test_several_seats_on_one_date(self, cast: Cast) -> None:
        several = request(cast, seats=2, slots=[hour(10, 10), hour(12, 10)])
        assert cast.ana and cast.ben
        made = plan(cast)
        assert {proposal.pilot for proposal in made.proposals.all()} == {cast.ana, cast.ben}
        assert len({proposal.slot_id for proposal in made.proposals.all()}) == 1
        assert set(pairs(made)) == {several}

    def test_what_stays_open_says_why(self, cast: Cast) -> None:
        rival, other = request(cast), request(cast)
        nobody = request(cast, languages=["ckb"])
        assert cast.ana
        made = plan(cast)
        why = {one["help_request"]: (one["code"], one["facts"]) for one in made.left_open}
        assert why[str(nobody.pk)][0] == "nobody_eligible"
        (taken,) = set(why) - {str(nobody.pk)}
        assert why[taken][0] == "taken_by_others"
        (kept,) = {str(rival.pk), str(other.pk)} - {taken}
        assert why[taken][1]["requests"] == [kept]

    def test_scarce_is_who_cannot_be_replaced(self, cast: Cast) -> None:
        turkish = request(cast, languages=["tr"])
        assert cast.ana and cast.ben
        (dear,) = plan(cast).scarce
        assert (dear["pilot"], dear["help_request"]) == (str(cast.ana.pk), str(turkish.pk))
        assert (dear["language"], dear["only"]) == ("tr", True)
        assert dear["price"] > 0.5

    def test_past_and_closed_requests_are_out(self, cast: Cast) -> None:
        begun, closed, live = request(cast), request(cast), request(cast, slots=[hour(12, 10)])
        withdraw_help_request(help_request_id=closed.pk, reason="mistake", by=cast.rita, now=NOW)
        assert cast.ana
        made = plan(cast, now=at(10, 10))
        assert set(pairs(made)) == {live}
        assert made.requests == 1
        assert begun not in pairs(made)

    def test_an_assignment_is_busy_time(self, cast: Cast) -> None:
        make.an_assignment(request(cast), cast.ana, cast.kaya)
        request(cast)
        made = plan(cast)
        assert pairs(made) == {}
        assert [one["code"] for one in made.left_open] == ["nobody_eligible"]

    def test_nothing_to_plan(self, cast: Cast) -> None:
        with refused(RuleViolated, "nothing_to_plan"):
            plan(cast)

    def test_is_told_to_the_journal(self, cast: Cast) -> None:
        request(cast)
        request(cast, languages=["ckb"])
        assert cast.ana
        made = plan(cast)
        event = recorded(EventKind.PLAN_MADE, made)
        assert (event.facts["proposals"], event.facts["left_open"]) == (1, 1)
        assert event.office_id == cast.osnabrueck.pk

    def test_asks_and_assigns_nobody(self, cast: Cast) -> None:
        request(cast)
        assert cast.ana
        plan(cast)
        assert not Offer.objects.exists()
        assert not Assignment.objects.exists()

    def test_the_number_of_queries_does_not_grow(self, cast: Cast) -> None:
        def count() -> int:
            with CaptureQueriesContext(connection) as captured:
                lay_out(open_requests([cast.osnabrueck], now=NOW), now=NOW)
            return len(captured)

        first = request(cast)
        make.offers_to(first, [cast.ana], cast.kaya)
        few = count()
        for number in range(8):
            make.a_pilot(f"p{number}", cast.kaya)
            made = request(cast, slots=[hour(9 + number, 10), hour(9 + number, 14)], seats=2)
            make.offers_to(made, [cast.ana], cast.kaya)
        assert count() == few


class TestOffices:
    def lend(self, pilot: Pilot, office: Office) -> None:
        PilotOffice.objects.create(pilot=pilot, office=office, kind=PilotOffice.Kind.LENT)
        write_reach(pilot)

    def test_a_pilot_of_two_offices_is_in_one_place_at_a_time(self, cast: Cast) -> None:
        here = request(cast, setting="phone")
        amal = make.a_help_seeker(cast.frauke, home=make.locate(private=True, postcode="26441"))
        there = make.a_help_request(amal, cast.frauke, setting="phone", urgent=True)
        self.lend(cast.ana, cast.friesland)
        both = make.a_coordinator("bodo", cast.osnabrueck)
        make.Membership.objects.create(user=both, role="coordinator", office=cast.friesland, created_at=NOW)
        made = plan(cast, offices=[cast.osnabrueck, cast.friesland], by=both)
        assert pairs(made) == {there: [cast.ana]}  # the urgent one
        assert [one["help_request"] for one in made.left_open] == [str(here.pk)]
        assert made.pilots == 1
        assert recorded(EventKind.PLAN_MADE, made).office_id is None

        (offer,) = apply(made, cast, by=both).offers
        assert (offer.help_request, offer.pilot) == (there, cast.ana)
        with refused(NotThere, "plan_unknown"):  # who coordinates one of the offices alone
            apply(made, cast)
        assert list(PlanRun.objects.visible_to(both)) == [made]
        assert not PlanRun.objects.visible_to(cast.kaya).exists()

    def test_a_plan_of_no_office_is_nobodys(self, cast: Cast) -> None:
        request(cast)
        assert cast.ana
        made = plan(cast)
        assert list(PlanRun.objects.visible_to(cast.kaya)) == [made]
        made.offices.clear()
        for user in (cast.kaya, cast.frauke, cast.rita):
            assert not PlanRun.objects.visible_to(user).exists()

    def test_a_yes_to_another_office_takes_its_hour(self, cast: Cast) -> None:
        amal = make.a_help_seeker(cast.frauke, home=make.locate(private=True, postcode="26441"))
        there = make.a_help_request(amal, cast.frauke, setting="phone")
        here = request(cast, setting="phone")
        self.lend(cast.ana, cast.friesland)
        (offer,) = make.offers_to(there, [cast.ana], cast.frauke)
        assert pairs(plan(cast)) == {here: [cast.ana]}, "she may say no"
        make.accepted(offer)
        made = plan(cast)
        assert pairs(made) == {}
        assert [one["code"] for one in made.left_open] == ["nobody_eligible"]

    def test_a_yes_to_an_office_of_the_plan_is_the_plans_own(self, cast: Cast) -> None:
        amal = make.a_help_seeker(cast.frauke, home=make.locate(private=True, postcode="26441"))
        there = make.a_help_request(amal, cast.frauke, setting="phone")
        here = request(cast, setting="phone", urgent=True)
        self.lend(cast.ana, cast.friesland)
        (offer,) = make.offers_to(there, [cast.ana], cast.frauke)
        make.accepted(offer)
        both = make.a_coordinator("bodo", cast.osnabrueck)
        make.Membership.objects.create(user=both, role="coordinator", office=cast.friesland, created_at=NOW)
        made = plan(cast, offices=[cast.osnabrueck, cast.friesland], by=both)
        assert pairs(made) == {there: [cast.ana]}
        assert [one["help_request"] for one in made.left_open] == [str(here.pk)]

    def test_a_yes_to_both_offices_is_kept_here(self, cast: Cast) -> None:
        amal = make.a_help_seeker(cast.frauke, home=make.locate(private=True, postcode="26441"))
        there = make.a_help_request(amal, cast.frauke, setting="phone")
        here = request(cast, setting="phone")
        self.lend(cast.ana, cast.friesland)
        for asked, by in ((there, cast.frauke), (here, cast.kaya)):
            (offer,) = make.offers_to(asked, [cast.ana], by)
            make.accepted(offer)
        assert cast.ben
        proposal = plan(cast).proposals.get()
        assert (proposal.pilot, proposal.held) == (cast.ana, True)

    def test_another_office_is_not_there(self, cast: Cast) -> None:
        request(cast)
        assert cast.ana
        for stranger in (cast.frauke, cast.otto, cast.rita, cast.ana.user):
            with refused(NotThere, "office_unknown"):
                plan(cast, by=stranger)
        made = plan(cast)
        for stranger in (cast.frauke, cast.otto, cast.rita, cast.ana.user):
            with refused(NotThere, "plan_unknown"):
                apply(made, cast, by=stranger)
            assert not PlanRun.objects.visible_to(stranger).exists()
        assert not Offer.objects.exists()


class TestHolding:
    def test_what_is_asked_is_kept(self, cast: Cast) -> None:
        """Ana, who would suit better, is free now; but Ben has been asked."""
        asked = request(cast)
        (offer,) = make.offers_to(asked, [cast.ben], cast.kaya)
        assert cast.ana
        proposal = plan(cast).proposals.get()
        assert (proposal.pilot, proposal.held, proposal.offer) == (cast.ben, True, offer)
        assert proposal.runner_up is None

    def test_after_applying_a_new_plan_says_the_same(self, cast: Cast) -> None:
        request(cast, slots=[hour(10, 10), hour(12, 10)])
        request(cast)
        request(cast, languages=["tr"], slots=[hour(12, 10)])
        assert cast.ana and cast.ben
        first = plan(cast)
        apply(first, cast)
        request(cast, urgent=True)  # would win either pilot, were they not asked
        again = plan(cast, now=LATER)
        told = ("help_request", "slot", "pilot")
        assert list(again.proposals.values_list(*told)) == list(first.proposals.values_list(*told))
        assert all(proposal.held for proposal in again.proposals.all())

    def test_a_yes_is_kept_on_its_date_though_the_week_has_changed(self, cast: Cast) -> None:
        asked = request(cast, slots=[hour(10, 10), hour(12, 10)])
        (offer,) = make.offers_to(asked, [cast.ana], cast.kaya)
        accept_offer(offer_id=offer.pk, slot_id=asked.slots.last().pk, by=cast.ana.user, now=NOW)
        add_absence(
            pilot_id=cast.ana.pk, start_date=at(9, 0).date(), end_date=at(13, 0).date(), by=cast.kaya, now=NOW
        )
        proposal = plan(cast, now=LATER).proposals.get()
        assert (proposal.pilot, proposal.slot.starts_at, proposal.held) == (cast.ana, at(12, 10), True)

    def test_a_no_is_kept_too(self, cast: Cast) -> None:
        asked = request(cast)
        (offer,) = make.offers_to(asked, [cast.ana], cast.kaya)
        decline_offer(offer_id=offer.pk, by=cast.ana.user, now=NOW)
        assert cast.ben
        assert pairs(plan(cast)) == {asked: [cast.ben]}

    def test_a_reserve_asked_again_is_kept(self, cast: Cast) -> None:
        asked = request(cast)
        ana, ben = (make.accepted(offer) for offer in make.offers_to(asked, [cast.ana, cast.ben], cast.kaya))
        assignment = make.confirm(ana, cast.kaya, now=LATER)
        cancel_assignment(assignment_id=assignment.pk, reason="pilot_prevented", by=cast.ana.user, now=LATER)
        proposal = plan(cast, now=LATER).proposals.get()
        ben.refresh_from_db()
        assert ben.status == OfferStatus.RESERVE
        assert (proposal.pilot, proposal.held, proposal.offer) == (cast.ben, True, ben)


class TestOwnChoice:
    def test_costs_what_the_runner_up_was_said_to_cost(self, cast: Cast) -> None:
        kurmanji = request(cast)
        request(cast, languages=["tr"])
        assert cast.ana and cast.ben
        made = plan(cast)
        said = made.proposals.get(help_request=kurmanji).regret
        choice = regret_of_choice(made, kurmanji.pk, cast.ana.pk, now=NOW)
        assert choice.regret == pytest.approx(said)
        assert (choice.slot, choice.is_stale) == (kurmanji.slots.get(), False)
        assert regret_of_choice(made, kurmanji.pk, cast.ben.pk, now=NOW).regret == pytest.approx(0)

    def test_who_is_not_possible_has_no_price(self, cast: Cast) -> None:
        asked = request(cast, languages=["tr"])
        assert cast.ana and cast.ben
        assert regret_of_choice(plan(cast), asked.pk, cast.ben.pk, now=NOW).regret is None

    def test_says_when_the_plan_is_another_by_now(self, cast: Cast) -> None:
        asked = request(cast)
        assert cast.ben
        made = plan(cast)
        assert cast.ana
        choice = regret_of_choice(made, asked.pk, cast.ana.pk, now=NOW)
        assert (choice.regret, choice.is_stale) == (pytest.approx(0), True)
