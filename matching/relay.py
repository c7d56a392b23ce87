"""Where nobody can be asked: who could carry meaning over a third language, or over a second pilot?

A last resort, because meaning gets lost at every step. So there is no relay while one pilot alone will do, and what
it finds is a type of its own that no ranking takes in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from matching.constraints import Allowed, German, Language, possible_slots
from matching.languages import Level
from matching.problem import Facts, Problem
from matching.ranking import Candidate, rank
from matching.weights import Weights

GERMAN = "de"


@dataclass(frozen=True)
class Chain:
    """Two pilots on one date: the help-seeker <-> `first` <-> bridge language <-> `second` <-> German."""

    first: int
    second: int
    slots: tuple[int, ...]
    facts: Facts


@dataclass(frozen=True)
class Relay:
    """What is left: pilots for a further language of the help-seeker's, and pairs of pilots; best first."""

    last_resort: ClassVar[bool] = True
    by_other_language: tuple[Candidate, ...]
    chains: tuple[Chain, ...]


def relay(
    problem: Problem,
    request: int,
    also_speaks: Collection[str] = (),
    weights: Weights | None = None,
    limit: int = 3,
) -> Relay | None:
    """The best few of both kinds; None where an ordinary candidate exists.

    `also_speaks`: languages the help-seeker knows beside those asked for. They and all bridge languages are columns
    of the problem that the request does not ask for.
    """
    if limit < 0:
        raise ValueError(f"limit must not be negative: {limit}")
    if possible_slots(problem, request).any():
        return None
    chains = sorted(_chains(problem, request), key=lambda chain: _merit(problem, request, chain))
    return Relay(
        by_other_language=_by_other_language(problem, request, also_speaks, weights, limit),
        chains=tuple(chains[:limit]),
    )


def _by_other_language(
    problem: Problem, request: int, also_speaks: Collection[str], weights: Weights | None, limit: int
) -> tuple[Candidate, ...]:
    asked = problem.required_level[request] > 0
    other = np.array([code in also_speaks for code in problem.languages], dtype=np.bool_) & ~asked
    if not other.any():
        return ()
    required = problem.required_level.copy()
    required[request] = np.where(other, _required(problem, request), 0)
    return rank(replace(problem, required_level=required), request, weights, limit).candidates


def _chains(problem: Problem, request: int) -> Iterator[Chain]:
    """Every pair on the same date, over the bridge language in which the weaker of the two is best."""
    bridges = _bridges(problem, request)
    asked = problem.asked_languages(request)
    if not bridges.size or not asked.size:
        return
    first_free = possible_slots(problem, request, without=German.code)
    second_free = possible_slots(problem, request, without=Language.code)
    first_row = problem.slots_of(request).start
    for first in np.flatnonzero(first_free.any(axis=0)).tolist():
        both: Allowed = first_free[:, first, np.newaxis] & second_free
        seconds = np.flatnonzero(both.any(axis=0))
        shared = np.minimum(problem.level[first, bridges], problem.level[seconds][:, bridges])
        for second, levels in zip(seconds.tolist(), shared, strict=True):
            bridge = int(bridges[levels.argmax()])
            if levels.max() >= _required(problem, request):
                slots = tuple((first_row + np.flatnonzero(both[:, second])).tolist())
                facts = _facts(problem, request, first, second, bridge)
                yield Chain(first, second, slots, facts)


def _bridges(problem: Problem, request: int) -> NDArray[np.intp]:
    """Columns of the languages two pilots may talk in: not the one asked for, nor German, which the first lacks."""
    german = np.array([code == GERMAN for code in problem.languages], dtype=np.bool_)
    return np.flatnonzero((problem.required_level[request] == 0) & ~german)


def _required(problem: Problem, request: int) -> int:
    """Each step has to carry what was asked of one pilot; where no language is asked for, anything does."""
    return max(int(problem.required_level[request].max(initial=0)), Level.A1)


def _facts(problem: Problem, request: int, first: int, second: int, bridge: int) -> Facts:
    asked = problem.asked_languages(request)
    best = int(asked[problem.level[first, asked].argmax()])
    spoken = problem.language_facts(request, first, best)
    return {
        "language": spoken["language"],
        "level": spoken["level"],
        "via": spoken["via"],
        "bridge": problem.languages[bridge],
        "first_level": int(problem.level[first, bridge]),
        "second_level": int(problem.level[second, bridge]),
        "first_german": int(problem.german_level[first]),
        "second_german": int(problem.german_level[second]),
    }


def _merit(problem: Problem, request: int, chain: Chain) -> tuple[int, int, float, int, int]:
    """Weakest step first of all, then all steps, then the way to go; pilot rows break ties."""
    facts = chain.facts
    steps = (facts["level"], facts["first_level"], facts["second_level"], facts["second_german"])
    ways = problem.distance_km[request, [chain.first, chain.second]]
    return -min(steps), -sum(steps), float(np.nan_to_num(ways).sum()), chain.first, chain.second
