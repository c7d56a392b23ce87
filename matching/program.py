"""How do chosen pairs become a linear program, and what does HiGHS make of it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from matching.cliques import interval_cliques, spread
from matching.linear import SolverError, optimum
from matching.pilot_rows import PilotRows, Prices

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Search ends after so many nodes times variables; then the certificate says what may be missing.
MOST_SEARCHED = 20_000_000
FINE = 1024.0  # HiGHS stops at an absolute gap of 1e-6: scaled, this is 1e-9 of a pair


class Relaxed(NamedTuple):
    """The optimum of the linear program: a share of each pair, and the prices of all limits."""

    share: Floats
    prices: Prices


class Whole(NamedTuple):
    """The rows of the pairs chosen, and what no choice can exceed."""

    chosen: Rows
    bound: float


@dataclass(frozen=True, eq=False)
class Program:
    """Maximise value @ x over some of the pairs (`columns`, ascending), which stand together by request.

    Variables: a share of each pair, then one per slot of a request with several seats and several slots
    (the date it takes place on), then one per further session a pilot could take.
    """

    rows: PilotRows
    columns: Rows

    def relax(self) -> Relaxed:
        """The optimum where pairs may be taken by shares; raises SolverError."""
        if not self.columns.size:
            return Relaxed(np.zeros(0), self.rows.no_prices())
        matrix, room = self._limits
        share, duals = optimum(self._gain, matrix, room)
        return Relaxed(share[: len(self.columns)], self._prices(duals))

    def solve(self, forced: Rows | None = None, gap: float = 0.0, seconds: float = np.inf) -> Whole:
        """The best whole choice, holding the columns `forced`; raises SolverError where they exclude each other.

        After so many seconds it is the best one found, which may be none.
        """
        if not self.columns.size:
            return Whole(self.columns, 0.0)
        matrix, room = self._limits
        least = np.zeros(len(self._gain))
        least[forced if forced is not None else []] = 1.0
        found = milp(
            -FINE * self._gain,
            integrality=np.ones(len(self._gain)),  # further sessions too: told so, HiGHS cuts deeper
            bounds=Bounds(least, 1.0),
            constraints=LinearConstraint(matrix, ub=room),
            options={
                "mip_rel_gap": gap,
                "node_limit": 1 + MOST_SEARCHED // len(self._gain),
                "time_limit": seconds,
            },
        )
        if found.status not in (0, 1):
            raise SolverError(found.message)
        taken = np.zeros(0) if found.x is None else found.x[: len(self.columns)]
        proven = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound) / FINE
        return Whole(self.columns[np.flatnonzero(taken > 0.5)], proven)

    def value(self, share: Floats) -> float:
        """What these shares of the pairs are worth together."""
        pilot = self.rows.pairs.pilot[self.columns]
        sessions = np.bincount(pilot, share, self.rows.pairs.pilot_count)
        level_pilot, k = self._levels
        further = np.clip(sessions[level_pilot] - k + 1, 0.0, 1.0)
        return float(
            self.rows.pairs.value[self.columns] @ share - self.rows.penalty(level_pilot, k) @ further
        )

    def parts(self) -> Rows:
        """[columns] a number per column, the same for two that any chain of common limits connects."""
        limit, variable = self._limits[0].nonzero()
        count = len(self._gain)
        graph = coo_array(
            (np.ones(len(limit)), (variable, limit + count)), shape=(count + len(self._limits[1]),) * 2
        )
        number: Rows = connected_components(graph, directed=False)[1][: len(self.columns)]
        return number

    @cached_property
    def _gain(self) -> Floats:
        """[variables] what one unit of each adds to the plan."""
        pilot, k = self._levels
        slots = np.zeros(len(self._slots[0]))
        return np.concatenate([self.rows.pairs.value[self.columns], slots, -self.rows.penalty(pilot, k)])

    @cached_property
    def _request(self) -> Rows:
        return self.rows.pairs.request[self.columns]

    @cached_property
    def _slots(self) -> tuple[Rows, Rows]:
        """(request, slot) of each slot to choose among, where several seats go together on one of them."""
        pairs = self.rows.pairs
        slot = np.unique(pairs.slot[self.columns[pairs.seats[self._request] > 1]])
        request = pairs.slot_request[slot]
        many = np.bincount(request, minlength=pairs.request_count)[request] > 1
        return request[many], slot[many]

    @cached_property
    def _levels(self) -> tuple[Rows, Rows]:
        """(pilot, k) of each session after the first that the pilot could take: k = 2, 3, ...

        And of one more where the pairs left out hold more: so prices are told that it would cost something.
        """
        pairs = self.rows.pairs
        if not pairs.load:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        pilot = pairs.pilot[self.columns]
        once = np.concatenate([[True], (pilot[1:] != pilot[:-1]) | (self._request[1:] != self._request[:-1])])
        count = np.bincount(pilot[once[: len(pilot)]], minlength=pairs.pilot_count)
        levels = np.where(count > 1, np.minimum(count, self.rows.most - 1), 0)
        pilot, k = spread(np.zeros_like(count), np.maximum(levels, 0))
        return pilot, k + 2

    @cached_property
    def _limits(self) -> tuple[csr_array, Floats]:
        """matrix @ variables <= room: requests, dates, cliques, other limits, sessions, in this order."""
        blocks = [*self._request_rows(), self._clique_rows[:2], self._limit_rows[:2], self._session_rows[:2]]
        return vstack([rows for rows, _ in blocks], format="csr"), np.concatenate(
            [room for _, room in blocks]
        )

    def _request_rows(self) -> Iterator[tuple[csr_array, Floats]]:
        pairs, request = self.rows.pairs, self._request
        everything = np.arange(len(self.columns))
        wanted = np.bincount(request, minlength=pairs.request_count)
        chooses = np.zeros(pairs.request_count, dtype=np.bool_)
        chooses[self._slots[0]] = True
        rows = everything[((wanted > pairs.seats) & ~chooses)[request]]
        of, matrix = self._grouped(request[rows], rows, 1.0)
        yield matrix, pairs.seats[of].astype(np.float64)

        dates = np.arange(len(self._slots[0])) + len(self.columns)
        of, matrix = self._grouped(self._slots[0], dates, 1.0)
        yield matrix, np.ones(len(of))
        rows = everything[chooses[request]]
        date = np.searchsorted(self._slots[1], pairs.slot[self.columns[rows]])
        # Nobody comes on a date that is not chosen; this holds one by one, which is tighter than all together.
        order = np.arange(len(rows))
        yield (
            self._matrix(order, rows, 1.0, len(rows)) - self._matrix(order, dates[date], 1.0, len(rows)),
            (np.zeros(len(rows))),
        )
        seats = pairs.seats[self._slots[0]]
        yield (
            (
                self._matrix(date, rows, 1.0, len(dates))
                - self._matrix(np.arange(len(dates)), dates, seats.astype(np.float64), len(dates))
            ),
            np.zeros(len(dates)),
        )

    @cached_property
    def _clique_rows(self) -> tuple[csr_array, Floats, Rows]:
        """The maximal cliques among these pairs only, and the row of all cliques each of them belongs to."""
        cliques = self.rows.cliques
        among = interval_cliques(cliques.first[self.columns], cliques.last[self.columns])
        owner, clique = spread(among.first, among.last)
        kept = self._between_requests(clique, owner, len(among.at)) & ~self.rows.broken[among.at]
        inside = kept[clique]
        row_of = np.cumsum(kept) - 1
        matrix = self._matrix(row_of[clique[inside]], owner[inside], 1.0, int(kept.sum()))
        return matrix, np.ones(int(kept.sum())), among.at[kept]

    @cached_property
    def _limit_rows(self) -> tuple[csr_array, Floats, Rows]:
        """The other limits that these pairs could exceed, and which they are."""
        limits = self.rows.limits[:, self.columns]
        binding = limits.sum(axis=1) > self.rows.room
        row, column = limits.nonzero()
        binding &= self._between_requests(row, column, len(self.rows.room))
        kept = np.flatnonzero(binding)
        limits = limits[kept].tocoo()
        return self._matrix(limits.row, limits.col, limits.data, len(kept)), self.rows.room[kept], kept

    @cached_property
    def _session_rows(self) -> tuple[csr_array, Floats, Rows]:
        """All sessions of a pilot but one stand on further levels; and the pilots."""
        levels = np.arange(len(self._levels[0])) + len(self.columns) + len(self._slots[0])
        several, matrix = self._grouped(self._levels[0], levels, -1.0)
        row_of = np.full(self.rows.pairs.pilot_count, -1)
        row_of[several] = np.arange(len(several))
        row = row_of[self.rows.pairs.pilot[self.columns]]
        counted = np.flatnonzero(row >= 0)
        matrix = matrix + self._matrix(row[counted], counted, 1.0, len(several))
        return matrix, np.ones(len(several)), several

    def _between_requests(self, row: Rows, column: Rows, count: int) -> Flags:
        """[count] rows with pairs of two requests; within one request its own row is enough."""
        one = np.zeros(count, dtype=np.int64)
        one[row] = self._request[column]
        differs = np.zeros(count, dtype=np.bool_)
        differs[row[one[row] != self._request[column]]] = True
        return differs

    def _grouped(self, group: Rows, variable: Rows, size: float) -> tuple[Rows, csr_array]:
        """The groups and a matrix with one row for each."""
        groups, row = np.unique(group, return_inverse=True)
        return groups, self._matrix(row, variable, size, len(groups))

    def _matrix(self, row: Rows, variable: Rows, size: float | Floats, count: int) -> csr_array:
        data = np.broadcast_to(np.asarray(size, dtype=np.float64), len(row))
        return csr_array((data, (row, variable)), shape=(count, len(self._gain)))

    def _prices(self, duals: Floats) -> Prices:
        prices = self.rows.no_prices()
        cliques, limits, pilots = (
            rows[2] for rows in (self._clique_rows, self._limit_rows, self._session_rows)
        )
        # The solver's duals may fall short of 0 by rounding; below 0 they would prove nothing.
        ours = np.maximum(duals[len(duals) - len(cliques) - len(limits) - len(pilots) :], 0.0)
        prices.clique[cliques] = ours[: len(cliques)]
        prices.limit[limits] = ours[len(cliques) : len(cliques) + len(limits)]
        prices.session[pilots] = ours[len(cliques) + len(limits) :]
        return prices
