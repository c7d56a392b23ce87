"""Which pilots could take which open requests on which dates, all at once, and what is each pair worth?

Sparse: one row per possible pair. The hard rules and the score are those of constraints.py and terms.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import ArraySpec, ProblemError, count, fill, flag, freeze, minute, specs_of
from matching.constraints import CONSTRAINTS
from matching.plan_weights import PlanWeights
from matching.problem import Problem
from matching.terms import terms_for
from matching.weights import Weights

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Demand:
    """What a Problem does not say about its R requests, S slots and P pilots, for M months. Validated."""

    urgent: Annotated[Flags, flag("R")]
    waiting_days: Annotated[Floats, ArraySpec("R", 0.0, low=0)]
    seats: Annotated[Rows, ArraySpec("R", 1, low=1)]  # still free
    site: Annotated[Rows, ArraySpec("S", -1, low=-1)]  # equal: same address; -1: like no other
    month: Annotated[Rows, count("S")]  # column of room_hours
    room_hours: Annotated[Floats, ArraySpec("PM", np.inf, low=0)]  # left that month; inf = no limit
    held: Annotated[Rows, count("HX")]  # rows of (slot, pilot): offered or accepted

    def __post_init__(self) -> None:
        sizes = {
            "R": len(self.urgent), "S": len(self.site), "P": len(self.room_hours),
            "M": np.shape(self.room_hours)[-1], "H": len(self.held), "X": 2,
        }  # fmt: skip
        freeze(self, DEMAND_ARRAYS, sizes)

    @classmethod
    def build(cls, problem: Problem, **given: Any) -> Demand:
        """Of this problem, with what is given broadcast to its shape: calm, one seat, no limits, nothing held."""
        if unknown := given.keys() - DEMAND_ARRAYS.keys():
            raise ProblemError(f"Demand has no {', '.join(sorted(unknown))}")
        sizes = {
            "R": problem.request_count, "S": problem.slot_count, "P": problem.pilot_count,
            "M": np.shape(given.get("room_hours", 0.0))[-1] if np.ndim(given.get("room_hours", 0.0)) == 2 else 1,
            "H": len(given.get("held", ())), "X": 2,
        }  # fmt: skip
        given = {"held": np.zeros((0, 2), dtype=np.int64), **given}
        return cls(**fill(given, DEMAND_ARRAYS, sizes))


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """E possible pairs of S slots (of R requests) and P pilots, each (slot, pilot) at most once; M months.

    Rows are positions, times whole minutes, arrays read-only. Raises ProblemError like Problem.
    """

    slot: Annotated[Rows, count("E")]
    pilot: Annotated[Rows, count("E")]
    score: Annotated[Floats, ArraySpec("E", 1.0, low=0, high=1 + 1e-9)]  # of rank()
    merit: Annotated[Floats, ArraySpec("E", 1.0, low=0)]  # worth * (fill + score)
    held: Annotated[Flags, flag("E")]  # offered or accepted already
    worth: Annotated[Floats, ArraySpec("R", 1.0, low=0)]
    seats: Annotated[Rows, ArraySpec("R", 1, low=1)]  # all on one date of the request
    heavy: Annotated[Flags, flag("R")]  # of a topic that weighs on one
    slot_request: Annotated[Rows, count("S")]
    slot_start: Annotated[Rows, minute("S")]
    slot_end: Annotated[Rows, minute("S", 60)]
    half_buffer: Annotated[Rows, count("S")]  # minutes on each side, but between slots of one site
    site: Annotated[Rows, ArraySpec("S", -1, low=-1)]  # equal: same address; -1: like no other
    month: Annotated[Rows, count("S")]  # column of the two rooms
    room_hours: Annotated[Floats, ArraySpec("PM", np.inf, low=0)]  # left that month; inf = no limit
    room_heavy: Annotated[Floats, ArraySpec("PM", np.inf, low=0)]  # heavy sessions left that month
    recent_sessions: Annotated[Rows, count("P")]  # in the last 90 days
    load: float  # weight of the fairness penalty
    hold: float  # share of what could stand in its place that a held pair counts more

    def __post_init__(self) -> None:
        sizes = {
            "E": np.size(self.slot), "R": np.size(self.seats), "S": np.size(self.slot_request),
            "P": len(self.room_hours), "M": np.shape(self.room_hours)[-1],
        }  # fmt: skip
        freeze(self, PAIR_ARRAYS, sizes)
        points = {"slot": "S", "pilot": "P", "slot_request": "R", "month": "M"}
        for name, axis in points.items():
            array = getattr(self, name)
            if array.size and array.max() >= sizes[axis]:
                raise ProblemError(f"{name} points to row {array.max()} of {sizes[axis]}")
        if (self.slot_end <= self.slot_start).any():
            raise ProblemError("a slot must end after it starts")
        if (np.diff(np.sort(self.slot * sizes["P"] + self.pilot)) == 0).any():
            raise ProblemError("a slot and a pilot make one pair only")
        for name in ("load", "hold"):
            if not 0 <= getattr(self, name) < np.inf:
                raise ProblemError(f"{name} must be a number from 0 on")

    @classmethod
    def build(
        cls, *, pilots: int, requests: int = 1, plan_weights: PlanWeights | None = None, **given: Any
    ) -> Pairs:
        """Pairs from the arrays given, each broadcast to its shape; the rest limits nobody.

        Without slots every request gets one, from minute 0 to 60. `merit` follows from `worth` and `score`.
        """
        plan_weights = plan_weights or PlanWeights()
        if unknown := given.keys() - {item.name for item in fields(cls)}:
            raise ProblemError(f"Pairs has no {', '.join(sorted(unknown))}")
        given.setdefault("slot_request", np.arange(requests))
        given.setdefault("slot", np.zeros(0, dtype=np.int64))
        rooms = [np.shape(given.get(name, 0.0))[-1:] for name in ("room_hours", "room_heavy")]
        sizes = {
            "E": np.size(given["slot"]), "R": requests, "S": np.size(given["slot_request"]),
            "P": pilots, "M": max(max(rooms), (1,))[0],
        }  # fmt: skip
        values: dict[str, Any] = {**fill(given, PAIR_ARRAYS, sizes)}
        values["load"] = float(given.get("load", plan_weights.load_of(Weights())))
        values["hold"] = float(given.get("hold", plan_weights.hold))
        if "merit" not in given:
            # The constructor is the one to refuse a row that does not exist.
            request = np.take(values["slot_request"], values["slot"], mode="clip")
            worth = np.take(values["worth"], request, mode="clip")
            values["merit"] = worth * (plan_weights.fill + values["score"])
        return cls(**values)

    def taken(self, rows: Rows) -> Pairs:
        """These pairs only, in this order."""
        per_pair = {
            name: getattr(self, name)[rows] for name, (spec, _) in PAIR_ARRAYS.items() if spec.axes == "E"
        }
        return replace(self, **per_pair)

    @property
    def pair_count(self) -> int:
        return len(self.slot)

    @property
    def request_count(self) -> int:
        return len(self.seats)

    @property
    def pilot_count(self) -> int:
        return len(self.recent_sessions)

    @cached_property
    def request(self) -> Rows:
        """[E] the request of each pair."""
        return self.slot_request[self.slot]

    @cached_property
    def value(self) -> Floats:
        """[E] what the plan gains by each pair: its merit, and the bonus where it is held."""
        return self.merit + self.bonus * self.held

    @cached_property
    def bonus(self) -> float:
        """What a held pair counts more.

        With hold = 1 it exceeds all that could ever be gained by giving one held pair up: the best pairs of
        its pilot's other requests, the best ones for its own seats, and the fairness penalty. So an optimal
        plan keeps every held pair that does not exclude another held one.
        """
        if not self.held.any():
            return 0.0
        pilots, requests = self.pilot[self.held], self.request[self.held]
        of_pilot = np.bincount(self.pilot, self.merit, self.pilot_count)[pilots].max()
        best = np.zeros(self.request_count)
        np.maximum.at(best, self.request, self.merit)
        return float(self.hold * (1.0 + of_pilot + (best * self.seats)[requests].max() + self.load))


def pairs_of(problem: Problem, demand: Demand, weights: Weights, plan_weights: PlanWeights) -> Pairs:
    """Every allowed (slot, pilot) of every request, by request, pilot and slot, with the score of rank()."""
    terms = terms_for(weights)
    slots, pilots, scores = [], [], []
    for request in range(problem.request_count):
        of_request = problem.slots_of(request)
        allowed = np.ones((of_request.stop - of_request.start, problem.pilot_count), dtype=np.bool_)
        for constraint in CONSTRAINTS:
            allowed &= constraint.allows(problem, request)
        pilot, slot = np.nonzero(allowed.T)
        parts = np.array([weights.of(term.code) * term.score(problem, request) for term in terms])
        slots.append(slot + of_request.start)
        pilots.append(pilot)
        scores.append(np.round(parts.sum(axis=0) / weights.total, 12)[pilot])
    slot, pilot, score = (np.concatenate([*parts, ()]) for parts in (slots, pilots, scores))
    key = slot.astype(np.int64) * problem.pilot_count + pilot.astype(np.int64)
    held = demand.held[:, 0] * problem.pilot_count + demand.held[:, 1]
    waited = zip(demand.urgent.tolist(), demand.waiting_days.tolist(), strict=True)
    return Pairs.build(
        pilots=problem.pilot_count,
        requests=problem.request_count,
        plan_weights=plan_weights,
        slot=slot.astype(np.int64),
        pilot=pilot.astype(np.int64),
        score=score,
        held=np.isin(key, held),
        worth=np.array([plan_weights.worth(urgent, days) for urgent, days in waited]),
        heavy=problem.heavy,
        room_heavy=_room_heavy(problem, demand),
        recent_sessions=problem.recent_sessions,
        load=plan_weights.load_of(weights),
        **{
            name: getattr(problem, name) for name in ("slot_request", "slot_start", "slot_end", "half_buffer")
        },
        **{name: getattr(demand, name) for name in ("seats", "site", "month", "room_hours")},
    )


def joined(parts: Sequence[Pairs], pilots: Sequence[Rows]) -> Pairs:
    """The pairs of several offices as one: pilot p of parts[i] is row pilots[i][p] of the whole.

    Requests and slots follow one another; sites and months mean the same in all parts. Where a pilot stands
    in several parts, the narrowest room, the most recent sessions hold; of `load` and `hold` the largest.
    """
    count = 1 + max((int(rows.max()) for rows in pilots if rows.size), default=-1)
    months = max(part.room_hours.shape[1] for part in parts)
    room_hours, room_heavy = np.full((2, count, months), np.inf)
    recent = np.zeros(count, dtype=np.int64)
    given: dict[str, list[NDArray[Any]]] = {}
    first_slot = first_request = 0
    for part, rows in zip(parts, pilots, strict=True):
        at = rows[:, np.newaxis], np.arange(part.room_hours.shape[1])
        np.minimum.at(room_hours, at, part.room_hours)
        np.minimum.at(room_heavy, at, part.room_heavy)
        np.maximum.at(recent, rows, part.recent_sessions)
        moved = {
            "slot": part.slot + first_slot,
            "pilot": rows[part.pilot],
            "slot_request": part.slot_request + first_request,
        }
        for name, (spec, _dtype) in PAIR_ARRAYS.items():
            if spec.axes in ("E", "R", "S"):
                given.setdefault(name, []).append(moved.get(name, getattr(part, name)))
        first_slot += len(part.slot_request)
        first_request += part.request_count
    return Pairs(
        **{name: np.concatenate(arrays) for name, arrays in given.items()},
        room_hours=room_hours,
        room_heavy=room_heavy,
        recent_sessions=recent,
        load=max(part.load for part in parts),
        hold=max(part.hold for part in parts),
    )


def _room_heavy(problem: Problem, demand: Demand) -> Floats:
    """[P, M] heavy sessions left; a month without a slot is not asked about."""
    room = np.full(demand.room_hours.shape, np.inf)
    left = np.maximum(problem.heavy_per_month - problem.heavy_sessions, 0.0)  # [S, P]
    np.minimum.at(room.T, demand.month, left)
    return room


DEMAND_ARRAYS = specs_of(Demand)
PAIR_ARRAYS = specs_of(Pairs)
