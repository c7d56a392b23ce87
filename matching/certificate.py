"""How much better could any plan be than this one, at most? Proven by prices, whatever the solver claims.

Lagrange's bound: give the pilots' limits prices of at least 0, let every request choose for itself what is
best after paying for the pilots' time, and add what the limits themselves are worth at these prices. No plan
exceeds that sum (weak duality), for any prices at all; with the prices of the linear program it is the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

OWN_ROUNDING = 1e-9  # float sums of a million values


@dataclass(frozen=True)
class Certificate:
    """No plan is worth more than `bound`, so this one of `value` lacks at most `gap` = relative difference."""

    method: str
    value: float
    bound: float

    def __post_init__(self) -> None:
        if self.gap < -OWN_ROUNDING:
            raise ArithmeticError(f"a plan of {self.value} exceeds its bound {self.bound}")

    @property
    def gap(self) -> float:
        """(bound - value) / max(1, |value|)."""
        return (self.bound - self.value) / max(1.0, abs(self.value))


@dataclass(frozen=True, eq=False)
class Choices:
    """What each request would choose for itself at given net values; pairs stand together by request.

    net: [E] value minus the price of the pilot's time; first_pair: [R + 1] where each request's pairs begin;
    slot: [E]; seats: [R], all on one slot.
    """

    net: Floats
    first_pair: Rows
    slot: Rows
    seats: Rows

    @cached_property
    def request(self) -> Rows:
        """[E] of each pair."""
        return np.repeat(np.arange(len(self.seats)), np.diff(self.first_pair))

    @cached_property
    def gain(self) -> Floats:
        """[R] the best a request can reach: the most on one slot, the best `seats` pairs of positive net."""
        gain = np.zeros(len(self.seats))
        asked = np.flatnonzero(np.diff(self.first_pair))
        if asked.size:
            # A request without pairs would make reduceat take its neighbour's value.
            gain[asked] = np.maximum(np.maximum.reduceat(self.net, self.first_pair[asked]), 0.0)
        several = self.seats[self.request] > 1
        gain[self.seats > 1] = 0.0
        np.maximum.at(gain, self.request[several], self._with[0][several])
        return gain

    @cached_property
    def loss(self) -> Floats:
        """[E] the least a plan loses against the bound if it holds this pair."""
        return np.maximum(self.gain[self.request] - self._with[1], 0.0)

    @cached_property
    def _with(self) -> tuple[Floats, Floats]:
        """[E] the best on the pair's slot, and the best there that holds the pair."""
        best, holding = np.maximum(self.net, 0.0), self.net.copy()
        rows = np.flatnonzero(self.seats[self.request] > 1)
        if not rows.size:
            return best, holding
        rows = rows[np.lexsort((-self.net[rows], self.slot[rows]))]
        slot, net = self.slot[rows], np.maximum(self.net[rows], 0.0)
        begins = np.flatnonzero(np.concatenate([[True], slot[1:] != slot[:-1]]))
        sizes = np.diff(np.append(begins, len(rows)))
        place = np.arange(len(rows)) - np.repeat(begins, sizes)
        seats = self.seats[self.request[rows]]
        total = np.repeat(np.add.reduceat(np.where(place < seats, net, 0.0), begins), sizes)
        last_seat = np.minimum(np.repeat(begins, sizes) + seats - 1, len(rows) - 1)
        gives_way = np.where(place < seats, net, net[last_seat])
        best[rows], holding[rows] = total, total - gives_way + self.net[rows]
        return best, holding
