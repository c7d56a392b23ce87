"""What does it cost to decide otherwise than the plan, and why is a request left open? Exact, not estimated.

Each answer compares the plan with the best one under the other decision (replanning.py).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.assignment import Plan
from matching.cliques import Meetings, exclude
from matching.pairs import Pairs
from matching.problem import Facts
from matching.replanning import NONE, Replanning

Rows = NDArray[np.int64]

ROUNDING = 1e-9
TRIED = 3  # times as many as asked for are priced exactly, because bare prices order them roughly only

NOBODY_ELIGIBLE = "nobody_eligible"
TAKEN_BY_OTHERS = "taken_by_others"
MONTH_FULL = "month_full"
FAIR_SHARE = "fair_share"
ALL_SEATS_TAKEN = "all_seats_taken"
OPEN_CODES = (NOBODY_ELIGIBLE, TAKEN_BY_OTHERS, MONTH_FULL, FAIR_SHARE, ALL_SEATS_TAKEN)


class RunnerUp(NamedTuple):
    """The pair with the best other pilot, and what the plan loses by it; None: there is nobody else."""

    pair: int | None
    regret: float | None


class Scarce(NamedTuple):
    """This pilot's time in the plan, what the plan loses without it, and the request it is meant for."""

    pilot: int
    start: int
    end: int
    price: float
    request: int


class OpenReason(NamedTuple):
    """Why the plan gives a request nobody, or not as many as it has seats."""

    code: str
    facts: Facts


def runner_up(pairs: Pairs, plan: Plan, chosen_row: int) -> RunnerUp:
    """The best other pilot for the request of this pair, if the plan must take that one instead."""
    request, pilot = pairs.request[chosen_row], pairs.pilot[chosen_row]
    of_request = np.flatnonzero(pairs.request == request)
    own = pairs.pilot[of_request] == pilot
    planned = np.isin(pairs.pilot[of_request], pairs.pilot[np.intersect1d(of_request, plan.chosen)])
    pair, regret = _cheapest(plan, of_request[~own & ~planned], never=of_request[own])
    return RunnerUp(pair, None if pair is None else regret)


def regret_of(pairs: Pairs, plan: Plan, pair: int) -> float:
    """What the plan loses if it must hold this pair; infinite where it exceeds a limit of its own."""
    return Replanning(plan).loss(must=np.array([pair]))


def price_of(pairs: Pairs, plan: Plan, pilot: int, start: int, end: int) -> float:
    """What the plan loses if this pilot's time from minute `start` to `end` is taken away."""
    slot, buffer = pairs.slot, pairs.half_buffer[pairs.slot]
    overlaps = (pairs.slot_start[slot] - buffer < end) & (pairs.slot_end[slot] + buffer > start)
    return Replanning(plan).loss(never=np.flatnonzero((pairs.pilot == pilot) & overlaps))


def scarce(pairs: Pairs, plan: Plan, at_most: int) -> list[Scarce]:
    """Whose planned time the plan could replace worst, dearest first; found by prices, then priced exactly."""
    prices, chosen = plan.prices, Replanning(plan).chosen
    without = prices.choices.net.copy()
    without[chosen] = -np.inf
    left = replace(prices.choices, net=without).gain
    request = prices.choices.request[chosen]
    least = prices.rows.price(prices.prices)[chosen] + (prices.choices.gain - left)[request]
    dearest = prices.order[chosen[np.argsort(-least, kind="stable")[: TRIED * at_most]]]
    found = []
    for pair in dearest.tolist():
        slot, pilot = int(pairs.slot[pair]), int(pairs.pilot[pair])
        start, end = int(pairs.slot_start[slot]), int(pairs.slot_end[slot])
        price = price_of(pairs, plan, pilot, start, end)
        found.append(Scarce(pilot, start, end, price, int(pairs.request[pair])))
    return sorted(found, key=lambda one: (-one.price, one.pilot, one.start))[:at_most]


def why_open(pairs: Pairs, plan: Plan, request: int) -> OpenReason:
    """Why nobody (more) was planned for this request: who has its candidates' time, and what it would cost.

    `requests` are those whose pairs stand in the way, `loss` what the plan loses if this one gets one more.
    """
    of_request = np.flatnonzero(pairs.request == request)
    planned = np.intersect1d(of_request, plan.chosen)
    if planned.size:  # all seats are on one date
        of_request = of_request[pairs.slot[of_request] == pairs.slot[planned[0]]]
    more = of_request[~np.isin(pairs.pilot[of_request], pairs.pilot[planned])]
    facts: Facts = {
        "seats": int(pairs.seats[request]),
        "planned": len(planned),
        "candidates": len(np.unique(pairs.pilot[more])),
    }
    if len(planned) >= pairs.seats[request]:
        return OpenReason(ALL_SEATS_TAKEN, facts)
    pair, loss = _cheapest(plan, more, beside=planned)
    if pair is None:
        return OpenReason(NOBODY_ELIGIBLE, {**facts, "candidates": 0})
    code, _ = _in_the_way(pairs, plan, pair)
    rivals = np.concatenate([_in_the_way(pairs, plan, row)[1] for row in more.tolist()])
    requests = np.unique(pairs.request[rivals]).tolist()
    return OpenReason(code, {**facts, "requests": requests, "loss": round(loss, 6)})


def _cheapest(
    plan: Plan, candidates: Rows, *, never: Rows = NONE, beside: Rows = NONE
) -> tuple[int | None, float]:
    """The candidate the plan loses least by. A pair's loss at the plan's prices is the least it can cost."""
    replanning = Replanning(plan)
    least = replanning.least_loss(candidates)
    best, regret = None, math.inf
    for place in np.argsort(least, kind="stable"):
        if regret <= least[place] + ROUNDING:
            break
        pair = int(candidates[place])
        loss = replanning.loss(must=np.append(beside, pair), never=never)
        if loss < regret - ROUNDING:
            best, regret = pair, loss
    return best, regret


def _in_the_way(pairs: Pairs, plan: Plan, pair: int) -> tuple[str, Rows]:
    """Why this pair does not simply join the plan, and the planned pairs of the same pilot that prevent it."""
    own = plan.chosen[pairs.pilot[plan.chosen] == pairs.pilot[pair]]
    clashing = own[exclude(Meetings.of(pairs, own), Meetings.of(pairs, np.array([pair])))]
    if clashing.size:
        return TAKEN_BY_OTHERS, clashing
    month = pairs.month[pairs.slot[pair]]
    that_month = own[pairs.month[pairs.slot[own]] == month]
    hours = (pairs.slot_end - pairs.slot_start)[pairs.slot] / 60
    heavy = pairs.heavy[pairs.request]
    if hours[that_month].sum() + hours[pair] > pairs.room_hours[pairs.pilot[pair], month] + ROUNDING:
        return MONTH_FULL, that_month
    if heavy[pair] and heavy[that_month].sum() + 1 > pairs.room_heavy[pairs.pilot[pair], month]:
        return MONTH_FULL, that_month[heavy[that_month]]
    return FAIR_SHARE, own
