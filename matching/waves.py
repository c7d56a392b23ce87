"""Whom do we ask now, so that enough say yes in time and few are bothered?

Roots: Manshadi & Rodilitz, "Online Policies for Efficient Volunteer Crowdsourcing", Management Science 68 (2022): a
message costs something, because it keeps a volunteer from being asked for what comes next; Shi et al., "Improving
Efficiency of Volunteer-Based Food Rescue Operations", IAAI 2020, and WWW 2021: ask by chance, not by nearness alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.delays import DelayCurve

Chances = NDArray[np.float64]

BOUNDS: Mapping[str, tuple[float, float]] = {
    "target": (0.0, 1.0),
    "price": (0.0, 1.0),
    "budget": (1, 1000),
    "exploration": (0.0, 0.5),
    "at_most": (1, 1000),
    "interval_minutes": (1, 10_080),
}
MOST_HOURS = 10_000.0
URGENT_HOURS = 48.0  # from here on the deadline is close: an answer takes up to a day, so does the next one
URGENCY = 2.0  # at the deadline an answer is worth 1 + this much
UNCHECKED = 2.0  # a chance nobody has checked yet weighs as much as so many answers

TARGET_MET = "target_met"
ASKED = "asked"
PRICE = "price"
BUDGET = "budget"
NOBODY_LEFT = "nobody_left"


class WavesError(ValueError):
    """A rule of asking or what it is asked about means nothing."""


@dataclass(frozen=True, kw_only=True)
class WavePolicy:
    """How an office asks: how sure it wants to be, what a message costs it, and whom it leaves in peace."""

    target: float = 0.90  # ask no more once P(enough say yes in time) is this high
    price: float = (
        0.12  # of a message, in filled seats: ask while it raises their expected number by this much
    )
    budget: int = 3  # offers per pilot and 7 days
    exploration: float = 0.10  # share of the places for people we know little of
    at_most: int = 10  # asked in one wave
    interval_minutes: int = 120  # until the next look

    def __post_init__(self) -> None:
        for item in fields(self):
            value, (least, most) = getattr(self, item.name), BOUNDS[item.name]
            number = int if isinstance(item.default, int) else int | float
            if isinstance(value, bool) or not isinstance(value, number) or not least <= value <= most:
                raise WavesError(f"{item.name} must be a number between {least:g} and {most:g}: {value!r}")

    def to_dict(self) -> dict[str, float | int]:
        """Plain numbers by name, as stored with a series of waves."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> WavePolicy:
        """The rules stored by to_dict(); missing names get their default; raises WavesError."""
        if unknown := values.keys() - BOUNDS.keys():
            raise WavesError(f"asking knows no rule {', '.join(sorted(map(str, unknown)))}")
        return cls(**values)


class Pending(NamedTuple):
    """Somebody who has not answered for `hours` outside quiet ones; `chance` of a yes as it was when asked."""

    chance: float
    hours: float


class WaveChoice(NamedTuple):
    """Whom to ask, and what it is worth. `next_minutes`: when to look again; None when nobody is left to ask."""

    asked: tuple[int, ...]  # rows of the candidates, in the order of asking
    explored: frozenset[int]  # those of them who are asked to learn something
    chance_before: float  # P(at least `wanted` say yes in time) without this wave
    chance: float  # with it
    next_minutes: int | None
    reason: str  # asked, or what stood against it: target_met, price, budget, nobody_left


def urgency(hours_left: float) -> float:
    """What a yes is worth: 1 while there is time, rising to 1 + URGENCY at the deadline."""
    closeness = 1.0 - min(max(hours_left / URGENT_HOURS, 0.0), 1.0)
    return 1.0 + URGENCY * closeness


def still_yes(pending: Sequence[Pending], delay: DelayCurve, *, hours_left: float = math.inf) -> Chances:
    """[n] P(a yes comes within `hours_left` | no answer so far): by Bayes, silence makes it less likely."""
    if not pending:
        return np.zeros(0)
    chance, hours = np.array(pending, dtype=np.float64).T
    _check_chances(chance)
    come, in_time = delay.answered_by(np.array([hours, hours + max(hours_left, 0.0)]))
    open_still = 1.0 - chance * come
    surely_silent = open_still <= 0.0  # a sure yes that should have come long ago
    return np.where(surely_silent, 0.0, chance * (in_time - come) / np.where(surely_silent, 1.0, open_still))


def silence(pending: Sequence[Pending], delay: DelayCurve, *, hours_left: float = math.inf) -> float:
    """P(nobody of those asked will still say yes within `hours_left`)."""
    return float(np.prod(1.0 - still_yes(pending, delay, hours_left=hours_left)))


