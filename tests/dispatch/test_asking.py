"""Whom may we ask, for which dates, and how long does an offer last?"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from backend.dispatch.commands.help_requests import (
    suggest_pilots,
    withdraw_help_request,
)
from backend.dispatch.commands.offers import (
    accept_offer,
    expire_offer,
    make_offers,
    retract_offer,
)
from backend.dispatch.models import HelpRequest, Offer
from backend.dispatch.states import OfferStatus
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.keys import uuid7
from backend.people.commands.availability import add_absence
from backend.people.commands.pilots import pause_pilot
from backend.people.models import Pilot
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW, at

TUESDAY, THURSDAY = (at(10, 10), at(10, 11)), (at(12, 10), at(12, 11))
EXPIRED = NOW + timedelta(hours=48)


@pytest.fixture
def help_request(cast: Cast) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita, slots=[TUESDAY, THURSDAY])


@pytest.fixture
def offer(cast: Cast, help_request: HelpRequest) -> Offer:
    return make.offers_to(help_request, [cast.ana], cast.kaya)[0]


def ask(help_request: HelpRequest, cast: Cast, *pilots: Pilot, now: datetime = NOW) -> list[Offer]:
    return make.offers_to(help_request, pilots, cast.kaya, now=now)


def accept(offer: Offer, *, now: datetime = NOW, slot: Any = "first") -> Offer:
    slot_id = offer.slots.order_by("starts_at").first().pk if slot == "first" else slot
    return accept_offer(offer_id=offer.pk, slot_id=slot_id, by=offer.pilot.user, now=now)


def expire(offer: Offer, *, now: datetime = EXPIRED) -> Offer:
    return expire_offer(offer_id=offer.pk, by=None, now=now)


class TestMaking:
    def test_each_is_asked_for_the_dates_that_suit(self, cast: Cast, help_request: HelpRequest) -> None:
        ana, ben = cast.ana, cast.ben
        add_absence(
            pilot_id=ben.pk,
            start_date=date(2026, 11, 10),
            end_date=date(2026, 11, 10),
            by=cast.kaya,
            now=NOW,
        )
        run = suggest_pilots(help_request_id=help_request.pk, by=cast.kaya, now=NOW)
        to_ben, to_ana = ask(help_request, cast, ben, ana)

        assert [s.starts_at for s in to_ana.slots.all()] == [TUESDAY[0], THURSDAY[0]]
        assert [s.starts_at for s in to_ben.slots.all()] == [THURSDAY[0]]
        assert (to_ana.status, to_ana.made_by, to_ana.made_at) == (OfferStatus.PENDING, cast.kaya, NOW)
        ranks = {s.pilot_id: s.rank for s in run.suggestions.all()}
        for offer in (to_ben, to_ana):
            assert recorded(EventKind.OFFER_MADE, offer).facts == {"rank": ranks[offer.pilot_id]}
            assert offer.suggestion.match_run == run

    def test_without_a_ranking_there_is_no_rank(self, cast: Cast, offer: Offer) -> None:
        assert recorded(EventKind.OFFER_MADE, offer).facts == {"rank": None}

    def test_it_lasts_as_long_as_the_office_says_or_until_the_last_date(
        self, cast: Cast, help_request: HelpRequest
    ) -> None:
        early, late = ask(help_request, cast, cast.ana)[0], at(11, 9)
        assert early.expires_at == NOW + timedelta(hours=cast.osnabrueck.offer_lifetime_hours)
        assert ask(help_request, cast, cast.ben, now=late)[0].expires_at == THURSDAY[0]

    def test_a_date_that_has_begun_is_not_offered(self, cast: Cast, help_request: HelpRequest) -> None:
        (offer,) = ask(help_request, cast, cast.ana, now=TUESDAY[0])
        assert [s.starts_at for s in offer.slots.all()] == [THURSDAY[0]]
        with refused(RuleViolated, "no_date_left"):
            ask(help_request, cast, cast.ben, now=THURSDAY[0])

    def test_naming_somebody_twice_asks_once(self, cast: Cast, help_request: HelpRequest) -> None:
        assert len(ask(help_request, cast, cast.ana, cast.ana)) == 1

    def test_only_who_may_be_asked(self, cast: Cast, help_request: HelpRequest) -> None:
        sora = make.a_pilot("sora", cast.kaya, skills={"ckb": 6})
        with refused(RuleViolated, "pilot_not_eligible", pilot=str(sora.pk)) as refusal:
            ask(help_request, cast, cast.ana, sora)
        assert [reason["code"] for reason in refusal.value.facts["reasons"]] == ["language"]
        assert not Offer.objects.exists()

    def test_not_who_paused_since_the_ranking(self, cast: Cast, help_request: HelpRequest) -> None:
        suggest_pilots(help_request_id=help_request.pk, by=cast.kaya, now=NOW)
        pause_pilot(pilot_id=cast.ana.pk, until=None, by=cast.ana.user, now=NOW)
        with refused(RuleViolated, "pilot_not_eligible") as refusal:
            ask(help_request, cast, cast.ana)
        assert [reason["code"] for reason in refusal.value.facts["reasons"]] == ["not_active"]

    def test_not_pilots_of_another_office(self, cast: Cast, help_request: HelpRequest) -> None:
        jule = make.a_pilot("jule", cast.frauke, postcode="26441", reach_km=300)
        for pk in (jule.pk, uuid7()):
            with refused(NotThere, "pilot_unknown", pilot=str(pk)):
                make_offers(help_request_id=help_request.pk, pilot_ids=[pk], by=cast.kaya, now=NOW)

    @pytest.mark.parametrize("count", [0, 21])
    def test_how_many_at_once(self, cast: Cast, help_request: HelpRequest, count: int) -> None:
        with refused(RuleViolated, "pilot_count", at_most=20):
            make_offers(
                help_request_id=help_request.pk,
                pilot_ids=[uuid7() for _ in range(count)],
                by=cast.kaya,
                now=NOW,
            )

    def test_nobody_is_asked_twice(self, cast: Cast, help_request: HelpRequest, offer: Offer) -> None:
        with refused(Conflict, "offer_already_pending", pilot=str(cast.ana.pk)):
            ask(help_request, cast, cast.ana)
        accept(offer)
        with refused(Conflict, "offer_already_pending"):
            ask(help_request, cast, cast.ana)

    def test_who_let_the_time_pass_or_was_let_go_may_be_asked_again(
        self, cast: Cast, help_request: HelpRequest, offer: Offer
    ) -> None:
        expire(offer)
        (second,) = ask(help_request, cast, cast.ana, now=EXPIRED)
        retract_offer(offer_id=second.pk, by=cast.kaya, now=EXPIRED)
        assert ask(help_request, cast, cast.ana, now=EXPIRED)

    def test_a_closed_request_asks_nobody(self, cast: Cast, help_request: HelpRequest) -> None:
        withdraw_help_request(help_request_id=help_request.pk, reason="mistake", by=cast.rita, now=NOW)
        with refused(Conflict, "help_request_not_open", status="WITHDRAWN"):
            ask(help_request, cast, cast.ana)
