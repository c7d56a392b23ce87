"""How does a Problem become part of a stream to simulate, under the rules as they are or under others?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.languages import Level
from matching.pairs import Demand, pairs_of
from matching.plan_weights import PlanWeights
from matching.problem import ARRAYS, Problem
from matching.stream import Stream
from matching.weights import Weights


@dataclass(frozen=True, kw_only=True)
class OtherRules:
    """What would be different; the default changes nothing."""

    extra_reach_km: float = 0.0  # everybody comes so much further
    level_shift: int = 0  # CEFR levels more or less than asked for, within A1 and C2
    german_shift: int = 0  # the same for the pilots' German
    travel_buffer_minutes: int | None = None  # between two appointments; None: as it is

    def __post_init__(self) -> None:
        if not -100 <= self.extra_reach_km <= 1000:
            raise ValueError(f"extra_reach_km must lie between -100 and 1000: {self.extra_reach_km}")
        for name in ("level_shift", "german_shift"):
            if not -Level.C2 <= getattr(self, name) <= Level.C2:
                raise ValueError(f"{name} must lie between -6 and 6: {getattr(self, name)}")
        if self.travel_buffer_minutes is not None and not 0 <= self.travel_buffer_minutes <= 240:
            raise ValueError(
                f"travel_buffer_minutes must lie between 0 and 240: {self.travel_buffer_minutes}"
            )


RULES = tuple(item.name for item in fields(OtherRules))


class Candidates(NamedTuple):
    """Who may be asked for each of R requests on one date: the one most pilots can make, the first of equals."""

    start: NDArray[np.int64]  # [R]
    end: NDArray[np.int64]  # [R]
    request: NDArray[np.int64]  # [E] ascending
    pilot: NDArray[np.int64]  # [E]
    score: NDArray[np.float64]  # [E]
    distance_km: NDArray[np.float64]  # [E]


def under(problem: Problem, rules: OtherRules) -> Problem:
    """The same requests and pilots, had these rules held."""
    required = problem.required_level
    shifted = np.clip(required.astype(int) + rules.level_shift, Level.A1, Level.C2)
    german = np.clip(problem.required_german.astype(int) + rules.german_shift, 0, Level.C2)
    return replace(
        problem,
        reach_km=np.maximum(problem.reach_km + rules.extra_reach_km, 0.0),
        required_level=np.where(required > 0, shifted, 0).astype(np.int8),
        required_german=german.astype(np.int8),
    )


def without_bookings(problem: Problem) -> Problem:
    """The same, had nobody been booked yet: what a replay books counts instead."""
    booked: dict[str, Any] = {
        name: getattr(problem, name)[..., :0] for name, (spec, _) in ARRAYS.items() if spec.axes.endswith("B")
    }
    return replace(
        problem,
        **booked,
        committed_hours=np.zeros_like(problem.committed_hours),
        heavy_sessions=np.zeros_like(problem.heavy_sessions),
    )


def candidates_of(problem: Problem, weights: Weights | None = None) -> Candidates:
    """All possible pairs of a problem by the rules and terms of ranking, on one date of each request."""
    pairs = pairs_of(problem, Demand.build(problem), weights or Weights(), PlanWeights())
    able = np.bincount(pairs.slot, minlength=problem.slot_count)
    # Most pilots first, then the earlier date; the first slot of each request is the one that counts.
    order = np.lexsort((problem.slot_start, -able, problem.slot_request))
    chosen = order[np.searchsorted(problem.slot_request[order], np.arange(problem.request_count))]
    kept = np.isin(pairs.slot, chosen)
    request, pilot = pairs.request[kept], pairs.pilot[kept]
    return Candidates(
        start=problem.slot_start[chosen],
        end=problem.slot_end[chosen],
        request=request,
        pilot=pilot,
        score=pairs.score[kept],
        distance_km=problem.distance_km[request, pilot],
    )


class Part(NamedTuple):
    """Requests that follow one another: when they were filed, who may be asked, and how likely each says yes."""

    filed: NDArray[np.int64]
    candidates: Candidates
    chance: NDArray[np.float64]
    believed: NDArray[np.float64] | None = None  # by the office's model, where the true answers are known


def joined(
    parts: Iterable[Part],
    *,
    pilots: int,
    groups: Mapping[str, tuple[str, ...]],
    wanted: NDArray[np.int64] | None = None,
) -> Stream:
    """One stream of parts in the order of filing; `groups` label all its requests, `wanted` are their seats."""
    listed = list(parts)
    many = [np.bincount(part.candidates.request, minlength=len(part.filed)) for part in listed]

    def of_all(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part.candidates, name) for part in listed])

    return Stream(
        pilots=pilots,
        filed=np.concatenate([part.filed for part in listed]),
        start=of_all("start"),
        end=of_all("end"),
        first=np.concatenate([[0], np.cumsum(np.concatenate(many))]).astype(np.int64),
        pilot=of_all("pilot"),
        score=of_all("score"),
        distance_km=of_all("distance_km"),
        chance=np.concatenate([part.chance for part in listed]),
        believed=np.concatenate([part.chance if part.believed is None else part.believed for part in listed]),
        groups=groups,
        wanted=np.zeros(0, dtype=np.int64) if wanted is None else wanted,
    )
