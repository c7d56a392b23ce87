"""What is a pilot's time worth to requests still to come, learnt from plans of earlier weeks?

Whoever is asked first should not take the only pilot another will need. A plan's dual prices say what each
pilot's time cost the other requests of its week; their mean over weeks is the bid price of that time, and
ranking by value less bid price comes nearer to the plan that knows all requests (Talluri & van Ryzin, "An
Analysis of Bid-Price Controls for Network Revenue Management", Management Science 44 (1998) 1577-1593).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.assignment import Plan
from matching.pairs import Pairs

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

WEEK = 7 * 24 * 60
BLOCK = 4 * 60  # minutes of a block of hours, for pilots of whom little is known
AS_GOOD_AS = 5.0  # pairs of one's own that count as much as what is known of those alike


@dataclass(frozen=True, eq=False)
class _Seen:
    """Busy times of pairs folded into one week, by pilot, and what each cost in which plan."""

    pilot: Rows
    start: Rows
    end: Rows
    price: Floats
    plan: Rows

    def taken(self, rows: Rows) -> _Seen:
        return _Seen(self.pilot[rows], self.start[rows], self.end[rows], self.price[rows], self.plan[rows])


@dataclass(frozen=True, eq=False)
class Prices:
    """Bid prices in the unit of a plan's value, for the P pilots of the plans they were learnt from.

    The bid price of pilot p from a to b is the mean of two estimates, the first steady, the second sharp:
    what any time of p cost, mean over all pairs p was possible in; and what being busy from a to b cost at
    least, mean over weeks of the largest cost x share of a pair that lies within. The fewer pairs p was
    possible in, the more counts the mean of those alike at that time of the week.
    """

    seen: _Seen
    weeks: int
    alike: Rows  # [P]
    known: Rows  # [P] pairs
    mean: Floats  # [P]
    of_those_alike: Floats  # [groups, blocks of a week]

    @classmethod
    def learn(cls, plans: Sequence[Plan], alike: Rows) -> Prices:
        """From plans of one week each, for the same pilots; `alike` [P] numbers groups from 0 on.

        Minute 0 is the same hour and day of the week in all plans and in what is priced later.
        Raises ValueError without plans or where their pilots are not those of `alike`.
        """
        if not plans or any(plan.prices.rows.pairs.pilot_count != len(alike) for plan in plans):
            raise ValueError("prices are learnt from plans of the same pilots, one at least")
        parts = [_seen(plan, number) for number, plan in enumerate(plans)]
        seen = _Seen(
            *(np.concatenate([getattr(part, name) for part in parts]) for name in _Seen.__dataclass_fields__)
        )
        seen = seen.taken(np.argsort(seen.pilot, kind="stable"))
        known = np.bincount(seen.pilot, minlength=len(alike))
        mean = np.bincount(seen.pilot, seen.price, len(alike)) / np.maximum(known, 1)
        return cls(seen, len(plans), alike, known, mean, _by_block(seen, alike))

    def of(self, pairs: Pairs) -> Floats:
        """[E] the bid price of each pair's pilot for its time and way."""
        start, end = _busy(pairs)
        own = (self.mean[pairs.pilot] + self._lost(pairs.pilot, start, end)) / 2
        alike = self.of_those_alike[self.alike[pairs.pilot], start // BLOCK]
        trust = self.known[pairs.pilot] / (self.known[pairs.pilot] + AS_GOOD_AS)
        price: Floats = trust * own + (1.0 - trust) * alike
        return price

    def _lost(self, pilot: Rows, start: Rows, end: Rows) -> Floats:
        """Mean over weeks of what being busy from start to end cost at least."""
        first = np.searchsorted(self.seen.pilot, pilot)
        count = self.known[pilot]
        owner = np.repeat(np.arange(len(pilot)), count)
        there = self.seen.taken(np.arange(len(owner)) - np.repeat(np.cumsum(count) - count - first, count))
        within = np.minimum(end[owner], there.end) - np.maximum(start[owner], there.start)
        share = np.maximum(within, 0) / (there.end - there.start)
        dearest = np.zeros((len(pilot), self.weeks))
        np.maximum.at(dearest, (owner, there.plan), share * there.price)
        lost: Floats = dearest.mean(axis=1)
        return lost


def _seen(plan: Plan, number: int) -> _Seen:
    market = plan.prices
    pairs = market.rows.pairs
    price = market.rows.price(market.prices)
    return _Seen(pairs.pilot, *_busy(pairs), price, np.full(pairs.pair_count, number))


def _busy(pairs: Pairs) -> tuple[Rows, Rows]:
    """[E] minutes of the week the pilot leaves and is back."""
    way = pairs.half_buffer[pairs.slot]
    start, end = pairs.slot_start[pairs.slot] - way, pairs.slot_end[pairs.slot] + way
    return start % WEEK, start % WEEK + end - start


def _by_block(seen: _Seen, alike: Rows) -> Floats:
    """[groups, blocks] the mean price of a pair; where a group has none, 0: nobody wanted their time."""
    shape = (int(alike.max()) + 1, -(-WEEK // BLOCK))
    cell = alike[seen.pilot] * shape[1] + seen.start // BLOCK
    size = shape[0] * shape[1]
    count = np.bincount(cell, minlength=size)
    mean: Floats = np.bincount(cell, seen.price, size) / np.maximum(count, 1)
    return mean.reshape(shape)
