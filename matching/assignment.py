"""Which pilots take which requests on which dates, so that nothing better is possible, and how is that proven?

Maximise the values of the pairs chosen less the fairness penalty of each pilot's own sessions. Every request
has its seats, all on one of its dates; every pilot is in one place at a time and keeps to the month's limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.certificate import Certificate, Choices
from matching.pairs import Pairs
from matching.pilot_rows import PilotRows, Prices
from matching.program import Program

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]

LINEAR_PROGRAM = "linear_program"
BRANCH_AND_BOUND = "branch_and_bound"
EXACT = 1e-10  # relative: what float sums of the same numbers may differ by
NEAR = 0.1  # a pair that loses more than this at the prices is rarely in the best plan
ROUGH = 0.001  # relative: good enough for what is only to be improved on
SEARCHED = 20_000  # pairs among which a proof by search ends in reasonable time
WHOLE = 1e-6  # a share this near to 0 or 1 is none or all
SECONDS = 20.0  # of one search among split pairs
AT_ONCE = 300_000  # pairs the solver takes in one go
FIRST_OF_EACH = 12  # pairs of each request to begin with where there are more
MORE_OF_EACH = 6  # pairs of each request to add in a round


@dataclass(frozen=True, eq=False)
class Market:
    """The prices behind a plan, and what each pair would lose at them; pairs by request, pilot and slot."""

    rows: PilotRows
    order: Rows  # row of the caller's pairs for each of ours
    prices: Prices
    choices: Choices
    bound: float

    @classmethod
    def at(cls, rows: PilotRows, order: Rows, prices: Prices) -> Market:
        """What no plan exceeds, proven by these prices."""
        pairs = rows.pairs
        net = np.where(rows.impossible, -np.inf, pairs.value - rows.price(prices))
        first_pair = np.searchsorted(pairs.request, np.arange(pairs.request_count + 1))
        choices = Choices(net, first_pair, pairs.slot, pairs.seats)
        return cls(rows, order, prices, choices, rows.worth(prices) + float(choices.gain.sum()))

    def value(self, chosen: Rows) -> float:
        """What a plan of these rows is worth."""
        return float(self.rows.pairs.value[chosen].sum()) - self.rows.load_cost(chosen)


@dataclass(frozen=True, eq=False)
class Plan:
    """The pairs chosen by row, ascending; their worth together; the proof; the prices behind it."""

    chosen: Rows
    value: float
    certificate: Certificate
    prices: Market = field(repr=False)


def assign(pairs: Pairs, *, gap: float = 0.0, seconds: float = SECONDS) -> Plan:
    """The best plan, proven to lack at most `gap` (relative) of any other's value; 0: nothing is better.

    The same pairs give the same plan in whatever order they come; among equals that no other request could
    want, the lower pilot row and then the lower slot row is taken. Where a search for whole sessions takes
    more than `seconds`, or is too large to begin, the plan's certificate says what it may lack instead.
    Raises SolverError.
    """
    order = _stable_order(pairs)
    rows = PilotRows.of(pairs.taken(order))
    by_value = np.lexsort((-rows.pairs.value, rows.pairs.request))
    useful = _useful(rows, by_value)
    market, program, share = _relaxed(rows, order, by_value, useful, gap)
    chosen, bound, method = program.columns[share > 0.5], market.bound, LINEAR_PROGRAM
    if (np.minimum(share, 1.0 - share) > WHOLE).any():
        chosen, bound = _branched(market, program, share, useful, gap, seconds)
        method = BRANCH_AND_BOUND
    value = market.value(chosen)
    certificate = Certificate(method, value, max(bound, value))
    return Plan(np.sort(order[chosen]), value, certificate, market)


def _stable_order(pairs: Pairs) -> Rows:
    """By request, pilot and slot, so that the plan does not depend on the order given."""
    place = (pairs.request * pairs.pilot_count + pairs.pilot) * len(pairs.slot_request) + pairs.slot
    return np.argsort(place)


def _relaxed(
    rows: PilotRows, order: Rows, by_value: Rows, useful: Flags, gap: float
) -> tuple[Market, Program, Floats]:
    """The linear program's optimum among all pairs, though it sees only those that could matter."""
    taken = useful
    if np.count_nonzero(taken) > AT_ONCE:
        taken = taken & (_rank(rows.pairs, by_value, taken) < FIRST_OF_EACH)
    best: Market | None = None
    while True:
        program = Program(rows, np.flatnonzero(taken))
        share, prices = program.relax()
        market = Market.at(rows, order, prices)
        if best is None or market.bound < best.bound:
            best = market
        value = program.value(share)
        missing = _missing(market, taken)
        if best.bound - value <= max(gap / 2, EXACT) * max(1.0, abs(value)) or not missing.any():
            return best, program, share
        taken = taken | missing


