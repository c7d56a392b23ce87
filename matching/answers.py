"""How do people answer when they are asked? The assumed truth behind a simulation, the same for every policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from matching.delays import DelayCurve
from matching.quiet import QuietHours

TINY = 1e-12
BOUNDS: Mapping[str, tuple[float, float]] = {
    "keenness": (-5, 5),
    "declines_told": (0, 1),
    "fatigue": (0, 1),
    "patience": (0, 10_000),
    "muting": (0, 1),
    "doubt_of_pilots": (0, 10),
    "doubt_of_pairs": (0, 10),
    "learning": (0.1, 10_000),
    "confused": (0, 1),
}


class BehaviourError(ValueError):
    """An assumption about how people answer means nothing."""


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What we assume of people. Not fitted: each value has its reason, none is set by the rule on trial."""

    delay: DelayCurve = field(default_factory=DelayCurve)
    # Log odds by which a message gets a yes more often than the stream assumes. An invented town draws people who are
    # asked in person; with this, one by one to the nearest takes the 7 messages per filled request of the design.
    keenness: float = -0.7
    declines_told: float = 0.6  # of those who do not want to: a "no" is one tap, many still say nothing
    fatigue: float = 0.85  # each message within the last 7 days leaves this share of the chance of a yes
    patience: int = 4  # messages in 7 days borne without harm: nearly one a working day
    # Chance that one more makes somebody leave for good: overload then costs about as many as in the design.
    muting: float = 0.1
    quiet: QuietHours = field(default_factory=QuietHours)  # nobody is asked, nobody answers
    # Standard deviations of the log odds by which estimates err: about a person, and about this request for them.
    doubt_of_pilots: float = 0.6  # before answers are known
    doubt_of_pairs: float = 0.4  # never goes away
    learning: float = 10.0  # so many messages to a person halve the variance of the first
    confused: float = 0.0  # share of the pairs whose estimate is another pair's

    def __post_init__(self) -> None:
        for item in fields(self):
            if item.name in BOUNDS:
                value, (least, most) = getattr(self, item.name), BOUNDS[item.name]
                if not least <= value <= most:
                    raise BehaviourError(f"{item.name} must lie between {least} and {most}: {value}")

    def answer_minute(self, minute: int) -> int:
        """When an answer due at `minute` comes: what falls into quiet hours comes within an hour after them."""
        morning = self.quiet.end_of(minute)
        return morning if morning == minute else morning + (morning - minute) % 60


@dataclass(frozen=True, eq=False)
class Luck:
    """All chance of a run, drawn in advance for E pairs, so that every policy meets the same people."""

    chance: NDArray[np.float64]  # [E] of a yes by somebody who has not been asked lately
    wants: NDArray[np.float64]  # [E] says yes where this lies below the chance
    delay_hours: NDArray[np.float64]  # [E]
    tells: NDArray[np.bool_]  # [E] whether a no is told
    leaves: NDArray[np.bool_]  # [E] whether this message, beyond patience, is the last one
    pair_error: NDArray[np.float64]  # [E] of the estimate, in log odds
    pilot_error: NDArray[np.float64]  # [P]
    believed: NDArray[np.float64]  # [E] log odds the estimate starts from
    average: float  # of them
    variety: float  # their variance

    @classmethod
    def draw(
        cls,
        chance: NDArray[np.float64],
        pilots: int,
        behaviour: Behaviour,
        *,
        seed: int,
        believed: NDArray[np.float64] | None = None,
    ) -> Luck:
        """The luck of pairs whose stream assumes `chance` [E]; equal for equal arguments.

        `believed` [E]: what the office's own model says instead, where people's true answers are known.
        """
        rng = np.random.default_rng(seed)
        pairs = len(chance)
        delay = behaviour.delay
        share = np.clip(rng.random(pairs), 1e-9, 1 - 1e-9)
        truly = logit(np.clip(chance, 1e-4, 1 - 1e-4)) + behaviour.keenness
        seen = truly if believed is None else logit(np.clip(believed, 1e-4, 1 - 1e-4)) + behaviour.keenness
        luck = cls(
            chance=np.where(chance > 0, expit(truly), 0.0),
            wants=rng.random(pairs),
            delay_hours=delay.median_hours * np.exp(delay.spread * ndtri(share)),
            tells=rng.random(pairs) < behaviour.declines_told,
            leaves=rng.random(pairs) < behaviour.muting,
            pair_error=rng.normal(0.0, 1.0, pairs) * behaviour.doubt_of_pairs,
            pilot_error=rng.normal(0.0, 1.0, pilots) * behaviour.doubt_of_pilots,
            believed=seen.copy(),
            average=float(seen.mean()) if pairs else 0.0,
            variety=float(seen.var()) if pairs else 0.0,
        )
        mixed_up = np.flatnonzero(rng.random(pairs) < behaviour.confused)
        luck.believed[mixed_up] = luck.believed[rng.permutation(mixed_up)]
        return luck

    def estimate(
        self,
        pairs: NDArray[np.int64],
        pilots: NDArray[np.int64],
        known: NDArray[np.float64],
        behaviour: Behaviour,
    ) -> NDArray[np.float64]:
        """[n] what the office believes of these pairs; the error about a person fades with messages `known` [n].

        The office's model is calibrated: the less it knows, the nearer its estimate stays to the average.
        """
        fading = behaviour.learning / (behaviour.learning + known)
        doubt = behaviour.doubt_of_pairs**2 + behaviour.doubt_of_pilots**2 * fading
        seen = self.believed[pairs] + self.pair_error[pairs] + self.pilot_error[pilots] * np.sqrt(fading)
        trust = self.variety / (self.variety + doubt + TINY)
        return np.asarray(expit(self.average + trust * (seen - self.average)), dtype=np.float64)
