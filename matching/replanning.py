"""What would the best plan be worth under one more condition: these pairs must be in it, those must not?

Exact, and local: the plan's prices, without what the condition takes out, bound every other plan. A pair that
alone falls further short of that bound than a plan already found stands in no better one; what remains of the
instance is planned anew only where it hangs together with the condition.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.assignment import EXACT, Plan
from matching.certificate import Choices
from matching.cliques import spread
from matching.program import Program

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]

NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Replanning:
    """Questions to one plan; rows are those of its pairs as the caller gave them."""

    plan: Plan

    @cached_property
    def chosen(self) -> Rows:
        """The plan in the market's order."""
        return self.ours(self.plan.chosen)

    def ours(self, rows: Rows) -> Rows:
        """The market's rows of the caller's."""
        return self._place[rows]

    def least_loss(self, rows: Rows) -> NDArray[np.float64]:
        """What the plan loses at least by holding each of these pairs, from its prices alone."""
        lacking = self.plan.prices.bound - self.plan.value
        return np.maximum(self.plan.prices.choices.loss[self.ours(rows)] - lacking, 0.0)

    def loss(self, *, must: Rows = NONE, never: Rows = NONE) -> float:
        """What the plan loses if it must hold all of `must` and nothing of `never`; infinite: impossible.

        Exact within the plan's own gap. Raises SolverError where pairs of `must` exclude each other.
        """
        market = self.plan.prices
        must, never = self.ours(must), self.ours(never)
        if market.rows.impossible[must].any() or np.isin(must, never).any():
            return math.inf
        kept = np.setdiff1d(self.chosen, never)
        if len(kept) == len(self.chosen) and np.isin(must, kept).all():
            return 0.0
        choices, bound = self._without(never)
        bound -= float(choices.loss[must].max(initial=0.0))
        own = np.isin(choices.request, choices.request[must])
        reach = EXACT * max(1.0, abs(self.plan.value))
        while True:
            near = (choices.loss <= reach) | own
            near[kept] = True
            near &= np.isfinite(choices.net)
            value = market.value(self._replanned(near, must, kept))
            lacking = bound - value
            if lacking <= reach:
                return max(self.plan.value - value, 0.0)
            reach = lacking * (1 + EXACT)

    @cached_property
    def _place(self) -> Rows:
        order = self.plan.prices.order
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        return place

    @cached_property
    def _members(self) -> Rows:
        """[cliques] how many pairs each holds."""
        cliques = self.plan.prices.rows.cliques
        count = len(cliques.at) + 1
        return np.cumsum(
            np.bincount(cliques.first, minlength=count) - np.bincount(cliques.last, minlength=count)
        )

    def _without(self, never: Rows) -> tuple[Choices, float]:
        """The choices of all requests without these pairs, and what no plan without them exceeds."""
        market = self.plan.prices
        net = market.choices.net.copy()
        net[never] = -np.inf
        choices = replace(market.choices, net=net)
        cliques = market.rows.cliques
        clique, gone = np.unique(spread(cliques.first[never], cliques.last[never])[1], return_counts=True)
        # Where nobody is left a limit needs no price.
        empty = clique[(gone == self._members[clique]) & ~market.rows.broken[clique]]
        bound = market.bound - float(market.prices.clique[empty].sum())
        return choices, bound - float(market.choices.gain.sum() - choices.gain.sum())

    def _replanned(self, near: Flags, must: Rows, kept: Rows) -> Rows:
        """The best plan among these pairs, planned anew where a chain of pairs leads to what has changed."""
        market = self.plan.prices
        pairs = market.rows.pairs
        rows = np.flatnonzero(near)
        pilot = pairs.pilot[rows] + pairs.request_count
        size = pairs.request_count + pairs.pilot_count
        graph = coo_array((np.ones(len(rows)), (pairs.request[rows], pilot)), shape=(size, size))
        part = connected_components(graph, directed=False)[1]
        changed = np.concatenate([must, np.setdiff1d(self.chosen, kept)])
        parts = np.unique(
            np.concatenate([part[pairs.request[changed]], part[pairs.pilot[changed] + pairs.request_count]])
        )
        again = np.isin(part[pairs.request[rows]], parts)
        columns = rows[again]
        forced = np.searchsorted(columns, must)
        untouched = np.setdiff1d(kept, columns)
        return np.concatenate([untouched, Program(market.rows, columns).solve(forced).chosen])
