"""What would one do without a joint plan, and how good is any plan by the definition alone?

Every policy here keeps the rules of the plan: seats on one date, hours, no two sessions at once with the way between
them. `worth_of` judges them all; it follows the definition and shares no code with matching/.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matching.pairs import Pairs

Chosen = NDArray[np.int64]


class BrokenPlan(Exception):
    """The pairs chosen break a rule of the definition."""


@dataclass(frozen=True)
class Worth:
    """What a plan is worth: its objective, the seats it fills, and the plain sum of scores."""

    value: float
    seats: int
    scores: float


def worth_of(pairs: Pairs, chosen: Iterable[int]) -> Worth:
    """The worth of `chosen`, summed from the definition; raises BrokenPlan where a rule is broken."""
    diary = Diary(pairs)
    value, scores, seats = [], [], 0
    for edge in map(int, chosen):
        if refusal := diary.refuses(edge):
            raise BrokenPlan(f"pair {edge}: {refusal}")
        value.append(diary.gain(edge))
        scores.append(float(pairs.score[edge]))
        seats += 1
        diary.take(edge)
    return Worth(value=math.fsum(value), seats=seats, scores=math.fsum(scores))


class Diary:
    """Who has taken what so far, in plain lists: the policies add pairs one by one."""

    def __init__(self, pairs: Pairs) -> None:
        self.request, self.slot, self.pilot = (
            column.tolist() for column in (pairs.request, pairs.slot, pairs.pilot)
        )
        self.value = pairs.value.tolist()
        self.start, self.end = pairs.slot_start.tolist(), pairs.slot_end.tolist()
        self.buffer, self.site = pairs.half_buffer.tolist(), pairs.site.tolist()
        self.month, self.heavy = pairs.month.tolist(), pairs.heavy.tolist()
        self.request_of_slot = pairs.slot_request.tolist()
        self.room_hours, self.room_heavy = pairs.room_hours, pairs.room_heavy
        self.recent, self.load = pairs.recent_sessions.tolist(), pairs.load
        self.open_seats = pairs.seats.tolist()
        self.date: dict[int, int] = {}  # request -> the slot it takes place on
        self.taken: dict[int, list[int]] = defaultdict(list)  # pilot -> slots

    def refuses(self, edge: int) -> str | None:
        """Why this pair cannot be added, or None."""
        request, slot, pilot = self.request[edge], self.slot[edge], self.pilot[edge]
        if self.open_seats[request] <= 0:
            return "all seats are taken"
        if self.date.get(request, slot) != slot:
            return "the request takes place on another date"
        others = self.taken[pilot]
        if slot in others:
            return "the pilot has this request already"
        month = self.month[slot]
        same_month = [slot, *(other for other in others if self.month[other] == month)]
        if sum(self.end[s] - self.start[s] for s in same_month) > self.room_hours[pilot, month] * 60 + 1e-6:
            return "more hours than the pilot has left"
        if sum(self.heavy[self.request_of_slot[s]] for s in same_month) > self.room_heavy[pilot, month]:
            return "more heavy sessions than the pilot has left"
        if any(self.collide(slot, other) for other in others):
            return "two sessions at once"
        return None

    def gain(self, edge: int) -> float:
        """What the pair adds: its value, less what the load spread has lost by this plan's earlier sessions."""
        pilot = self.pilot[edge]
        before, by_now = self.recent[pilot], self.recent[pilot] + len(self.taken[pilot])
        return self.value[edge] - self.load * (load_spread(before) - load_spread(by_now))

    def take(self, edge: int) -> None:
        """Add the pair."""
        request, slot, pilot = self.request[edge], self.slot[edge], self.pilot[edge]
        self.open_seats[request] -= 1
        self.date[request] = slot
        self.taken[pilot].append(slot)

    def collide(self, one: int, other: int) -> bool:
        """Whether nobody can keep both slots."""
        same_site = self.site[one] == self.site[other] >= 0
        way = 0 if same_site else self.buffer[one] + self.buffer[other]
        return self.start[one] < self.end[other] + way and self.start[other] < self.end[one] + way


def load_spread(sessions: int) -> float:
    """The term load_spread of a pilot with so many sessions, 1 at none."""
    return math.log1p(1 / (1 + sessions)) / math.log(2)


def first_come(pairs: Pairs, preference: NDArray[np.float64]) -> Chosen:
    """Request by request as they came in: whoever is preferred most and still can; ties by row."""
    diary, chosen = Diary(pairs), []
    for edge in np.lexsort((-preference, pairs.request)).tolist():
        if not diary.refuses(edge):
            diary.take(edge)
            chosen.append(edge)
    return np.array(chosen, np.int64)


def greedy(pairs: Pairs) -> Chosen:
    """Over all pairs: always the one that adds most, until nothing adds anything."""
    diary, chosen = Diary(pairs), []
    heap = [(-value, edge) for edge, value in enumerate(diary.value)]
    heapq.heapify(heap)
    while heap:
        loss, edge = heapq.heappop(heap)
        if diary.refuses(edge):
            continue
        now = -diary.gain(edge)
        if now > loss + 1e-12:  # the pilot has got more to do since: back in line
            heapq.heappush(heap, (now, edge))
        elif now < 0:
            diary.take(edge)
            chosen.append(edge)
    return np.array(chosen, np.int64)


def matched_without_times(pairs: Pairs, sessions: int) -> Chosen:
    """SciPy's sparse matching of seats to `sessions` copies of each pilot; nobody looks at the clock."""
    best = np.lexsort((-pairs.value, pairs.pilot, pairs.request))  # one date per request and pilot
    first = np.ones(best.size, np.bool_)
    first[1:] = np.diff(pairs.request[best] * len(pairs.recent_sessions) + pairs.pilot[best]) != 0
    edge = best[first]
    first_seat = np.cumsum(pairs.seats) - pairs.seats
    seats, copies = pairs.seats[pairs.request[edge]], np.arange(sessions)
    edge_of = np.repeat(edge, seats * sessions)
    within = np.arange(edge_of.size) - np.repeat(
        np.cumsum(seats * sessions) - seats * sessions, seats * sessions
    )
    row = first_seat[pairs.request[edge_of]] + within // sessions
    column = pairs.pilot[edge_of] * sessions + copies[within % sessions]
    rows, columns = int(pairs.seats.sum()), len(pairs.recent_sessions) * sessions
    # A column of its own for each seat that stays empty: the matching must be full. Explicit zeros vanish, so shift.
    gain = np.concatenate([pairs.value[edge_of], np.zeros(rows)]) + 1.0
    where = (np.concatenate([row, np.arange(rows)]), np.concatenate([column, columns + np.arange(rows)]))
    matrix = csr_array((gain, where), shape=(rows, columns + rows))
    seat, taken = min_weight_full_bipartite_matching(matrix, maximize=True)
    place = csr_array((np.arange(1, edge_of.size + 1), (row, column)), shape=(rows, columns))
    real = taken < columns
    return edge_of[np.asarray(place[seat[real], taken[real]]).ravel() - 1]


def broken_share(pairs: Pairs, chosen: Chosen) -> float:
    """The share of the pairs chosen that cannot be kept beside the earlier ones."""
    diary, broken = Diary(pairs), 0
    for edge in map(int, chosen):
        if diary.refuses(edge):
            broken += 1
        else:
            diary.take(edge)
    return broken / max(1, len(chosen))
