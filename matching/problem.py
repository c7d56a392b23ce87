"""What does the matching core know about the requests, the pilots and the dates it is asked to match?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import LATEST_MINUTE as LATEST_MINUTE
from matching.arrays import ArraySpec, count, fill, flag, freeze, minute, specs_of
from matching.arrays import ProblemError as ProblemError
from matching.languages import Level

Facts = dict[str, Any]
"""Plain JSON values behind a reason: codes and numbers, never names, identifiers or sentences."""

GENDERS = frozenset({"", "f", "m", "d"})
# Limits that no true value passes, but metres and minutes taken for something else do.
FARTHEST_KM = 20_040  # half the equator
MOST_HOURS = 744  # in a month of 31 days


def _level(axes: str) -> ArraySpec:
    return ArraySpec(axes, default=0, low=0, high=Level.C2)


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Validated, read-only arrays. R requests, P pilots, S slots of all requests, L languages, B busy times.

    Rows are positions, never database keys. Times are whole minutes since 1970-01-01T00:00Z.
    Raises ProblemError on wrong shapes, dtypes, ranges, NaN, unsorted slots or ends before starts.
    """

    languages: tuple[str, ...]  # L codes: every language asked for anywhere
    required_level: Annotated[NDArray[np.int8], _level("RL")]  # 0 = not asked; any asked one is enough
    speaks: Annotated[NDArray[np.int8], _level("PL")]  # effective, after intelligibility; 0 = unknown
    understands: Annotated[NDArray[np.int8], _level("PL")]
    via: Annotated[NDArray[np.int16], ArraySpec("PL", -1, low=-1)]  # row of via_languages; -1 = itself
    via_languages: tuple[str, ...]
    required_german: Annotated[NDArray[np.int8], _level("R")]
    german_level: Annotated[NDArray[np.int8], _level("P")]

    remote: Annotated[NDArray[np.bool_], flag("R")]  # by phone or video: distance does not matter
    distance_km: Annotated[  # straight line; NaN = remote or unknown
        NDArray[np.float64], ArraySpec("RP", 0.0, low=0, high=FARTHEST_KM, nan=True)
    ]
    reach_km: Annotated[NDArray[np.float64], ArraySpec("P", np.inf, low=0)]

    slot_request: Annotated[NDArray[np.int64], count("S")]  # row of the request, ascending
    slot_start: Annotated[NDArray[np.int64], minute("S")]
    slot_end: Annotated[NDArray[np.int64], minute("S", 60)]
    half_buffer: Annotated[NDArray[np.int64], count("S")]  # minutes of travel on each side; 0 = remote
    available: Annotated[NDArray[np.bool_], flag("SP", True)]  # weekly hours minus absences cover the slot
    busy_pilot: Annotated[NDArray[np.int64], count("B")]
    busy_start: Annotated[NDArray[np.int64], minute("B")]  # half-open
    busy_end: Annotated[NDArray[np.int64], minute("B")]
    busy_buffer: Annotated[NDArray[np.int64], count("B")]  # minutes of travel around it, on each side
    busy_here: Annotated[  # at the request's own address: the bare appointment counts, nobody travels
        NDArray[np.bool_], flag("RB")
    ]

    topic: tuple[str, ...]  # R codes
    topic_stance: Annotated[NDArray[np.int8], ArraySpec("RP", 0, low=-1, high=1)]  # refused, neutral, wished
    topic_sessions: Annotated[NDArray[np.int32], count("RP")]  # completed ones of this topic
    heavy: Annotated[NDArray[np.bool_], flag("R")]  # the office counts this topic among those that weigh
    heavy_per_month: Annotated[NDArray[np.float64], ArraySpec("P", np.inf, low=0)]  # inf = no limit
    heavy_sessions: Annotated[NDArray[np.int32], count("SP")]  # already confirmed in the slot's month
    gender_wanted: tuple[str, ...]  # R of "" (no wish), "f", "m", "d"
    gender: tuple[str, ...]  # P of "" (not said), "f", "m", "d"
    minors: Annotated[NDArray[np.bool_], flag("R")]
    check_valid_until: Annotated[NDArray[np.int64], ArraySpec("P", -1, low=-1)]  # -1 = none on file
    monthly_hours: Annotated[NDArray[np.float64], ArraySpec("P", np.inf, low=0)]  # inf = no limit
    committed_hours: Annotated[  # already confirmed in the slot's month
        NDArray[np.float64], ArraySpec("SP", 0.0, low=0, high=MOST_HOURS)
    ]
    recent_sessions: Annotated[NDArray[np.int32], count("P")]  # in the last 90 days
    veto: Annotated[NDArray[np.bool_], flag("RP")]  # never again (either side), or declined this request
    continuity: Annotated[NDArray[np.int32], count("RP")]  # earlier sessions with the same help-seeker

    def __post_init__(self) -> None:
        sizes = self._sizes()
        freeze(self, ARRAYS, sizes)
        self._check_codes(sizes)
        self._check_references(sizes)
        self._check_times()

    @classmethod
    def build(cls, *, pilots: int, requests: int = 1, **given: Any) -> Problem:
        """A Problem from the arrays given, each broadcast to its shape; the rest refuse nobody.

        `level` stands for both directions of a language where neither is given. Without slots every request
        gets one, from minute 0 to 60. Raises ProblemError like the constructor.
        """
        if "level" in given:
            given = {"speaks": given["level"], "understands": given["level"], **given}
            del given["level"]
        if unknown := given.keys() - _FIELDS:
            raise ProblemError(f"Problem has no {', '.join(sorted(unknown))}")
        given.setdefault("slot_request", np.arange(requests))
        sizes = {
            "R": requests,
            "P": pilots,
            "S": np.size(given["slot_request"]),
            "L": len(given.get("languages", ())),
            "B": np.size(given.get("busy_pilot", ())),
        }
        values: dict[str, Any] = {
            "languages": tuple(given.get("languages", ())),
            "via_languages": tuple(given.get("via_languages", ())),
            "topic": _codes(given.get("topic", ""), requests),
            "gender_wanted": _codes(given.get("gender_wanted", ""), requests),
            "gender": _codes(given.get("gender", ""), pilots),
        }
        values |= fill(given, ARRAYS, sizes)
        return cls(**values)

    @property
    def request_count(self) -> int:
        return len(self.required_german)

    @property
    def pilot_count(self) -> int:
        return len(self.german_level)

    @property
    def slot_count(self) -> int:
        return len(self.slot_request)

    @cached_property
    def level(self) -> NDArray[np.int8]:
        """[P, L] what a talk can rely on: the weaker direction, for every kind of service is a talk both ways."""
        weaker: NDArray[np.int8] = np.minimum(self.speaks, self.understands)
        weaker.flags.writeable = False
        return weaker

    @cached_property
    def gender_codes(self) -> NDArray[np.str_]:
        """[P] the pilots' genders as an array, for comparison in one step."""
        return np.array(self.gender, dtype="U1")

    def slots_of(self, request: int) -> slice:
        """The rows of the request's slots; raises IndexError where there is no such request."""
        if not 0 <= request < self.request_count:
            raise IndexError(f"request {request} of {self.request_count}")
        first, last = np.searchsorted(self.slot_request, (request, request + 1))
        return slice(int(first), int(last))

    def asked_languages(self, request: int) -> NDArray[np.intp]:
        """Columns of the languages this request asks for; any one of them is enough."""
        return np.flatnonzero(self.required_level[request])

    def language_facts(self, request: int, pilot: int, language: int | None) -> Facts:
        """How this pilot and the language of this column (None: none is asked for) go together.

        `via` is the language the pilot speaks instead, None where it is this one itself.
        """
        levels = ("required_level", "level", "speaks", "understands")
        if language is None:
            return {"language": None, "via": None, **dict.fromkeys(levels, 0)}
        via = int(self.via[pilot, language])
        return {
            "language": self.languages[language],
            "via": None if via < 0 else self.via_languages[via],
            "required_level": int(self.required_level[request, language]),
            **{name: int(getattr(self, name)[pilot, language]) for name in levels[1:]},
        }

    def _sizes(self) -> dict[str, int]:
        lengths = {"R": "required_german", "P": "german_level", "S": "slot_request", "B": "busy_pilot"}
        sizes = {"L": len(self.languages)}
        for axis, name in lengths.items():
            array = getattr(self, name)
            if not isinstance(array, np.ndarray) or array.ndim != 1:
                raise ProblemError(f"{name} must be an array of one dimension")
            sizes[axis] = len(array)
        return sizes

    def _check_codes(self, sizes: Mapping[str, int]) -> None:
        for name in ("languages", "via_languages", "topic", "gender_wanted", "gender"):
            if not isinstance(getattr(self, name), tuple):
                raise ProblemError(f"{name} must be a tuple")
        for name, axis in (("topic", "R"), ("gender_wanted", "R"), ("gender", "P")):
            if len(getattr(self, name)) != sizes[axis]:
                raise ProblemError(f"{name} has {len(getattr(self, name))} entries, expected {sizes[axis]}")
        for name in ("gender_wanted", "gender"):
            if unknown := set(getattr(self, name)) - GENDERS:
                raise ProblemError(f"{name} holds {sorted(unknown)}, expected '', 'f', 'm' or 'd'")
        for name in ("languages", "via_languages"):
            codes = getattr(self, name)
            if len(set(codes)) != len(codes) or "" in codes:
                raise ProblemError(f"{name} must be distinct codes")

    def _check_references(self, sizes: Mapping[str, int]) -> None:
        for name, size in (
            ("slot_request", sizes["R"]),
            ("busy_pilot", sizes["P"]),
            ("via", len(self.via_languages)),
        ):
            array = getattr(self, name)
            if array.size and array.max() >= size:
                raise ProblemError(f"{name} points to row {array.max()} of {size}")

    def _check_times(self) -> None:
        if (np.diff(self.slot_request) < 0).any():
            raise ProblemError("slot_request must be ascending")
        without = np.setdiff1d(np.arange(self.request_count), self.slot_request)
        if without.size:
            raise ProblemError(f"request {without[0]} has no slot")
        for kind in ("slot", "busy"):
            late = np.flatnonzero(getattr(self, f"{kind}_end") <= getattr(self, f"{kind}_start"))
            if late.size:
                raise ProblemError(f"{kind} {late[0]} must end after it starts")


_FIELDS = frozenset(item.name for item in fields(Problem))
ARRAYS = specs_of(Problem)
"""Specification and dtype of each array of a Problem by name, read from its annotations."""


def _codes(value: str | Sequence[str], size: int) -> tuple[str, ...]:
    return (value,) * size if isinstance(value, str) else tuple(str(code) for code in value)
