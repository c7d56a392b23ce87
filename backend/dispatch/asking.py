"""Whom does the clock ask next for one request? The adapter between a running series and matching.waves."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Count

from backend.accounts.models import Office
from backend.dispatch import matchmaking, training
from backend.dispatch.codes import RetractionReason
from backend.dispatch.models import HelpRequest, HelpRequestSlot, Offer, WaveSeries
from backend.dispatch.models.offer import OfferQuerySet
from backend.dispatch.policies import still_says_yes
from backend.dispatch.states import LIVELY, OfferStatus
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.models import Pilot
from matching.quiet import DAY_MINUTES, QuietHours
from matching.waves import PRICE, Pending, WaveChoice, WavePolicy, next_wave

CONSIDERED = 20  # the best suited of those not asked yet: who is likely to say yes must also suit
BUDGET_WINDOW = timedelta(days=7)
WAVES_LOCK = 0x57415645  # any number that no other lock of ours has
NO_ANSWER = (OfferStatus.PENDING, OfferStatus.RETRACTED)
UNKNOWN_CHANCE = 0.3  # of offers made before chances were noted


@dataclass(frozen=True)
class Asking:
    """Whom to ask now with the dates that suit, and what the choice rests on."""

    slots: Mapping[UUID, list[HelpRequestSlot]]
    explored: int
    choice: WaveChoice
    is_last: bool  # nobody could be asked later, and nobody's answer is awaited


def policy_of(office: Office) -> WavePolicy:
    """The office's rules for asking in waves."""
    return WavePolicy(
        target=office.wave_target_percent / 100,
        price=office.message_price_percent / 100,
        budget=office.contact_budget_week,
        exploration=office.exploration_percent / 100,
        at_most=max(office.offers_at_once, 1) * 3,
        interval_minutes=office.wave_interval_minutes,
    )


def choose(
    series: WaveSeries, help_request: HelpRequest, slots: Sequence[HelpRequestSlot], *, now: datetime
) -> Asking:
    """The next wave: likely first, few enough, nobody asked twice, nobody disturbed in the own quiet hours."""
    _one_wave_at_a_time()
    office = help_request.office
    pool, ranking = matchmaking.rank_pilots(help_request, slots, limit=None, now=now, promises=True)
    policy, pending = WavePolicy.from_dict(series.policy), _pending(help_request, now=now)
    asked = _asked_before(help_request)
    left = {
        pool.pilot_ids[candidate.pilot]: candidate
        for candidate in ranking.candidates
        if pool.pilot_ids[candidate.pilot] not in asked
    }
    lately = _asked_lately(left, now=now)
    awake = _awake(left, office, now=now)
    free = [pk for pk in left if pk in awake and lately[pk] < policy.budget]
    for first in range(0, max(len(free), 1), CONSIDERED):
        ids = free[first : first + CONSIDERED]
        known = _answers_of(ids)
        rows = [left[pk].pilot for pk in ids]
        choice = next_wave(
            training.chances(pool, help_request, slots, now=now, rows=rows).chance,
            np.array([lately[pk] for pk in ids], dtype=np.int64),
            pending=pending,
            wanted=wanted(help_request, now=now),
            hours_left=(max(slot.starts_at for slot in slots) - now).total_seconds() / 3600,
            policy=policy,
            delay=training.delay_curve(office),
            seed=series.pk.int % 2**32 + series.waves.count(),
            evidence=np.array([known[pk] for pk in ids], dtype=np.float64),
        )
        if choice.reason != PRICE:  # none of the best suited is worth a message: perhaps the next are
            break
    return Asking(
        slots={ids[row]: [slots[slot] for slot in left[ids[row]].slots] for row in choice.asked},
        explored=len(choice.explored),
        choice=choice,
        is_last=not (left or pending),
    )


def _asked_before(help_request: HelpRequest) -> set[UUID]:
    """Who has been asked, but for those whose question was taken back because somebody else was chosen."""
    taken_back = Event.objects.filter(
        kind=EventKind.OFFER_RETRACTED,
        timeline_id=help_request.pk,
        facts__reason=RetractionReason.SEATS_TAKEN.value,
    )
    offers = help_request.offers.exclude(status=OfferStatus.RETRACTED, pk__in=taken_back.values("subject_id"))
    return set(offers.values_list("pilot", flat=True))