def _useful(rows: PilotRows, by_value: Rows) -> Flags:
    """[E] pairs that some best plan might need.

    A pilot whom one request alone could want is free for it. Once as many free pilots stand before a pair as
    the request has seats, in the order of value, the pair can be exchanged for one of them at no loss.
    """
    pairs = rows.pairs
    useful = ~rows.impossible
    dates = np.bincount(pairs.slot_request, minlength=pairs.request_count)
    request, pilot = pairs.request[by_value], pairs.pilot[by_value]
    begins = np.searchsorted(request, request)
    seats = np.where((pairs.seats > 1) & (dates > 1), np.inf, pairs.seats)[request]
    left = useful[by_value]
    while True:
        wanted_by = np.full((2, pairs.pilot_count), -1)
        wanted_by[0, pilot[left]] = request[left]
        wanted_by[1, pilot[left][::-1]] = request[left][::-1]
        free = left & (wanted_by[0] == wanted_by[1])[pilot]
        before: Rows = np.cumsum(free) - free
        still = left & (before - before[begins] < seats)
        if np.array_equal(still, left):
            break
        left = still
    useful[by_value] = left
    return useful


def _rank(pairs: Pairs, by_value: Rows, among: Flags) -> Rows:
    """[E] how many of `among` are worth more to the same request."""
    before: Rows = np.cumsum(among[by_value]) - among[by_value]
    rank = np.empty(pairs.pair_count, dtype=np.int64)
    rank[by_value] = before - before[np.searchsorted(pairs.request, pairs.request)]
    return rank


def _missing(market: Market, taken: Flags) -> Flags:
    """[E] pairs left out that are worth more at these prices than what their request has been given."""
    choices = market.choices
    given = Choices(np.where(taken, choices.net, -np.inf), choices.first_pair, choices.slot, choices.seats)
    short = (choices.gain - given.gain)[choices.request]
    rows = np.flatnonzero(~taken & (choices.loss < short * (1 - EXACT)) & (short > EXACT))
    rows = rows[np.lexsort((choices.loss[rows], choices.request[rows]))]
    request = choices.request[rows]
    missing = np.zeros(len(taken), dtype=np.bool_)
    missing[rows[np.arange(len(rows)) - np.searchsorted(request, request) < MORE_OF_EACH]] = True
    return missing


def _branched(
    market: Market, program: Program, share: Floats, useful: Flags, gap: float, seconds: float
) -> tuple[Rows, float]:
    """The best whole plan, and a bound for it, where the linear program splits pilots.

    First the best plan within what the shares touch. What it lacks to the bound is all that any better plan
    could lose, so useful pairs that lose more stand in none; only the connected parts of the rest that hold
    a split pair are searched. For the others the program has proven its choice. Where too many pairs are
    left for that, those that lose least may still give a better plan, with less left after it.
    """
    whole = np.minimum(share, 1.0 - share) <= WHOLE
    touched, split, fixed = (program.columns[rows] for rows in (share > WHOLE, ~whole, whole & (share > 0.5)))
    chosen, bound = fixed, market.bound
    for reach in (0.0, NEAR, np.inf):
        lacking = market.bound - market.value(chosen)
        better = useful & (market.choices.loss <= lacking * (1 + WHOLE))
        if reach and np.count_nonzero(better) <= SEARCHED:
            reach = np.inf
        near = better & (market.choices.loss <= reach)
        near[touched] = True
        if reach and np.count_nonzero(near) > SEARCHED:
            break  # the certificate says what may be missing
        last = lacking <= reach  # all that could be better is searched
        found, saved = _searched(
            market.rows, np.flatnonzero(near), split, fixed, gap if last else max(gap, ROUGH), seconds
        )
        chosen = max(chosen, found, key=market.value)
        value = market.value(chosen)
        if last:
            bound = market.bound - saved
        if last or bound - value <= max(gap, EXACT) * max(1.0, abs(value)):
            break
    return chosen, bound


def _searched(
    rows: PilotRows, columns: Rows, split: Rows, fixed: Rows, gap: float, seconds: float
) -> tuple[Rows, float]:
    """`fixed`, but the best whole choice in each part of `columns` with a split pair; what that cost."""
    part = Program(rows, columns).parts()
    searched = np.unique(part[np.searchsorted(columns, split)])
    chosen, saved = [fixed[~np.isin(part[np.searchsorted(columns, fixed)], searched)]], 0.0
    for number in searched.tolist():
        program = Program(rows, columns[part == number])
        found = program.solve(gap=gap, seconds=seconds)
        saved += max(program.value(program.relax().share) - found.bound, 0.0)
        chosen.append(found.chosen)
    return np.sort(np.concatenate(chosen)), saved
