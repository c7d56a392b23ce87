"""What may be asked for differently, and which problem does that make?

A change turns a problem of one request into another over the same pilots, which shares every array it does not touch.
It touches what is asked for, never what protects: background checks, vetoes, refused topics, bookings, hours, the
German that the office asks for. To add one: a class, a line in CHANGES, one in _changes of feasibility.py, a text in
backend/feasibility_texts.py, a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from matching.languages import Level
from matching.problem import ARRAYS, Facts, Problem

# "Can handle a direct exchange on familiar matters" (CEFR, A2); A1 carries no talk for somebody else.
LOWEST_LEVEL = Level.A2
WIDER = 1.5  # times the pilot's own radius


class Change(Protocol):
    """One thing to ask for differently. `size`: how much is asked of those concerned; smaller comes first."""

    code: ClassVar[str]

    @property
    def size(self) -> int: ...

    @property
    def facts(self) -> Facts: ...

    def apply(self, problem: Problem) -> Problem:
        """The same problem with request 0 changed."""


@dataclass(frozen=True)
class OnDate:
    """Another of the draft's slots, in place of the dates wished."""

    code: ClassVar[str] = "time"
    slot: int
    same_day: bool

    @property
    def size(self) -> int:
        return 1 if self.same_day else 2

    @property
    def facts(self) -> Facts:
        return {"slot": self.slot}

    def apply(self, problem: Problem) -> Problem:
        return on_slots(problem, [self.slot])


@dataclass(frozen=True)
class AtLevel:
    """A lower level of the language asked for."""

    code: ClassVar[str] = "level"
    level: int
    instead_of: int

    @property
    def size(self) -> int:
        return 2 * (self.instead_of - self.level)

    @property
    def facts(self) -> Facts:
        return {"level": self.level}

    def apply(self, problem: Problem) -> Problem:
        required = problem.required_level
        return replace(problem, required_level=np.where(required > 0, self.level, 0).astype(required.dtype))


@dataclass(frozen=True)
class InLanguage:
    """Another language of the client's, at the same level, in place of those asked for."""

    code: ClassVar[str] = "language"
    size: ClassVar[int] = 2
    language: str

    @property
    def facts(self) -> Facts:
        return {"language": self.language}

    def apply(self, problem: Problem) -> Problem:
        return in_languages(problem, [self.language])


@dataclass(frozen=True)
class ByPhone:
    """By phone or video: nobody travels to it, but from the same address one still has to get to the phone."""

    code: ClassVar[str] = "setting"
    size: ClassVar[int] = 3

    @property
    def facts(self) -> Facts:
        return {"setting": "phone"}

    def apply(self, problem: Problem) -> Problem:
        return replace(
            problem,
            remote=np.ones_like(problem.remote),
            half_buffer=np.zeros_like(problem.half_buffer),
            busy_here=np.zeros_like(problem.busy_here),
        )


@dataclass(frozen=True)
class FartherAway:
    """Pilots come farther than they wished: a question for the office to put to them, and no promise to whoever asks.

    No offer can be made beyond a pilot's own radius: the office talks to them, and they change it.
    """

    code: ClassVar[str] = "reach"
    size: ClassVar[int] = 4

    @property
    def facts(self) -> Facts:
        return {"times": WIDER}

    def apply(self, problem: Problem) -> Problem:
        return replace(problem, reach_km=problem.reach_km * WIDER)


@dataclass(frozen=True)
class AnyGender:
    """Without the wish for a woman or a man: the most personal thing to give up."""

    code: ClassVar[str] = "gender"
    size: ClassVar[int] = 5
    wanted: str

    @property
    def facts(self) -> Facts:
        return {"wanted": self.wanted}

    def apply(self, problem: Problem) -> Problem:
        return replace(problem, gender_wanted=("",))


CHANGES: tuple[type[Change], ...] = (OnDate, AtLevel, InLanguage, ByPhone, FartherAway, AnyGender)
"""All kinds of change there are."""


def on_slots(problem: Problem, slots: Sequence[int]) -> Problem:
    """The problem of one request with just these of its slots."""
    rows = np.asarray(slots, dtype=np.intp)
    dated = {name: getattr(problem, name)[rows] for name, (spec, _) in ARRAYS.items() if spec.axes[0] == "S"}
    return replace(problem, **dated)


def in_languages(problem: Problem, languages: Sequence[str]) -> Problem:
    """The problem of one request that asks for any of these languages, at its highest required level."""
    asked = np.array([code in languages for code in problem.languages], dtype=np.bool_)
    required = np.where(asked, problem.required_level.max(initial=0), 0)
    return replace(problem, required_level=required.astype(np.int8)[np.newaxis])