def _one_wave_at_a_time() -> None:
    """Until the transaction ends, nobody else chooses: two at once would both find a pilot's week still free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WAVES_LOCK])


def wanted(help_request: HelpRequest, *, now: datetime) -> int:
    """How many more must say yes until every free seat has somebody to choose, all on one date still to come."""
    coming = {slot.pk for slot in help_request.coming_slots(now=now)}
    yes = Counter(
        offer.accepted_slot_id
        for offer in help_request.offers.filter(status__in=LIVELY, accepted_slot__in=coming)
        if still_says_yes(offer)
    )
    return len(help_request.free_seats()) - max(yes.values(), default=0)


def quiet_until(office: Office, *, now: datetime) -> datetime | None:
    """When the office's quiet hours end, or None outside of them."""
    minute = _wall_minute(now, office)
    end = _quiet_hours(office).end_of(minute)
    if end == minute:
        return None
    day, of_day = divmod(end, DAY_MINUTES)
    return datetime.combine(date.fromordinal(day), time(of_day // 60), tzinfo=office.zone)


def _quiet_hours(who: Office | Pilot) -> QuietHours:
    return QuietHours(who.quiet_from_hour or 0, who.quiet_until_hour or 0)


def _wall_minute(moment: datetime, office: Office) -> int:
    """Minutes by the clock on the office's wall, from some midnight on."""
    local = moment.astimezone(office.zone)
    return local.toordinal() * DAY_MINUTES + local.hour * 60 + local.minute


def _awake(pilot_ids: Collection[UUID], office: Office, *, now: datetime) -> set[UUID]:
    """Those whose own quiet hours it is not; who has set none follows the office."""
    minute = _wall_minute(now, office)
    own = Pilot.objects.filter(pk__in=pilot_ids).exclude(quiet_from_hour=None).exclude(quiet_until_hour=None)
    asleep = {
        pilot.pk
        for pilot in own.only("quiet_from_hour", "quiet_until_hour")
        if _quiet_hours(pilot).holds(minute)
    }
    return set(pilot_ids) - asleep


def _answers_of(pilot_ids: Collection[UUID]) -> Counter[UUID]:
    """How often each has been asked and it came to something, be it silence: what the chance rests on."""
    return _count(Offer.objects.filter(pilot__in=pilot_ids).exclude(status__in=NO_ANSWER))


def _asked_lately(pilot_ids: Collection[UUID], *, now: datetime) -> Counter[UUID]:
    """How many offers each has had within the window of the contact budget, from whichever office."""
    return _count(Offer.objects.filter(pilot__in=pilot_ids, made_at__gt=now - BUDGET_WINDOW))


def _count(offers: OfferQuerySet) -> Counter[UUID]:
    """How many of the offers each pilot has had."""
    return Counter(dict(offers.values("pilot").annotate(n=Count("pk")).order_by().values_list("pilot", "n")))


def _pending(help_request: HelpRequest, *, now: datetime) -> list[Pending]:
    """Those who may still say yes: asked and in time, or on reserve and asked anew after a drop-out."""
    offers = help_request.offers.select_related("help_request__office")
    asked = offers.filter(status=OfferStatus.PENDING, expires_at__gt=now)
    reserve = offers.filter(status=OfferStatus.RESERVE, reaffirmed_at=None)
    reopened = help_request.opened_at or now
    return [
        *(_still_open(offer, since=offer.made_at, now=now) for offer in asked),
        *(_still_open(offer, since=max(reopened, offer.made_at), now=now) for offer in reserve),
    ]


def _still_open(offer: Offer, *, since: datetime, now: datetime) -> Pending:
    chance = UNKNOWN_CHANCE if offer.chance is None else offer.chance
    office = offer.help_request.office
    since_minute, minute = _wall_minute(since, office), _wall_minute(now, office)
    return Pending(chance=chance, hours=_quiet_hours(office).waking_hours(since_minute, minute))
