"""What limits each pilot in the plan: one place at a time, hours and heavy sessions a month, a fair share?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from matching.cliques import Cliques, Meetings, back_to_back, pilot_cliques, split_at_sites
from matching.month_rows import month_rows
from matching.pairs import Pairs
from matching.terms import session_gain

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Prices(NamedTuple):
    """What each limit costs, at least 0: per clique, per other limit, and per pilot for one more session."""

    clique: Floats
    limit: Floats
    session: Floats  # [P]


@dataclass(frozen=True, eq=False)
class PilotRows:
    """The limits of all pairs, of which the linear programs take what their own pairs need.

    Of the cliques that no `broken` flag excludes at most one pair each; `limits @ x <= room` for the rest;
    pilot p takes at most most[p] sessions, of which the k-th (k = 1 ...) costs penalty(p, k).
    """

    pairs: Pairs
    cliques: Cliques
    broken: Flags
    limits: csr_array  # [limits, E]
    room: Floats
    most: Rows  # [P]

    @classmethod
    def of(cls, pairs: Pairs) -> PilotRows:
        """All limits of these pairs."""
        meetings = Meetings.of(pairs)
        cliques = pilot_cliques(meetings, buffered=True)
        broken, instead = split_at_sites(meetings, cliques, _near(pairs)[pairs.slot])
        members = np.concatenate([np.zeros(0, dtype=np.int64), *instead])
        sizes = np.array([len(part) for part in instead], dtype=np.int64)
        parts = [
            (_rows(np.repeat(np.arange(len(sizes)), sizes), members, len(sizes), pairs), np.ones(len(sizes))),
            month_rows(pairs),
        ]
        limits = vstack([rows for rows, _ in parts], format="csr")
        room = np.concatenate([room for _, room in parts])
        return cls(pairs, cliques, broken, limits, room, _most(meetings, pairs.pilot_count))

    @cached_property
    def impossible(self) -> Flags:
        """[E] pairs that exceed a limit all by themselves."""
        limit, pair = self.limits.nonzero()
        alone = np.zeros(self.pairs.pair_count, dtype=np.bool_)
        alone[pair[self.limits.data > self.room[limit]]] = True
        return alone

    def penalty(self, pilot: Rows, k: Rows) -> Floats:
        """What the k-th session of the plan costs: the fairness that load_spread would have lost by k - 1."""
        recent = self.pairs.recent_sessions[pilot]
        lost: Floats = session_gain(recent) - session_gain(recent + k - 1)
        return self.pairs.load * lost

    def no_prices(self) -> Prices:
        """Everything is free."""
        return Prices(np.zeros(len(self.broken)), np.zeros(len(self.room)), np.zeros(self.pairs.pilot_count))

    def price(self, prices: Prices) -> Floats:
        """[E] what the pilot's time of each pair costs."""
        until = np.concatenate([[0.0], np.cumsum(np.where(self.broken, 0.0, prices.clique))])
        cost: Floats = until[self.cliques.last] - until[self.cliques.first]
        if len(self.room):
            cost += self.limits.T @ prices.limit
        if self.pairs.load:
            cost += prices.session[self.pairs.pilot]
        return cost

    def worth(self, prices: Prices) -> float:
        """What all limits together are worth at these prices."""
        total = float(prices.clique[~self.broken].sum() + prices.limit @ self.room)
        paid = np.flatnonzero(prices.session)
        total += float(prices.session[paid].sum())
        levels = np.maximum(self.most[paid] - 1, 0)
        pilot = np.repeat(paid, levels)
        k = np.arange(len(pilot)) - np.repeat(np.cumsum(levels) - levels, levels) + 2
        return total + float(np.maximum(prices.session[pilot] - self.penalty(pilot, k), 0.0).sum())

    def load_cost(self, chosen: Rows) -> float:
        """The whole fairness penalty of a plan."""
        sessions = np.bincount(self.pairs.pilot[chosen], minlength=self.pairs.pilot_count)
        busy = np.flatnonzero(sessions > 1)
        pilot = np.repeat(busy, sessions[busy])
        first = np.cumsum(sessions[busy]) - sessions[busy]
        k = np.arange(len(pilot)) - np.repeat(first, sessions[busy]) + 1
        return float(self.penalty(pilot, k).sum())


def _near(pairs: Pairs) -> Flags:
    """[S] slots with another one just before or after at the same site: few, and far fewer than pairs."""
    slots = len(pairs.slot_request)
    nobody = np.zeros(slots, dtype=np.int64)
    dates = Meetings(
        nobody, pairs.slot_request, pairs.site, pairs.slot_start, pairs.slot_end, pairs.half_buffer
    )
    near = np.zeros(slots, dtype=np.bool_)
    near[np.concatenate(back_to_back(dates, np.arange(slots)))] = True
    return near


def _rows(limit: Rows, pair: Rows, count: int, pairs: Pairs) -> csr_array:
    return csr_array((np.ones(len(limit)), (limit, pair)), shape=(count, pairs.pair_count))


def _most(meetings: Meetings, pilots: int) -> Rows:
    """[P] how many bare dates a pilot could take one after the other: always the next that ends first."""
    most = np.zeros(pilots, dtype=np.int64)
    free_from = np.full(pilots, np.iinfo(np.int64).min)
    order = np.lexsort((meetings.end, meetings.pilot))
    while order.size:
        pilot = meetings.pilot[order]
        first = order[np.concatenate([[True], pilot[1:] != pilot[:-1]])]
        most[meetings.pilot[first]] += 1
        free_from[meetings.pilot[first]] = meetings.end[first]
        order = order[meetings.start[order] >= free_from[pilot]]
    return most
