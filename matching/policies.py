"""By which rule does an office ask: everybody, the nearest, fixed waves, or by expected value?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.delays import DelayCurve
from matching.waves import Pending, WavePolicy, next_wave


class Situation(NamedTuple):
    """What an office knows of one request when it looks at it. C candidates may still be asked."""

    chance: NDArray[np.float64]  # [C] estimate of a yes
    score: NDArray[np.float64]  # [C] suitability
    distance_km: NDArray[np.float64]  # [C]
    asked_this_week: NDArray[np.int64]  # [C]
    evidence: NDArray[np.float64]  # [C] messages ever sent to each
    pending: Sequence[Pending]
    wanted: int  # seats without a yes
    waves_sent: int
    hours_left: float
    seed: int


PER_CANDIDATE = ("chance", "score", "distance_km", "asked_this_week", "evidence")


class Step(NamedTuple):
    """Rows of those to ask now, and in how many minutes to look again; None: never."""

    asked: Sequence[int]
    next_minutes: int | None


class AskingPolicy(Protocol):
    """A rule of asking."""

    @property
    def looks_at_answers(self) -> bool:
        """Whether a no makes the office look at once; a yes always ends the asking while it stands."""

    def ask(self, situation: Situation) -> Step:
        """Whom to ask now."""


@dataclass(frozen=True)
class TellEverybody:
    """One message to all who may come, at once. Who becomes free later hears of it at the next look."""

    again_minutes: int = 1440
    looks_at_answers: bool = False

    def ask(self, situation: Situation) -> Step:
        return Step(range(len(situation.chance)), self.again_minutes)


@dataclass(frozen=True)
class NearestFirst:
    """One at a time, the nearest who has not been asked; the next after a no or `patience_minutes`."""

    patience_minutes: int = 120
    looks_at_answers: bool = True

    def ask(self, situation: Situation) -> Step:
        by_distance = np.argsort(situation.distance_km, kind="stable")  # NaN (remote) comes last
        return Step(by_distance[: situation.wanted].tolist(), self.patience_minutes)


@dataclass(frozen=True)
class FixedWaves:
    """The best suited in waves of fixed sizes; the last wave goes to all others."""

    sizes: tuple[int, ...] = (5, 10)
    gap_minutes: int = 240
    looks_at_answers: bool = False

    def ask(self, situation: Situation) -> Step:
        best = np.argsort(-situation.score, kind="stable").tolist()
        if situation.waves_sent < len(self.sizes):
            best = best[: self.sizes[situation.waves_sent]]
        return Step(best, self.gap_minutes)


@dataclass(frozen=True)
class Sparing:
    """Another rule, under a contact budget: who has had `budget` messages within 7 days is left in peace."""

    rule: AskingPolicy
    budget: int = 3

    @property
    def looks_at_answers(self) -> bool:
        return self.rule.looks_at_answers

    def ask(self, situation: Situation) -> Step:
        within = np.flatnonzero(situation.asked_this_week < self.budget)
        of_those = {name: getattr(situation, name)[within] for name in PER_CANDIDATE}
        step = self.rule.ask(situation._replace(**of_those))
        return Step(within[list(step.asked)].tolist(), step.next_minutes)


@dataclass(frozen=True)
class ExpectedValue:
    """The product's rule: by chance and price (matching.waves) among the `considered` best suited not asked yet."""

    policy: WavePolicy = field(default_factory=WavePolicy)
    delay: DelayCurve = field(default_factory=DelayCurve)
    considered: int = 20
    looks_at_answers: bool = True

    def ask(self, situation: Situation) -> Step:
        suited = np.argsort(-situation.score, kind="stable")[: self.considered]
        choice = next_wave(
            situation.chance[suited],
            situation.asked_this_week[suited],
            pending=situation.pending,
            wanted=situation.wanted,
            hours_left=situation.hours_left,
            policy=self.policy,
            delay=self.delay,
            seed=situation.seed,
            evidence=situation.evidence[suited],
        )
        return Step(suited[list(choice.asked)].tolist(), choice.next_minutes)
