"""Who suits one request best, what speaks for each of them, and why is somebody not among them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.constraints import CONSTRAINTS, Allowed
from matching.problem import Facts, Problem
from matching.terms import Scores, Term, terms_for
from matching.weights import Weights

CONSIDERED = "considered"
SCORE_DECIMALS = 12  # so that float noise does not decide ties


class Step(NamedTuple):
    """How many pilots still have a possible slot after this constraint and all before it."""

    code: str
    remaining: int


class Refusal(NamedTuple):
    """One constraint that stands in the way of one pair."""

    code: str
    facts: Facts


class Contribution(NamedTuple):
    """What one term adds to a score: weight * value / sum of weights."""

    code: str
    value: float
    weight: float
    contribution: float
    facts: Facts


@dataclass(frozen=True)
class Candidate:
    """A pilot who may be asked, the slot rows that are possible, and how the score comes about."""

    pilot: int
    score: float
    slots: tuple[int, ...]
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class Ranking:
    """The best candidates, how the pool shrank, and the first refusing code of each pilot left out."""

    candidates: tuple[Candidate, ...]
    waterfall: tuple[Step, ...]
    refused: dict[int, str]
    eligible: int


def rank(problem: Problem, request: int, weights: Weights | None = None, limit: int | None = 10) -> Ranking:
    """The `limit` best pilots of one request, best first; equal scores in ascending pilot row.

    Scores lie in 0..1 and are the sum of their contributions within 1e-9. `limit=None`: everybody eligible.
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit must not be negative: {limit}")
    weights = weights or Weights()
    terms = terms_for(weights)
    allowed, waterfall, refused = _eliminate(problem, request)
    eligible = np.flatnonzero(allowed.any(axis=0))
    values = [term.score(problem, request) for term in terms]
    parts = np.array([weights.of(term.code) * value for term, value in zip(terms, values, strict=True)])
    scores: Scores = np.round(parts.sum(axis=0) / weights.total, SCORE_DECIMALS)
    best = eligible[np.argsort(-scores[eligible], kind="stable")[:limit]]
    first_slot = problem.slots_of(request).start
    candidates = tuple(
        Candidate(
            pilot=pilot,
            score=float(scores[pilot]),
            slots=tuple((first_slot + np.flatnonzero(allowed[:, pilot])).tolist()),
            contributions=_contributions(problem, request, pilot, terms, values, weights),
        )
        for pilot in best.tolist()
    )
    return Ranking(candidates, waterfall, refused, eligible=len(eligible))


def why(problem: Problem, request: int, pilot: int) -> tuple[Refusal, ...]:
    """All that stands in the way of this pair, in the order of CONSTRAINTS; empty for a possible pair.

    A constraint is named if it refuses every slot. Where lifting all of those would still leave no slot, the
    constraints that refuse some of the slots stand in the way together and are named too.
    """
    if not 0 <= pilot < problem.pilot_count:
        raise IndexError(f"pilot {pilot} of {problem.pilot_count}")
    allowed = np.array([_per_slot(problem, request, index)[:, pilot] for index in range(len(CONSTRAINTS))])
    if allowed.all(axis=0).any():
        return ()
    blocking = ~allowed.any(axis=1)
    if not allowed[~blocking].all(axis=0).any():
        blocking = ~allowed.all(axis=1)
    return tuple(
        Refusal(CONSTRAINTS[index].code, CONSTRAINTS[index].facts(problem, request, pilot))
        for index in np.flatnonzero(blocking)
    )


def contributions_of(
    problem: Problem, request: int, pilot: int, weights: Weights | None = None
) -> tuple[Contribution, ...]:
    """How the score of one pair comes about, whether or not it is possible; the sum is that of rank()."""
    weights = weights or Weights()
    terms = terms_for(weights)
    values = [term.score(problem, request) for term in terms]
    return _contributions(problem, request, pilot, terms, values, weights)


def _eliminate(problem: Problem, request: int) -> tuple[Allowed, tuple[Step, ...], dict[int, str]]:
    slots = problem.slots_of(request)
    allowed = np.ones((slots.stop - slots.start, problem.pilot_count), dtype=np.bool_)
    remaining: Allowed = np.ones(problem.pilot_count, dtype=np.bool_)
    waterfall = [Step(CONSIDERED, problem.pilot_count)]
    refused: dict[int, str] = {}
    for constraint in CONSTRAINTS:
        np.logical_and(allowed, constraint.allows(problem, request), out=allowed)
        still: Allowed = np.logical_or.reduce(allowed, axis=0)
        refused.update(dict.fromkeys(np.flatnonzero(remaining & ~still).tolist(), constraint.code))
        waterfall.append(Step(constraint.code, int(still.sum())))
        remaining = still
    return allowed, tuple(waterfall), refused


def _per_slot(problem: Problem, request: int, constraint: int) -> Allowed:
    slots = problem.slots_of(request)
    shape = (slots.stop - slots.start, problem.pilot_count)
    return np.broadcast_to(CONSTRAINTS[constraint].allows(problem, request), shape)


def _contributions(
    problem: Problem,
    request: int,
    pilot: int,
    terms: tuple[Term, ...],
    values: list[NDArray[np.float64]],
    weights: Weights,
) -> tuple[Contribution, ...]:
    contributions = []
    for term, value in zip(terms, values, strict=True):
        weight, own = weights.of(term.code), float(value[pilot])
        facts = term.facts(problem, request, pilot)
        contributions.append(Contribution(term.code, own, weight, weight * own / weights.total, facts))
    return tuple(contributions)
