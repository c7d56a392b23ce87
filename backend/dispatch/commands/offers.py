"""What happens to offers: made, answered, taken back, expired."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.accounts.models import User
from backend.dispatch import matchmaking, permissions, policies, training
from backend.dispatch.codes import RetractionReason
from backend.dispatch.commands.series import carry_on
from backend.dispatch.models import (
    HelpRequest,
    HelpRequestSlot,
    MatchRun,
    Offer,
    Suggestion,
    Wave,
    WaveSeries,
)
from backend.dispatch.states import LIVELY, OfferStatus
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people.models import Pilot

PILOTS_AT_ONCE = 20


@command
def make_offers(*, help_request_id: UUID, pilot_ids: Sequence[UUID], by: User, now: datetime) -> list[Offer]:
    """Ask these pilots, each for the dates that suit them. Whoever breaks a hard rule now is refused with reasons."""
    help_request = HelpRequest.objects.lock(help_request_id)
    permissions.check_may_dispatch(by, help_request)
    policies.check_is_open(help_request)
    wanted = list(dict.fromkeys(pilot_ids))
    if not 1 <= len(wanted) <= PILOTS_AT_ONCE:
        raise RuleViolated("pilot_count", field="pilots", at_most=PILOTS_AT_ONCE)
    slots = policies.coming_slots(help_request, now=now)
    possible = matchmaking.possible_slots(help_request, slots, wanted, now=now)
    pilots = {
        pilot.pk: pilot
        for pilot in Pilot.objects.filter(pk__in=wanted, pilot_offices__office=help_request.office_id)
    }
    for pilot_id in wanted:
        if pilot_id not in pilots:
            raise NotThere("pilot_unknown", pilot=str(pilot_id))
        if not possible.get(pilot_id):
            reasons = matchmaking.why_not(help_request, slots, pilots[pilot_id], now=now)
            raise RuleViolated("pilot_not_eligible", pilot=str(pilot_id), reasons=reasons)
    return offer_to(help_request, {pilots[pk]: possible[pk] for pk in wanted}, by=by, now=now)


@command
def accept_offer(*, offer_id: UUID, slot_id: UUID | None, by: User, now: datetime) -> Offer:
    """Record that the pilot would take it, on this date or on the only one offered. The office still confirms."""
    # request row first: rivals queue up behind it
    offer = Offer.objects.lock_with_request(offer_id, hold_pilot=True)
    permissions.check_may_answer(by, offer)
    policies.check_awaits_answer(offer, now=now)
    policies.check_may_say_yes(offer.pilot)
    slots = list(offer.slots.all())
    if slot_id is None and len(slots) == 1:
        slot_id = slots[0].pk
    slot = policies.check_slot_offered(
        offer, next((slot for slot in slots if slot.pk == slot_id), None), now=now
    )

    late = offer.status != OfferStatus.RESERVE and offer.expires_at <= now
    if offer.status == OfferStatus.RESERVE:
        offer.accepted_slot, offer.reaffirmed_at = slot, now
        offer.save(update_fields=["accepted_slot", "reaffirmed_at"])
    else:
        offer.accept(slot, at=now)
    offer.links.filter(used_at=None).update(used_at=now)
    WaveSeries.objects.look_soon(offer.help_request, now=now)
    record(EventKind.OFFER_ACCEPTED, subject=offer, by=by, at=now, slot_id=slot.pk, late=late)
    return offer


@command
def decline_offer(*, offer_id: UUID, by: User, now: datetime) -> Offer:
    """Record that the pilot will not take it; no reason is asked."""
    offer = Offer.objects.lock_with_request(offer_id)
    permissions.check_may_answer(by, offer)
    if offer.status not in LIVELY:
        raise Conflict("offer_already_answered", status=offer.status)
    was_yes = policies.still_says_yes(offer)
    offer.move_to(OfferStatus.DECLINED, at=now)
    offer.links.filter(used_at=None).update(used_at=now)
    WaveSeries.objects.look_soon(offer.help_request, now=now)
    record(EventKind.OFFER_DECLINED, subject=offer, by=by, at=now)
    if was_yes:
        carry_on(offer.help_request, by=by, now=now)
    return offer


@command
def retract_offer(*, offer_id: UUID, by: User, now: datetime) -> Offer:
    """Take one offer back."""
    offer = Offer.objects.lock_with_request(offer_id)
    permissions.check_may_dispatch(by, offer.help_request)
    offer.move_to(OfferStatus.RETRACTED, at=now)
    record(
        EventKind.OFFER_RETRACTED, subject=offer, by=by, at=now, reason=RetractionReason.OFFICE_DECISION.value
    )
    return offer


@command
def expire_offer(*, offer_id: UUID, by: None, now: datetime) -> Offer:
    """Note that the time to answer is over; a late yes still counts while the request is open."""
    offer = Offer.objects.lock_with_request(offer_id)
    if offer.status == OfferStatus.PENDING and offer.expires_at <= now:
        offer.move_to(OfferStatus.EXPIRED, at=now)
        record(EventKind.OFFER_EXPIRED, subject=offer, by=by, at=now)
    return offer


def offer_to(
    help_request: HelpRequest,
    dates: Mapping[Pilot, Sequence[HelpRequestSlot]],
    *,
    by: User | None,
    now: datetime,
    wave: Wave | None = None,
    overridden: Sequence[str] = (),
) -> list[Offer]:
    """Ask each pilot for these dates, within a command that holds the request's lock and has checked the rules.

    `overridden` names the rules that spoke against it.
    """
    Pilot.objects.hold([pilot.pk for pilot in dates])
    if Pilot.objects.bookable().filter(pk__in=[pilot.pk for pilot in dates]).count() < len(dates):
        raise Conflict("busy_try_again")  # somebody has paused or left since the rules were checked
    suggestions = _latest_suggestions(help_request)
    known = training.noted(help_request, {pilot.pk: slots for pilot, slots in dates.items()}, now=now)
    return [
        _make_offer(
            help_request,
            pilot,
            slots,
            suggestions.get(pilot.pk),
            known[pilot.pk],
            by=by,
            now=now,
            wave=wave,
            overridden=overridden,
        )
        for pilot, slots in dates.items()
    ]


def _make_offer(
    help_request: HelpRequest,
    pilot: Pilot,
    slots: Sequence[HelpRequestSlot],
    suggestion: Suggestion | None,
    known: training.Noted,
    *,
    by: User | None,
    now: datetime,
    wave: Wave | None,
    overridden: Sequence[str],
) -> Offer:
    if help_request.offers.filter(pilot=pilot, status__in=LIVELY).exists():
        raise Conflict("offer_already_pending", pilot=str(pilot.pk))
    lifetime = timedelta(hours=help_request.office.offer_lifetime_hours)
    offer = Offer.objects.create(
        help_request=help_request,
        pilot=pilot,
        suggestion=suggestion,
        wave=wave,
        features=known.features,
        chance=known.chance,
        acceptance_version=known.version,
        made_by=by,
        made_at=now,
        expires_at=min(now + lifetime, max(slot.starts_at for slot in slots)),
    )
    offer.slots.set(slots)
    bent: dict[str, Any] = {"overridden": list(overridden)} if overridden else {}
    rank = suggestion.rank if suggestion else None
    record(EventKind.OFFER_MADE, subject=offer, by=by, at=now, rank=rank, **bent)
    return offer


def _latest_suggestions(help_request: HelpRequest) -> dict[UUID, Suggestion]:
    run = MatchRun.objects.filter(help_request=help_request).first()
    return {s.pilot_id: s for s in run.suggestions.all()} if run else {}
