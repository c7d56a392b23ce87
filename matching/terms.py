"""How well does a pilot suit a request, criterion by criterion, and which facts say so?

Every term scores in 0..1 from the pilot's own values alone: no score depends on who else is in the pool.
To add one: a class, a weight of the same code in weights.py, a line in terms_for, a reason text, a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.languages import Level
from matching.problem import Facts, Problem
from matching.weights import Weights

Scores = NDArray[np.float64]


class Term(Protocol):
    """What ranking and planning need of a soft criterion."""

    code: ClassVar[str]

    def score(self, problem: Problem, request: int) -> Scores:
        """[P] in 0..1, higher is better."""

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        """The codes and numbers behind the score of one pair."""


@dataclass(frozen=True)
class LanguageFit:
    """Level / C2 of the best language asked for and reached; less where understood through another one."""

    code: ClassVar[str] = "language_fit"
    via_factor: float = 0.8

    def score(self, problem: Problem, request: int) -> Scores:
        asked = problem.asked_languages(request)
        if not asked.size:
            return np.ones(problem.pilot_count)
        best: Scores = self._fit(problem, request, asked, slice(None)).max(axis=1)
        return best

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        asked = problem.asked_languages(request)
        if not asked.size:
            return problem.language_facts(request, pilot, None)
        best = int(asked[self._fit(problem, request, asked, slice(pilot, pilot + 1)).argmax()])
        return problem.language_facts(request, pilot, best)

    def _fit(self, problem: Problem, request: int, asked: NDArray[np.intp], pilots: slice) -> Scores:
        level = problem.level[pilots][:, asked]
        direct = problem.via[pilots][:, asked] < 0
        fit = level / int(Level.C2) * np.where(direct, 1.0, self.via_factor)
        return np.where(level >= problem.required_level[request, asked], fit, 0.0)


@dataclass(frozen=True)
class Proximity:
    """Nearer is better; the score halves every `half_km`. Remote counts as 0 km, unknown as far away."""

    code: ClassVar[str] = "proximity"
    half_km: float = 5.0

    def score(self, problem: Problem, request: int) -> Scores:
        if problem.remote[request]:
            return np.ones(problem.pilot_count)
        near: Scores = np.exp2(-problem.distance_km[request] / self.half_km)
        return np.nan_to_num(near, nan=0.0)

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        remote = bool(problem.remote[request])
        distance = float(problem.distance_km[request, pilot])
        return {"distance_km": None if remote or np.isnan(distance) else round(distance, 1), "remote": remote}


@dataclass(frozen=True)
class LoadSpread:
    """Who has been asked for less comes first; it never goes flat, however long the list of sessions.

    The gain of one more session in the concave welfare Σ log(1 + n) over pilots, n = sessions in 90 days,
    scaled to 1 at n = 0; times 1 - u², u = share of the wished monthly hours already used in the least used
    month of the slots.
    """

    code: ClassVar[str] = "load_spread"

    def score(self, problem: Problem, request: int) -> Scores:
        spread: Scores = session_gain(problem.recent_sessions) * (1.0 - self._used(problem, request) ** 2)
        return spread

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        monthly_hours = float(problem.monthly_hours[pilot])
        committed = problem.committed_hours[problem.slots_of(request), pilot].min()
        return {
            "recent_sessions": int(problem.recent_sessions[pilot]),
            "committed_hours": round(float(committed), 1),
            "monthly_hours": None if np.isinf(monthly_hours) else round(monthly_hours, 1),
        }

    def _used(self, problem: Problem, request: int) -> Scores:
        committed = problem.committed_hours[problem.slots_of(request)].min(axis=0)
        # Nobody has room in a month of zero hours.
        used = np.ones(problem.pilot_count)
        np.divide(committed, problem.monthly_hours, out=used, where=problem.monthly_hours > 0)
        return np.minimum(used, 1.0)


@dataclass(frozen=True)
class TopicExperience:
    """Sessions of the topic, half of their share at `half_sessions`; the rest is for wishing the topic."""

    code: ClassVar[str] = "topic_experience"
    half_sessions: float = 3.0
    wish_share: float = 0.3

    def score(self, problem: Problem, request: int) -> Scores:
        sessions = problem.topic_sessions[request]
        experience = sessions / (sessions + self.half_sessions)
        wished = problem.topic_stance[request] > 0
        topic: Scores = (1.0 - self.wish_share) * experience + self.wish_share * wished
        return topic

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        return {
            "topic": str(problem.topic[request]),
            "sessions": int(problem.topic_sessions[request, pilot]),
            "wished": bool(problem.topic_stance[request, pilot] > 0),
        }


@dataclass(frozen=True)
class Continuity:
    """Knowing each other helps, the first time most; nothing is added beyond `cap` sessions (0: off)."""

    code: ClassVar[str] = "continuity"
    cap: int = 5

    def score(self, problem: Problem, request: int) -> Scores:
        if not self.cap:
            return np.zeros(problem.pilot_count)
        sessions = np.minimum(problem.continuity[request], self.cap)
        known: Scores = (1.0 - np.exp2(-sessions.astype(np.float64))) / (1.0 - 2.0**-self.cap)
        return known

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        return {"sessions": int(problem.continuity[request, pilot]), "cap": self.cap}


def session_gain(sessions: NDArray[np.integer[Any]]) -> Scores:
    """What one more session gains in Σ log(1 + n) for each count of earlier ones: 1 at 0, never flat."""
    gain: Scores = np.log1p(1.0 / (1.0 + sessions)) / np.log(2.0)
    return gain


def terms_for(weights: Weights) -> tuple[Term, ...]:
    """The terms in the order reasons are given, with the parameters the office has set."""
    return (
        LanguageFit(),
        Proximity(half_km=weights.half_km),
        LoadSpread(),
        TopicExperience(),
        Continuity(cap=weights.continuity_cap),
    )


TERMS: tuple[Term, ...] = terms_for(Weights())
"""All soft criteria with default parameters."""
