"""What is at stake in a joint plan: the open requests of some offices as matching.Pairs, and whose each row is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from uuid import UUID

import numpy as np
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from numpy.typing import NDArray

from backend.accounts.models import Office
from backend.dispatch.matchmaking import weights_of
from backend.dispatch.models import HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.policies import still_says_yes
from backend.dispatch.pool import Pool, load_joint
from backend.dispatch.pool_sessions import promises_beside
from backend.dispatch.states import LIVELY, HelpRequestStatus
from backend.people.models import Reach
from matching.pairs import Demand, Pairs, joined, pairs_of
from matching.plan_weights import PlanWeights
from matching.problem import Problem
from matching.ranking import Contribution, contributions_of
from matching.weights import Weights

DAY = 24 * 60 * 60
Month = tuple[int, int]


def plan_weights_of(office: Office) -> PlanWeights:
    """What the office's plan weighs against the score; a new office has the defaults."""
    return PlanWeights.from_dict(office.plan_weights)


@dataclass(frozen=True)
class OpenRequest:
    """A request that still looks for somebody: its coming dates, and the offers in play."""

    help_request: HelpRequest
    dates: Sequence[HelpRequestSlot]
    offers: Sequence[Offer]


@dataclass(frozen=True)
class Desk:
    """The open requests of one office, and their arrays."""

    office: Office
    open_requests: Sequence[OpenRequest]
    pool: Pool

    @cached_property
    def weights(self) -> Weights:
        return weights_of(self.office)

    @cached_property
    def slots(self) -> list[HelpRequestSlot]:
        return [slot for one in self.open_requests for slot in one.dates]

    @property
    def offers(self) -> list[Offer]:
        return [offer for one in self.open_requests for offer in one.offers]

    def month_of(self, slot: HelpRequestSlot) -> Month:
        """The month by the calendar on the office's wall."""
        day = self.office.local_date(slot.starts_at)
        return day.year, day.month


@dataclass(frozen=True)
class Table:
    """All pairs that several offices could make of their open requests, and whose each row is."""

    desks: Sequence[Desk]
    pilot_ids: Sequence[UUID]
    pairs: Pairs

    @cached_property
    def requests(self) -> list[OpenRequest]:
        return [one for desk in self.desks for one in desk.open_requests]

    @cached_property
    def slots(self) -> list[HelpRequestSlot]:
        return [slot for desk in self.desks for slot in desk.slots]

    @cached_property
    def desk_rows(self) -> list[tuple[Desk, int]]:
        """[R] on whose desk each request lies, and its row there."""
        return [(desk, row) for desk in self.desks for row in range(len(desk.open_requests))]

    def pilot_of(self, pair: int) -> UUID:
        return self.pilot_ids[self.pairs.pilot[pair]]

    def slot_of(self, pair: int) -> HelpRequestSlot:
        return self.slots[self.pairs.slot[pair]]

    def request_of(self, pair: int) -> OpenRequest:
        return self.requests[self.pairs.request[pair]]

    def offer_of(self, pair: int) -> Offer | None:
        """The offer in play of this request to this pilot."""
        pilot = self.pilot_of(pair)
        return next((offer for offer in self.request_of(pair).offers if offer.pilot_id == pilot), None)

    def contributions(self, pair: int) -> tuple[Contribution, ...]:
        """How the score of the pair comes about."""
        desk, request = self.desk_rows[self.pairs.request[pair]]
        pilot = desk.pool.pilot_ids.index(self.pilot_of(pair))
        return contributions_of(desk.pool.problem, request, pilot, desk.weights)


def open_requests(
    offices: Iterable[Office], *, now: datetime, between: tuple[datetime, datetime] | None = None
) -> list[OpenRequest]:
    """Requests that look for somebody on a date still to come, office by office, in a fixed number of queries.

    Who wants to know of some days only says `between` which moments a date of the requests has to lie.
    """
    wanted = HelpRequest.objects.filter(office__in=offices, status=HelpRequestStatus.OPEN)
    if between is not None:
        slots = HelpRequestSlot.objects.filter(starts_at__range=between)
        wanted = wanted.filter(pk__in=slots.values("help_request"))
    found = list(
        wanted.select_related("office", "meeting_place", "help_seeker")
        .prefetch_related("slots", "assignments")
        .order_by("office", "pk")
    )
    offers = lively_offers(found)
    dated = [OpenRequest(one, one.coming_slots(now=now), offers[one.pk]) for one in found]
    return [one for one in dated if one.dates]


