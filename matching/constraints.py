"""Which pilots must not be asked for a request, on which of its dates, and because of which facts?

Each constraint allows per pilot ([P]) or per slot and pilot ([slots of the request, P]). A pilot is a
candidate if at least one slot passes all of them. To add one: a class, a line in CONSTRAINTS, a reason text,
a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.problem import Facts, Problem

Allowed = NDArray[np.bool_]
ROUNDING_HOURS = 1e-9  # 0.1 + 0.2 hours must fit into 0.3


class Constraint(Protocol):
    """What ranking and planning need of a hard rule."""

    code: ClassVar[str]

    def allows(self, problem: Problem, request: int) -> Allowed:
        """[P] or [slots, P]: may this pilot be asked (for this slot)?"""

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        """The codes and numbers behind the answer for one pair."""


@dataclass(frozen=True)
class Language:
    """Any one of the languages asked for is understood at its required level."""

    code: ClassVar[str] = "language"

    def allows(self, problem: Problem, request: int) -> Allowed:
        asked = problem.asked_languages(request)
        if not asked.size:
            return np.ones(problem.pilot_count, dtype=np.bool_)
        allowed: Allowed = (problem.level[:, asked] >= problem.required_level[request, asked]).any(axis=1)
        return allowed

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        """The language the pilot comes closest in; None where the request asks for no language."""
        asked = problem.asked_languages(request)
        if not asked.size:
            return {**problem.language_facts(request, pilot, None), "asked": []}
        # Subtracting in int8 would be safe for 0..6, but not obviously so.
        missing = problem.required_level[request, asked].astype(int) - problem.level[pilot, asked]
        closest = int(asked[np.argmin(missing)])
        return {
            **problem.language_facts(request, pilot, closest),
            "asked": [problem.languages[column] for column in asked],
        }


@dataclass(frozen=True)
class German:
    """The pilot's own German is good enough for this talk."""

    code: ClassVar[str] = "german"

    def allows(self, problem: Problem, request: int) -> Allowed:
        allowed: Allowed = problem.german_level >= problem.required_german[request]
        return allowed

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        return {
            "required_level": int(problem.required_german[request]),
            "level": int(problem.german_level[pilot]),
        }


@dataclass(frozen=True)
class Reach:
    """On site, the meeting place lies within the pilot's own radius; unknown distances fit only no radius."""

    code: ClassVar[str] = "reach"

    def allows(self, problem: Problem, request: int) -> Allowed:
        if problem.remote[request]:
            return np.ones(problem.pilot_count, dtype=np.bool_)
        allowed: Allowed = (problem.distance_km[request] <= problem.reach_km) | np.isposinf(problem.reach_km)
        return allowed

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        return {
            "distance_km": _number(problem.distance_km[request, pilot]),
            "reach_km": _number(problem.reach_km[pilot]),
            "remote": bool(problem.remote[request]),
        }


@dataclass(frozen=True)
class Topic:
    """The pilot has not refused this topic."""

    code: ClassVar[str] = "topic"

    def allows(self, problem: Problem, request: int) -> Allowed:
        allowed: Allowed = problem.topic_stance[request] >= 0
        return allowed

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        return {"topic": str(problem.topic[request])}


@dataclass(frozen=True)
class Gender:
    """A wish for the pilot's gender is kept; a pilot who has not said fits no such wish."""

    code: ClassVar[str] = "gender"

    def allows(self, problem: Problem, request: int) -> Allowed:
        wanted = problem.gender_wanted[request]
        if not wanted:
            return np.ones(problem.pilot_count, dtype=np.bool_)
        allowed: Allowed = problem.gender_codes == wanted
        return allowed

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        return {"wanted": str(problem.gender_wanted[request]), "gender": str(problem.gender[pilot])}


@dataclass(frozen=True)
class BackgroundCheck:
    """With minors, the inspected certificate (§ 72a SGB VIII) is still valid when the slot ends."""

    code: ClassVar[str] = "background_check"

    def allows(self, problem: Problem, request: int) -> Allowed:
        if not problem.minors[request]:
            return np.ones(problem.pilot_count, dtype=np.bool_)
        ends = problem.slot_end[problem.slots_of(request), np.newaxis]
        valid_until = problem.check_valid_until
        allowed: Allowed = (valid_until >= 0) & (valid_until >= ends)
        return allowed

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        valid_until = int(problem.check_valid_until[pilot])
        return {
            "valid_until_minute": None if valid_until < 0 else valid_until,
            "needed_until_minute": int(problem.slot_end[problem.slots_of(request)].min()),
            **_slots_refused(self, problem, request, pilot),
        }


@dataclass(frozen=True)
class Veto:
    """Neither side has said never again, and the pilot has not declined this request already."""

    code: ClassVar[str] = "veto"

    def allows(self, problem: Problem, request: int) -> Allowed:
        allowed: Allowed = ~problem.veto[request]
        return allowed

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        return {}  # a veto is given without a reason, so there is none to pass on


