"""What does each answer to an offer lead to: in time, too late, twice, or by a link?"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.accounts.tokens import digest
from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.commands.help_requests import (
    close_unfilled,
)
from backend.dispatch.commands.offers import (
    accept_offer,
    decline_offer,
    expire_offer,
    retract_offer,
)
from backend.dispatch.models import AnswerLink, HelpRequest, Offer
from backend.dispatch.queries import offer_behind
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from backend.dispatch.tasks import expire_offers
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


class TestAccepting:
    def test_keeps_the_date_and_decides_nothing(
        self, cast: Cast, help_request: HelpRequest, offer: Offer
    ) -> None:
        thursday = help_request.slots.get(starts_at=THURSDAY[0])
        accepted = accept(offer, slot=thursday.pk)
        assert (accepted.status, accepted.accepted_slot, accepted.accepted_at) == ("ACCEPTED", thursday, NOW)
        help_request.refresh_from_db()
        assert help_request.status == HelpRequestStatus.OPEN
        event = recorded(EventKind.OFFER_ACCEPTED, offer)
        assert event.facts == {"slot_id": str(thursday.pk), "late": False}
        assert event.actor_id == cast.ana.user_id

    def test_several_may(self, cast: Cast, help_request: HelpRequest) -> None:
        for offer in ask(help_request, cast, cast.ana, cast.ben):
            assert accept(offer).status == OfferStatus.ACCEPTED

    def test_the_only_date_need_not_be_named(self, cast: Cast) -> None:
        help_request = make.a_help_request(cast.samir, cast.rita)
        assert accept(ask(help_request, cast, cast.ana)[0], slot=None).accepted_slot.starts_at == TUESDAY[0]

    def test_of_two_dates_one_must_be_named(self, offer: Offer) -> None:
        with refused(RuleViolated, "slot_not_offered", field="slot"):
            accept(offer, slot=None)

    def test_a_date_of_another_request(self, cast: Cast, offer: Offer) -> None:
        other = make.a_help_request(cast.samir, cast.rita)
        for slot_id in (other.slots.get().pk, uuid7()):
            with refused(RuleViolated, "slot_not_offered"):
                accept(offer, slot=slot_id)

    def test_a_date_that_has_passed(self, help_request: HelpRequest, offer: Offer) -> None:
        with refused(Conflict, "date_has_passed"):
            accept(offer, now=TUESDAY[0])
        later = help_request.slots.get(starts_at=THURSDAY[0])
        assert accept(offer, now=TUESDAY[0], slot=later.pk).accepted_slot == later

    @pytest.mark.parametrize("ticked", [True, False], ids=["expired", "the clock has not ticked yet"])
    def test_a_late_yes_counts_while_the_request_is_open(self, offer: Offer, ticked: bool) -> None:
        if ticked:
            assert expire(offer).status == OfferStatus.EXPIRED
        assert accept(offer, now=EXPIRED).status == OfferStatus.ACCEPTED
        assert recorded(EventKind.OFFER_ACCEPTED, offer).facts["late"] is True

    def test_a_late_yes_to_the_first_of_two_offers(
        self, cast: Cast, help_request: HelpRequest, offer: Offer
    ) -> None:
        expire(offer)
        (second,) = ask(help_request, cast, cast.ana, now=EXPIRED)
        with refused(Conflict, "newer_offer_waits"):
            accept(offer, now=EXPIRED)
        assert accept(second, now=EXPIRED).status == OfferStatus.ACCEPTED

    def test_too_late(self, cast: Cast, help_request: HelpRequest, offer: Offer) -> None:
        expire(offer)
        (to_ben,) = ask(help_request, cast, cast.ben, now=EXPIRED)
        accept(to_ben, now=EXPIRED)
        confirm_assignment(help_request_id=help_request.pk, offer_id=to_ben.pk, by=cast.kaya, now=EXPIRED)
        with refused(Conflict, "somebody_was_faster", status="ASSIGNED"):
            accept(offer, now=EXPIRED)

    def test_twice(self, offer: Offer) -> None:
        accept(offer)
        with refused(Conflict, "offer_already_answered", status="ACCEPTED"):
            accept(offer)

    def test_after_no(self, offer: Offer) -> None:
        decline_offer(offer_id=offer.pk, by=offer.pilot.user, now=NOW)
        with refused(Conflict, "offer_already_answered", status="DECLINED"):
            accept(offer)

    def test_taken_back(self, cast: Cast, offer: Offer) -> None:
        retract_offer(offer_id=offer.pk, by=cast.kaya, now=NOW)
        with refused(Conflict, "offer_retracted"):
            accept(offer)

    def test_of_nothing(self, cast: Cast) -> None:
        with refused(NotThere, "offer_unknown"):
            accept_offer(offer_id=uuid7(), slot_id=None, by=cast.ana.user, now=NOW)


class TestDeclining:
    @pytest.mark.parametrize("first", ["pending", "accepted"])
    def test_before_the_decision(self, offer: Offer, first: str) -> None:
        if first == "accepted":
            accept(offer)
        declined = decline_offer(offer_id=offer.pk, by=offer.pilot.user, now=NOW)
        assert (declined.status, declined.declined_at) == (OfferStatus.DECLINED, NOW)
        event = recorded(EventKind.OFFER_DECLINED, offer)
        assert (event.facts, event.actor_id) == ({}, offer.pilot.user_id)

    def test_twice(self, offer: Offer) -> None:
        decline_offer(offer_id=offer.pk, by=offer.pilot.user, now=NOW)
        with refused(Conflict, "offer_already_answered", status="DECLINED"):
            decline_offer(offer_id=offer.pk, by=offer.pilot.user, now=NOW)

    def test_the_reserve_may_leave(self, cast: Cast, help_request: HelpRequest, offer: Offer) -> None:
        (to_ben,) = ask(help_request, cast, cast.ben)
        accept(offer)
        accept(to_ben)
        confirm_assignment(help_request_id=help_request.pk, offer_id=to_ben.pk, by=cast.kaya, now=NOW)
        assert decline_offer(offer_id=offer.pk, by=offer.pilot.user, now=NOW).status == OfferStatus.DECLINED

    def test_who_was_chosen_drops_out_instead(
        self, cast: Cast, help_request: HelpRequest, offer: Offer
    ) -> None:
        accept(offer)
        confirm_assignment(help_request_id=help_request.pk, offer_id=offer.pk, by=cast.kaya, now=NOW)
        with refused(Conflict, "offer_already_answered", status="CHOSEN"):
            decline_offer(offer_id=offer.pk, by=offer.pilot.user, now=NOW)


class TestRetracting:
    def test_one_offer(self, cast: Cast, offer: Offer) -> None:
        retracted = retract_offer(offer_id=offer.pk, by=cast.kaya, now=NOW)
        assert (retracted.status, retracted.retracted_at) == (OfferStatus.RETRACTED, NOW)
        assert recorded(EventKind.OFFER_RETRACTED, offer).facts == {"reason": "office_decision"}

    def test_not_one_that_is_settled(self, cast: Cast, offer: Offer) -> None:
        decline_offer(offer_id=offer.pk, by=offer.pilot.user, now=NOW)
        with refused(RuleViolated, "transition_not_allowed", current="DECLINED", wanted="RETRACTED"):
            retract_offer(offer_id=offer.pk, by=cast.kaya, now=NOW)


class TestExpiring:
    def test_when_the_time_is_over_and_not_before(self, offer: Offer) -> None:
        assert expire(offer, now=EXPIRED - timedelta(seconds=1)).status == OfferStatus.PENDING
        expired = expire(offer)
        assert (expired.status, expired.expired_at) == (OfferStatus.EXPIRED, EXPIRED)
        assert recorded(EventKind.OFFER_EXPIRED, offer).actor_id is None

    def test_not_what_was_answered(self, offer: Offer) -> None:
        accept(offer)
        assert expire(offer).status == OfferStatus.ACCEPTED
        assert not Event.objects.filter(kind=EventKind.OFFER_EXPIRED).exists()

    def test_the_clock_takes_what_is_due_and_repeats_harmlessly(self, cast: Cast, offer: Offer) -> None:
        other = make.a_help_request(cast.samir, cast.rita)
        (fresh,) = ask(other, cast, cast.ben)
        Offer.objects.filter(pk=offer.pk).update(expires_at=at(1, 9, year=2020))
        Offer.objects.filter(pk=fresh.pk).update(expires_at=at(1, 9, year=2099))
        for _ in range(2):
            expire_offers()
        assert dict(Offer.objects.values_list("pk", "status")) == {offer.pk: "EXPIRED", fresh.pk: "PENDING"}
        assert recorded(EventKind.OFFER_EXPIRED, offer)


class TestLinks:
    def test_only_the_hash_is_kept(self, offer: Offer) -> None:
        secret = offer.new_link(at=NOW)
        link = AnswerLink.objects.get()
        assert link.hash == digest(secret)
        assert secret not in str(vars(link))
        assert link.expires_at == THURSDAY[0]
        found = offer_behind(secret, now=NOW)
        assert (found.offer, found.link) == (offer, link)

    def test_unknown_or_outdated(self, offer: Offer) -> None:
        secret = offer.new_link(at=NOW)
        for wrong, now in (("guess", NOW), (secret, THURSDAY[0]), (AnswerLink.objects.get().hash, NOW)):
            with refused(NotThere, "link_unknown_or_expired"):
                offer_behind(wrong, now=now)

    def test_an_answer_uses_them_up(self, offer: Offer) -> None:
        for _ in range(2):
            offer.new_link(at=NOW)
        accept(offer)
        assert set(AnswerLink.objects.values_list("used_at", flat=True)) == {NOW}

    def test_after_the_end_they_say_so_honestly(
        self, cast: Cast, help_request: HelpRequest, offer: Offer
    ) -> None:
        secret = offer.new_link(at=NOW)
        close_unfilled(help_request_id=help_request.pk, by=cast.kaya, now=NOW)
        assert offer_behind(secret, now=EXPIRED).offer.status == OfferStatus.RETRACTED
