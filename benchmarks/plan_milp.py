"""What does a general solver need for the same model? The plan as a mixed-integer program, from its definition.

One binary a pair, one a date where a request has several, one slack per further session of a pilot. Sessions that
collide share a row per moment at which one begins, which is the tightest one would write by hand.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array

from benchmarks.plan_baselines import Chosen, Diary, load_spread
from matching.pairs import Pairs

Row = tuple[list[int], list[float], float]  # columns, coefficients, at most


@dataclass(frozen=True)
class Solved:
    """The optimum, the pairs that reach it, and the solver's own seconds (building the model is not counted)."""

    value: float
    chosen: Chosen
    seconds: float


def solve(pairs: Pairs, *, gap: float = 0.0) -> Solved:
    """The best plan by scipy.optimize.milp; raises RuntimeError where it finds none."""
    model = _Model(pairs)
    rows = list(model.rows())
    line = np.repeat(np.arange(len(rows)), [len(columns) for columns, _, _ in rows])
    column = np.concatenate([np.asarray(columns) for columns, _, _ in rows])
    coefficient = np.concatenate([np.asarray(values) for _, values, _ in rows])
    matrix = csr_array((coefficient, (line, column)), shape=(len(rows), model.columns))
    limits = LinearConstraint(matrix, ub=np.array([limit for _, _, limit in rows]))
    cost = np.zeros(model.columns)
    cost[: pairs.value.size] = -pairs.value
    for column_of, loss in model.slacks:
        cost[column_of] = loss
    started = time.process_time()
    found = milp(
        cost, integrality=np.ones_like(cost), bounds=(0, 1), constraints=limits, options={"mip_rel_gap": gap}
    )
    seconds = time.process_time() - started
    if found.x is None:
        raise RuntimeError(found.message)
    return Solved(-float(found.fun), np.flatnonzero(found.x[: pairs.value.size] > 0.5), seconds)


class _Model:
    """Columns: the pairs, then dates, then further sessions."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs, self.diary = pairs, Diary(pairs)
        self.columns = pairs.value.size
        self.slacks: list[tuple[int, float]] = []  # (column, what this further session costs)

    def rows(self) -> Iterator[Row]:
        yield from self._seat_rows()
        of_pilot: dict[int, list[int]] = defaultdict(list)
        for edge, pilot in enumerate(self.diary.pilot):
            of_pilot[pilot].append(edge)
        for pilot, edges in of_pilot.items():
            if len(edges) > 1:
                yield from self._pilot_rows(pilot, edges)

    def _new_column(self) -> int:
        self.columns += 1
        return self.columns - 1

    def _seat_rows(self) -> Iterator[Row]:
        dates: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for edge, (request, slot) in enumerate(zip(self.diary.request, self.diary.slot, strict=True)):
            dates[request][slot].append(edge)
        for request, of_slot in dates.items():
            seats = self.diary.open_seats[request]
            if seats == 1 or len(of_slot) == 1:
                edges = [edge for group in of_slot.values() for edge in group]
                yield edges, [1.0] * len(edges), seats
                continue
            chosen_date = [self._new_column() for _ in of_slot]
            yield chosen_date, [1.0] * len(chosen_date), 1
            for date, edges in zip(chosen_date, of_slot.values(), strict=True):
                yield [*edges, date], [1.0] * len(edges) + [-float(seats)], 0

    def _pilot_rows(self, pilot: int, edges: list[int]) -> Iterator[Row]:
        diary = self.diary
        in_month: dict[int, list[int]] = defaultdict(list)
        for edge in edges:
            in_month[diary.month[diary.slot[edge]]].append(edge)
        for month, group in in_month.items():
            hours = [(diary.end[s] - diary.start[s]) / 60 for s in (diary.slot[edge] for edge in group)]
            if sum(hours) > diary.room_hours[pilot, month]:
                yield group, hours, float(diary.room_hours[pilot, month])
        yield from self._collisions(edges)
        base, recent = load_spread(diary.recent[pilot]), diary.recent[pilot]
        further = [self._new_column() for _ in edges[1:]]
        for count, column in enumerate(further, start=1):
            self.slacks.append((column, diary.load * (base - load_spread(recent + count))))
        yield [*edges, *further], [1.0] * len(edges) + [-1.0] * len(further), 1

    def _collisions(self, edges: list[int]) -> Iterator[Row]:
        """For each session, those that have begun and last when it begins; in pairs where one site frees some."""
        diary = self.diary
        edges = sorted(edges, key=lambda e: diary.start[diary.slot[e]] - diary.buffer[diary.slot[e]])
        seen: list[int] = []
        for edge in edges:
            slot = diary.slot[edge]
            begins = diary.start[slot] - diary.buffer[slot]
            seen = [e for e in seen if diary.end[diary.slot[e]] + diary.buffer[diary.slot[e]] > begins]
            group = [*seen, edge]
            seen.append(edge)
            slots = [diary.slot[e] for e in group]
            free = any(not diary.collide(a, b) for n, a in enumerate(slots) for b in slots[:n])
            if not free and len(group) > 1:
                yield group, [1.0] * len(group), 1
            elif free:
                for other in seen[:-1]:
                    if diary.collide(diary.slot[other], slot):
                        yield [other, edge], [1.0, 1.0], 1
