"""Does a joint plan become offers by the coordinator's click alone, as far as it still holds?"""

from datetime import datetime
from functools import partial

import pytest

from backend.accounts.models import User
from backend.dispatch.commands.help_requests import withdraw_help_request
from backend.dispatch.commands.offers import accept_offer, decline_offer, retract_offer
from backend.dispatch.commands.plans import Applied, apply_plan
from backend.dispatch.models import Assignment, Offer, PlanProposal, PlanRun
from backend.dispatch.states import OfferStatus
from backend.errors import NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.keys import uuid7
from backend.people.commands.availability import add_absence
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.dispatch.planned import LATER, apply, hour, plan, request
from tests.factories import NOW, at
from tests.threads import at_once


class TestApplying:
    def test_asks_for_the_proposed_date_alone(self, cast: Cast) -> None:
        request(cast, slots=[hour(10, 10), hour(12, 10)])
        request(cast)
        assert cast.ana
        made = plan(cast)
        done = apply(made, cast)
        assert done.skipped == []
        for proposal in made.proposals.all():
            assert proposal.offer is not None
            assert proposal.offer.status == OfferStatus.PENDING
            assert list(proposal.offer.slots.all()) == [proposal.slot]
            assert recorded(EventKind.OFFER_MADE, proposal.offer).actor_id == cast.kaya.pk
        made.refresh_from_db()
        assert made.applied_at == LATER
        assert recorded(EventKind.PLAN_APPLIED, made).facts == {"offers": 2, "skipped": 0}
        assert not Assignment.objects.exists()

    def test_some_of_it(self, cast: Cast) -> None:
        request(cast)
        request(cast, slots=[hour(12, 10)])
        assert cast.ana
        made = plan(cast)
        first, second = made.proposals.all()
        apply_plan(plan_id=made.pk, proposal_ids=[second.pk], by=cast.kaya, now=LATER)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.offer, second.offer is not None) == (None, True)

    def skipped(self, made: PlanRun, cast: Cast, *, now: datetime = LATER) -> list[str]:
        return [one.code for one in apply(made, cast, now=now).skipped]

    def test_twice(self, cast: Cast) -> None:
        request(cast)
        assert cast.ana
        made = plan(cast)
        assert self.skipped(made, cast) == []
        assert self.skipped(made, cast) == ["offer_already_pending"]
        assert Offer.objects.count() == 1
        made.refresh_from_db()
        assert Event.objects.filter(kind=EventKind.PLAN_APPLIED, subject_id=made.pk).count() == 2

    def test_another_pilot_was_asked_meanwhile(self, cast: Cast) -> None:
        asked = request(cast)
        assert cast.ana
        made = plan(cast)
        make.offers_to(asked, [cast.ben], cast.kaya, now=LATER)
        assert self.skipped(made, cast) == ["enough_asked"]

    def test_two_plans_in_turn_want_one_pilot(self, cast: Cast) -> None:
        """Each plan by itself has Ana at ten: whichever is applied first asks her."""
        first = request(cast, languages=["tr"])
        assert cast.ana
        older = plan(cast)
        request(cast, languages=["tr"], urgent=True)
        newer = plan(cast)
        assert older.proposals.get().help_request != newer.proposals.get().help_request
        assert self.skipped(older, cast) == []
        assert self.skipped(newer, cast) == ["asked_for_that_hour"]
        assert Offer.objects.get().help_request == first

    @pytest.mark.parametrize(
        ("street", "starts", "codes"),
        [
            ("Markt 2", 11, ["asked_for_that_hour"]),  # no time for the way
            ("Markt 1", 11, []),  # no way
            ("Markt 2", 14, []),
        ],
    )
    def test_asked_meanwhile_for_another_request(
        self, cast: Cast, street: str, starts: int, codes: list[str]
    ) -> None:
        request(cast, street="Markt 1", slots=[hour(10, 10)])
        assert cast.ana
        made = plan(cast)
        make.offers_to(
            request(cast, street=street, slots=[hour(10, starts)]), [cast.ana], cast.kaya, now=LATER
        )
        assert self.skipped(made, cast) == codes

    def test_has_said_yes_meanwhile_to_another_date(self, cast: Cast) -> None:
        """The plan has her on the twelfth there, so that she is free on the tenth here."""
        there = request(cast, slots=[hour(10, 10), hour(12, 10)])
        (offer,) = make.offers_to(there, [cast.ana], cast.kaya)
        here = request(cast)
        made = plan(cast)
        assert made.proposals.get(held=True).slot.starts_at == at(12, 10)
        assert made.proposals.get(held=False).help_request == here
        accept_offer(offer_id=offer.pk, slot_id=there.slots.all()[0].pk, by=cast.ana.user, now=LATER)
        assert self.skipped(made, cast) == ["asked_for_that_hour"]

    def test_what_was_asked_before_is_in_the_plan(self, cast: Cast) -> None:
        there = request(cast, slots=[hour(10, 10), hour(12, 10)])
        make.offers_to(there, [cast.ana], cast.kaya)
        request(cast)
        assert self.skipped(plan(cast), cast) == []

    def test_declined_or_taken_back_meanwhile(self, cast: Cast) -> None:
        request(cast)
        assert cast.ana
        made = plan(cast)
        for end in (
            partial(decline_offer, by=cast.ana.user),
            partial(retract_offer, by=cast.kaya),
        ):
            (offer,) = make.offers_to(request(cast), [cast.ana], cast.kaya, now=LATER)
            end(offer_id=offer.pk, now=LATER)
        assert self.skipped(made, cast) == []

    def test_withdrawn_meanwhile(self, cast: Cast) -> None:
        asked = request(cast)
        assert cast.ana
        made = plan(cast)
        withdraw_help_request(help_request_id=asked.pk, reason="mistake", by=cast.rita, now=LATER)
        assert self.skipped(made, cast) == ["help_request_not_open"]

    def test_the_date_has_begun(self, cast: Cast) -> None:
        request(cast)
        assert cast.ana
        assert self.skipped(plan(cast), cast, now=at(10, 10)) == ["date_has_passed"]

    def test_another_date_was_chosen(self, cast: Cast) -> None:
        asked = request(cast, seats=2, slots=[hour(10, 10), hour(12, 10)])
        assert cast.ana and cast.ben
        made = plan(cast)
        (date,) = {proposal.slot for proposal in made.proposals.all()}
        (other,) = asked.slots.exclude(pk=date.pk)
        cem = make.a_pilot("cem", cast.kaya)
        (offer,) = make.offers_to(asked, [cem], cast.kaya, now=LATER)
        accept_offer(offer_id=offer.pk, slot_id=other.pk, by=cem.user, now=LATER)
        make.confirm(offer, cast.kaya, now=LATER)
        assert self.skipped(made, cast) == ["other_date_chosen", "other_date_chosen"]

    def test_the_pilot_is_away_since(self, cast: Cast) -> None:
        request(cast)
        assert cast.ana
        made = plan(cast)
        add_absence(
            pilot_id=cast.ana.pk,
            start_date=at(10, 0).date(),
            end_date=at(10, 0).date(),
            by=cast.kaya,
            now=NOW,
        )
        (skipped,) = apply(made, cast).skipped
        assert skipped.code == "pilot_not_eligible"
        assert [reason["code"] for reason in skipped.facts["reasons"]] == ["availability"]
        made.refresh_from_db()
        assert made.applied_at is None

    def test_what_is_no_proposal_of_the_plan(self, cast: Cast) -> None:
        request(cast)
        assert cast.ana
        made = plan(cast)
        ask = partial(apply_plan, plan_id=made.pk, by=cast.kaya, now=LATER)
        with refused(RuleViolated, "nothing_chosen"):
            ask(proposal_ids=[])
        with refused(NotThere, "proposal_unknown"):
            ask(proposal_ids=[made.proposals.get().pk, uuid7()])
        with refused(NotThere, "plan_unknown"):
            apply_plan(plan_id=uuid7(), proposal_ids=[], by=cast.kaya, now=LATER)
        assert not Offer.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_coordinators_at_once(self, cast: Cast) -> None:
        """Both have made their plan, and click in the same instant: nobody is asked twice."""
        for day in (10, 11, 12, 13):
            request(cast, slots=[hour(day, 10)])
        kim = make.a_coordinator("kim", cast.osnabrueck)
        assert cast.ana and cast.ben
        plans = [plan(cast), plan(cast, by=kim)]
        people = [User.objects.get(pk=cast.kaya.pk), User.objects.get(pk=kim.pk)]
        done = at_once(*(partial(apply, made, cast, by=by) for made, by in zip(plans, people, strict=True)))
        assert all(isinstance(one, Applied) for one in done), done
        assert sum(len(one.offers) for one in done) == 4
        assert {skipped.code for one in done for skipped in one.skipped} == {"offer_already_pending"}
        asked = list(Offer.objects.values_list("help_request", flat=True))
        assert len(asked) == len(set(asked)) == 4
        assert PlanProposal.objects.filter(offer__isnull=False).count() == 4

    def test_two_plans_for_one_hour_of_one_pilot(self, cast: Cast) -> None:
        """They share no request, so that no lock of a request keeps them apart."""
        request(cast, languages=["tr"])
        assert cast.ana
        older = plan(cast)
        request(cast, languages=["tr"], urgent=True)
        newer = plan(cast)
        people = [User.objects.get(pk=cast.kaya.pk) for _ in range(2)]
        done = at_once(
            *(partial(apply, made, cast, by=by) for made, by in zip([older, newer], people, strict=True))
        )
        assert all(isinstance(one, Applied) for one in done), done
        assert [skipped.code for one in done for skipped in one.skipped] == ["asked_for_that_hour"]
        assert Offer.objects.get().pilot == cast.ana