def lively_offers(help_requests: Iterable[HelpRequest]) -> dict[UUID, list[Offer]]:
    """The offers in play of each request, with the keys of their dates as `asked_for`."""
    offers: dict[UUID, list[Offer]] = {help_request.pk: [] for help_request in help_requests}
    dates = Offer.slots.through.objects.filter(offer=OuterRef("pk")).values("helprequestslot")
    lively = Offer.objects.filter(help_request__in=offers, status__in=LIVELY)
    for offer in lively.annotate(asked_for=ArraySubquery(dates)):
        offers[offer.help_request_id].append(offer)
    return offers


def lay_out(found: Sequence[OpenRequest], *, now: datetime, scored: bool = True) -> Table | None:
    """The table of these requests, office by office; None where nothing is open. A pilot lent to several offices is
    one row. Who wants to know who can come, and not who fits best, has it not `scored`.
    """
    desks = []
    promises = promises_beside([one.help_request for one in found], now=now)
    for _, group in groupby(found, key=lambda one: one.help_request.office_id):
        own = list(group)
        office = own[0].help_request.office
        wanted = {code for one in own for code in one.help_request.languages}
        pool = load_joint(
            [one.help_request for one in own],
            [one.dates for one in own],
            Reach.objects.filter(office=office, language__in=wanted).values("pilot"),
            now=now,
            taken_by=promises,
            scored=scored,
        )
        desks.append(Desk(office, own, pool))
    if not desks:
        return None
    months = sorted({desk.month_of(slot) for desk in desks for slot in desk.slots})
    sites = list({one.help_request.site: None for desk in desks for one in desk.open_requests})
    pilot_ids = sorted({pk for desk in desks for pk in desk.pool.pilot_ids})
    row_of = {pk: row for row, pk in enumerate(pilot_ids)}
    return Table(
        desks,
        pilot_ids,
        joined(
            [_pairs(desk, months, sites, now=now) for desk in desks],
            [np.array([row_of[pk] for pk in desk.pool.pilot_ids], dtype=np.int64) for desk in desks],
        ),
    )


def _pairs(desk: Desk, months: Sequence[Month], sites: Sequence[UUID | None], *, now: datetime) -> Pairs:
    """What the requests of one office could be paired with."""
    problem = _with_promises(desk)
    requests = [one.help_request for one in desk.open_requests]
    month = np.array([months.index(desk.month_of(slot)) for slot in desk.slots])
    site = [sites.index(one.site) if one.site else -1 for one in requests]
    room = np.full((problem.pilot_count, len(months)), np.inf)
    room[:, month] = np.maximum(problem.monthly_hours - problem.committed_hours, 0.0).T
    demand = Demand.build(
        problem,
        urgent=[one.urgent for one in requests],
        waiting_days=[max((now - one.created_at).total_seconds() / DAY, 0.0) for one in requests],
        seats=[len(one.free_seats()) for one in requests],
        site=np.array(site)[problem.slot_request],
        month=month,
        room_hours=room,
        held=_held(desk),
    )
    return pairs_of(problem, demand, desk.weights, plan_weights_of(desk.office))


def _with_promises(desk: Desk) -> Problem:
    """The office's problem, where whoever was asked has time on the dates asked for alone, and on those promised."""
    problem = desk.pool.problem
    available = problem.available.copy()
    for slot, pilot in _rows_of(desk, desk.offers, at_stake=False):
        available[slot, pilot] = False
    for slot, pilot in _rows_of(desk, filter(still_says_yes, desk.offers)):
        available[slot, pilot] = True
    return replace(problem, available=available)


def _held(desk: Desk) -> NDArray[np.int64]:
    """[H, 2] slot row and pilot row of the offers in play."""
    return np.array(_rows_of(desk, desk.offers), dtype=np.int64).reshape(-1, 2)


def _rows_of(desk: Desk, offers: Iterable[Offer], *, at_stake: bool = True) -> list[tuple[int, int]]:
    """(slot, pilot) of the dates at stake in these offers, or of the requests' other dates.

    Whoever cannot be asked any more has no row.
    """
    pilot_rows = {pk: row for row, pk in enumerate(desk.pool.pilot_ids)}
    slot_rows: dict[UUID, list[tuple[int, UUID]]] = defaultdict(list)
    for row, slot in enumerate(desk.slots):
        slot_rows[slot.request_id].append((row, slot.pk))
    return [
        (row, pilot_rows[offer.pilot_id])
        for offer in offers
        if offer.pilot_id in pilot_rows
        for row, slot_id in slot_rows[offer.help_request_id]
        if (slot_id in _dates_at_stake(offer)) == at_stake
    ]


def _dates_at_stake(offer: Offer) -> set[UUID | None]:
    """Of a yes the date it names, of a question all its dates."""
    asked_for: list[UUID] = offer.asked_for  # type: ignore[attr-defined]
    return {offer.accepted_slot_id} if still_says_yes(offer) else {*asked_for}