@dataclass(frozen=True)
class Availability:
    """The pilot's weekly hours minus absences cover the slot."""

    code: ClassVar[str] = "availability"

    def allows(self, problem: Problem, request: int) -> Allowed:
        allowed: Allowed = problem.available[problem.slots_of(request)]
        return allowed

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        return _slots_refused(self, problem, request, pilot)


@dataclass(frozen=True)
class DoubleBooking:
    """The slot, with half the travel buffer on each side unless both are at one address, overlaps no assignment."""

    code: ClassVar[str] = "double_booking"

    def allows(self, problem: Problem, request: int) -> Allowed:
        slots = problem.slots_of(request)
        travels = ~problem.busy_here[request]
        free = np.ones((slots.stop - slots.start, problem.pilot_count), dtype=np.bool_)
        for row, slot in enumerate(range(slots.start, slots.stop)):
            buffer = (problem.half_buffer[slot] + problem.busy_buffer) * travels
            before_end = problem.busy_start < problem.slot_end[slot] + buffer
            after_start = problem.busy_end > problem.slot_start[slot] - buffer
            free[row, problem.busy_pilot[before_end & after_start]] = False
        return free

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        half_buffer = problem.half_buffer[problem.slots_of(request)]
        return {
            "half_buffer_minutes": int(half_buffer.max()),
            **_slots_refused(self, problem, request, pilot),
        }


@dataclass(frozen=True)
class Capacity:
    """With this session the pilot stays within the hours wished for the slot's month."""

    code: ClassVar[str] = "capacity"

    def allows(self, problem: Problem, request: int) -> Allowed:
        slots = problem.slots_of(request)
        hours = problem.committed_hours[slots] + _hours(problem, slots)[:, np.newaxis]
        allowed: Allowed = hours <= problem.monthly_hours + ROUNDING_HOURS
        return allowed

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        """Of the slot that comes closest to fitting."""
        slots = problem.slots_of(request)
        hours = _hours(problem, slots)
        committed = problem.committed_hours[slots, pilot]
        closest = int(np.argmin(committed + hours))
        return {
            "committed_hours": _number(committed[closest]),
            "session_hours": _number(hours[closest]),
            "monthly_hours": _number(problem.monthly_hours[pilot]),
            **_slots_refused(self, problem, request, pilot),
        }


@dataclass(frozen=True)
class HeavyTopics:
    """Of the topics that weigh on a person, the pilot takes no more in the slot's month than she can bear."""

    code: ClassVar[str] = "heavy_topics"

    def allows(self, problem: Problem, request: int) -> Allowed:
        if not problem.heavy[request]:
            return np.ones(problem.pilot_count, dtype=np.bool_)
        sessions = problem.heavy_sessions[problem.slots_of(request)]
        allowed: Allowed = sessions + 1 <= problem.heavy_per_month
        return allowed

    def facts(self, problem: Problem, request: int, pilot: int) -> Facts:
        """Of the slot in the emptiest month."""
        sessions = problem.heavy_sessions[problem.slots_of(request), pilot]
        return {
            "topic": str(problem.topic[request]),
            "sessions": int(sessions.min()),
            "heavy_per_month": _number(problem.heavy_per_month[pilot]),
            **_slots_refused(self, problem, request, pilot),
        }


CONSTRAINTS: tuple[Constraint, ...] = (
    Language(),
    German(),
    Reach(),
    Topic(),
    Gender(),
    BackgroundCheck(),
    Veto(),
    Availability(),
    DoubleBooking(),
    Capacity(),
    HeavyTopics(),
)
"""All hard rules in the order of the waterfall: what a pilot is, then what the week looks like."""


def possible_slots(problem: Problem, request: int, *, without: str | None = None) -> Allowed:
    """[slots, P]: on which slots of the request every constraint allows each pilot, but for the one left out."""
    slots = problem.slots_of(request)
    possible = np.ones((slots.stop - slots.start, problem.pilot_count), dtype=np.bool_)
    for constraint in CONSTRAINTS:
        if constraint.code != without:
            possible &= constraint.allows(problem, request)
    return possible


def _hours(problem: Problem, slots: slice) -> NDArray[np.float64]:
    hours: NDArray[np.float64] = (problem.slot_end[slots] - problem.slot_start[slots]) / 60
    return hours


def _slots_refused(constraint: Constraint, problem: Problem, request: int, pilot: int) -> Facts:
    slots = problem.slots_of(request)
    count = slots.stop - slots.start
    allowed = np.broadcast_to(constraint.allows(problem, request), (count, problem.pilot_count))[:, pilot]
    return {"slots": count, "slots_refused": count - int(allowed.sum())}


def _number(value: float) -> float | None:
    return round(float(value), 1) if np.isfinite(value) else None