def odds_of_count(chances: Iterable[float], most: int) -> list[float]:
    """[most + 1] P(exactly 0, 1, … independent yeses); the last: P(at least `most`). Poisson-binomial."""
    odds = [1.0] + [0.0] * most
    for chance in chances:
        odds = _with_one_more(odds, chance)
    return odds


def next_wave(
    chance: Chances,
    asked_this_week: NDArray[np.int64],
    *,
    pending: Sequence[Pending],
    wanted: int = 1,
    hours_left: float,
    policy: WavePolicy,
    delay: DelayCurve,
    seed: int,
    evidence: NDArray[np.float64] | None = None,
) -> WaveChoice:
    """Ask by chance of a yes, likeliest first, while a message is worth its price and the target is not met.

    chance [C]: P(yes) of each candidate not asked yet, recent messages considered; evidence [C]: answers known of
    each. A message is worth what it adds to the expected number of filled seats, P(too few without it) times
    P(yes in time), times `urgency`. Equal chances: the less asked this week, then the lower row. Equal for equal
    arguments. Raises WavesError.
    """
    known = np.zeros(len(chance)) if evidence is None else evidence
    if not chance.ndim == 1 or not chance.shape == asked_this_week.shape == known.shape:
        raise WavesError("chance, asked_this_week and evidence must be lists of one length")
    _check_chances(chance)
    left: list[int] = np.lexsort((asked_this_week, -chance)).tolist() if hours_left > 0 else []
    free = [row for row in left if asked_this_week[row] < policy.budget]
    in_time = chance * float(delay.answered_by(hours_left))
    odds = odds_of_count(still_yes(pending, delay, hours_left=hours_left).tolist(), max(wanted, 0))
    before = odds[-1]
    places = _Places(policy.exploration, seed, chance, known)
    asked: list[int] = []
    stopped = ASKED
    while len(asked) < policy.at_most:
        if odds[-1] >= policy.target:
            stopped = TARGET_MET
            break
        if not free:
            stopped = BUDGET if left else NOBODY_LEFT
            break
        worth = (1.0 - odds[-1]) * in_time[free[0]] * urgency(hours_left)
        if worth <= 0.0 or worth < policy.price:
            stopped = PRICE
            break
        asked.append(free.pop(places.next(free)))
        odds = _with_one_more(odds, float(in_time[asked[-1]]))
    return WaveChoice(
        asked=tuple(asked),
        explored=frozenset(places.explored),
        chance_before=before,
        chance=odds[-1],
        next_minutes=_next_look(policy, hours_left) if len(left) > len(asked) and wanted > 0 else None,
        reason=ASKED if asked else stopped,
    )


class _Places:
    """Who gets the next place of a wave: the likeliest, or, for the share to explore, a Thompson draw.

    A draw from what each one's chance may really be (beta, the wider the fewer answers are known) lets those seldom
    asked win now and then, and the hopeless hardly ever. The rounding is by chance, so that waves of one place
    explore too: of n places at most ceil(share * n), share * n on average.
    """

    def __init__(self, share: float, seed: int, chance: Chances, evidence: Chances) -> None:
        self.explored: set[int] = set()
        self._share = share
        self._rng = np.random.default_rng(seed)
        self._due = float(self._rng.random()) if share else 0.0
        self._chance = chance
        self._strength = UNCHECKED + evidence

    def next(self, free: list[int]) -> int:
        """The position in `free`, likeliest first, of the one who gets the place."""
        self._due += self._share
        if self._due < 1.0:
            return 0
        self._due -= 1.0
        chance = np.clip(self._chance[free], 1e-3, 1 - 1e-3)
        strength = self._strength[free]
        drawn = int(np.argmax(self._rng.beta(chance * strength, (1.0 - chance) * strength)))
        if drawn > 0:
            self.explored.add(free[drawn])
        return drawn


def _with_one_more(odds: list[float], chance: float) -> list[float]:
    shifted = [0.0, *odds[:-1]]
    more = [have * (1.0 - chance) + below * chance for have, below in zip(odds, shifted, strict=True)]
    more[-1] = odds[-1] + shifted[-1] * chance  # enough stays enough
    return more


def _next_look(policy: WavePolicy, hours_left: float) -> int:
    """After the interval, or at the deadline where that comes first."""
    return max(1, min(policy.interval_minutes, math.ceil(min(hours_left, MOST_HOURS) * 60)))


def _check_chances(chance: Chances) -> None:
    if not ((chance >= 0.0) & (chance <= 1.0)).all():  # also refuses NaN
        raise WavesError("chances must lie between 0 and 1")
