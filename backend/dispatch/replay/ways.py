"""By which names are ways of asking known to the replay, and what does each of them do?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from backend.dispatch.asking import CONSIDERED
from matching.delays import DelayCurve
from matching.policies import (
    AskingPolicy,
    ExpectedValue,
    FixedWaves,
    NearestFirst,
    Situation,
    Step,
    TellEverybody,
)
from matching.stream import Stream
from matching.stream_plan import planned_daily
from matching.waves import WavePolicy


@dataclass(frozen=True)
class BestFirst:
    """One at a time, the best suited who has not been asked; the next after a no or `patience_minutes`."""

    patience_minutes: int = 120
    looks_at_answers: bool = True

    def ask(self, situation: Situation) -> Step:
        """Whom to ask now."""
        best = np.argsort(-situation.score, kind="stable")
        return Step(best[: situation.wanted].tolist(), self.patience_minutes)


class Way(NamedTuple):
    """A rule of asking, and what is done with the requests before anybody is asked."""

    policy: AskingPolicy
    prepared: Callable[[Stream, int], Stream] = lambda stream, buffer_minutes: stream


ALWAYS = ("nearest-first", "fixed-waves")
USUAL = ("best-first", "expected-value")
PLAN = "plan-daily"


def ways_of_asking(policy: WavePolicy, delay: DelayCurve) -> Mapping[str, Way]:
    """All ways by name; those by expected value follow the office's rules."""
    return {
        "nearest-first": Way(NearestFirst()),
        "fixed-waves": Way(FixedWaves()),
        "best-first": Way(BestFirst()),
        "tell-everybody": Way(TellEverybody()),
        "expected-value": Way(ExpectedValue(policy, delay, CONSIDERED)),
        "without-price": Way(ExpectedValue(replace(policy, price=0.0), delay, CONSIDERED)),
        PLAN: Way(
            BestFirst(), lambda stream, buffer_minutes: planned_daily(stream, buffer_minutes=buffer_minutes)
        ),
    }


NAMES = tuple(ways_of_asking(WavePolicy(), DelayCurve()))
