"""What does the matching core know about the requests, the pilots and the dates it is asked to match?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from matching.languages import Level

Facts = dict[str, Any]
"""Plain JSON values behind a reason: codes and numbers, never names, identifiers or sentences."""

GENDERS = frozenset({"", "f", "m", "d"})
# Limits that no true value passes, but metres, seconds and minutes taken for something else do.
FARTHEST_KM = 20_040  # half the equator
LATEST_MINUTE = 200_000_000  # in the year 2350
MOST_HOURS = 744  # in a month of 31 days


class ProblemError(ValueError):
    """The arrays contradict each other or hold values that mean nothing."""


class ArraySpec(NamedTuple):
    """What an array must look like: axes by letter, allowed range, and what build() fills it with."""

    axes: str
    default: Any
    low: float = -np.inf
    high: float = np.inf
    nan: bool = False


def _level(axes: str) -> ArraySpec:
    return ArraySpec(axes, default=0, low=0, high=Level.C2)


def _count(axes: str) -> ArraySpec:
    return ArraySpec(axes, default=0, low=0)


def _minute(axes: str, default: int = 0) -> ArraySpec:
    return ArraySpec(axes, default, low=-LATEST_MINUTE, high=LATEST_MINUTE)


def _flag(axes: str, default: bool = False) -> ArraySpec:
    return ArraySpec(axes, default)


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Validated, read-only arrays. R requests, P pilots, S slots of all requests, L languages, B busy times.

    Rows are positions, never database keys. Times are whole minutes since 1970-01-01T00:00Z.
    Raises ProblemError on wrong shapes, dtypes, ranges, NaN, unsorted slots or ends before starts.
    """

    languages: tuple[str, ...]  # L codes: every language asked for anywhere
    required_level: Annotated[NDArray[np.int8], _level("RL")]  # 0 = not asked; any asked one is enough
    level: Annotated[NDArray[np.int8], _level("PL")]  # effective, after intelligibility; 0 = unknown
    via: Annotated[NDArray[np.int16], ArraySpec("PL", -1, low=-1)]  # row of via_languages; -1 = itself
    via_languages: tuple[str, ...]
    required_german: Annotated[NDArray[np.int8], _level("R")]
    german_level: Annotated[NDArray[np.int8], _level("P")]

    remote: Annotated[NDArray[np.bool_], _flag("R")]  # by phone or video: distance does not matter
    distance_km: Annotated[  # straight line; NaN = remote or unknown
        NDArray[np.float64], ArraySpec("RP", 0.0, low=0, high=FARTHEST_KM, nan=True)
    ]
    reach_km: Annotated[NDArray[np.float64], ArraySpec("P", np.inf, low=0)]

    slot_request: Annotated[NDArray[np.int64], _count("S")]  # row of the request, ascending
    slot_start: Annotated[NDArray[np.int64], _minute("S")]
    slot_end: Annotated[NDArray[np.int64], _minute("S", 60)]
    half_buffer: Annotated[NDArray[np.int64], _count("S")]  # minutes of travel on each side; 0 = remote
    available: Annotated[NDArray[np.bool_], _flag("SP", True)]  # weekly hours minus absences cover the slot
    busy_pilot: Annotated[NDArray[np.int64], _count("B")]
    busy_start: Annotated[NDArray[np.int64], _minute("B")]  # half-open, with their own half buffer
    busy_end: Annotated[NDArray[np.int64], _minute("B")]
    busy_here: Annotated[  # at the request's own address: the bare appointment counts, nobody travels
        NDArray[np.bool_], _flag("RB")
    ]

    topic: tuple[str, ...]  # R codes
    topic_stance: Annotated[NDArray[np.int8], ArraySpec("RP", 0, low=-1, high=1)]  # refused, neutral, wished
    topic_sessions: Annotated[NDArray[np.int32], _count("RP")]  # completed ones of this topic
    gender_wanted: tuple[str, ...]  # R of "" (no wish), "f", "m", "d"
    gender: tuple[str, ...]  # P of "" (not said), "f", "m", "d"
    minors: Annotated[NDArray[np.bool_], _flag("R")]
    check_valid_until: Annotated[NDArray[np.int64], ArraySpec("P", -1, low=-1)]  # -1 = none on file
    monthly_hours: Annotated[NDArray[np.float64], ArraySpec("P", np.inf, low=0)]  # inf = no limit
    committed_hours: Annotated[  # already confirmed in the slot's month
        NDArray[np.float64], ArraySpec("SP", 0.0, low=0, high=MOST_HOURS)
    ]
    recent_sessions: Annotated[NDArray[np.int32], _count("P")]  # in the last 90 days
    veto: Annotated[NDArray[np.bool_], _flag("RP")]  # never again (either side), or declined this request
    continuity: Annotated[NDArray[np.int32], _count("RP")]  # earlier sessions with the same help-seeker

    def __post_init__(self) -> None:
        sizes = self._sizes()
        for name, (spec, dtype) in ARRAYS.items():
            array = getattr(self, name)
            _check_array(name, array, spec, dtype, tuple(sizes[axis] for axis in spec.axes))
            frozen = array.view()
            frozen.flags.writeable = False
            object.__setattr__(self, name, frozen)
        self._check_codes(sizes)
        self._check_references(sizes)
        self._check_times()

    @classmethod
    def build(cls, *, pilots: int, requests: int = 1, **given: Any) -> Problem:
        """A Problem from the arrays given, each broadcast to its shape; the rest refuse nobody.

        Without slots every request gets one, from minute 0 to 60. Raises ProblemError like the constructor.
        """
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
        for name, (spec, dtype) in ARRAYS.items():
            shape = tuple(sizes[axis] for axis in spec.axes)
            values[name] = _broadcast(name, given.get(name, spec.default), spec.axes, dtype, shape)
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

    def via_of(self, pilot: int, language: int) -> str | None:
        """The language the pilot speaks instead, or None where it is this one itself."""
        via = int(self.via[pilot, language])
        return None if via < 0 else self.via_languages[via]

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


def _array_specs() -> dict[str, tuple[ArraySpec, np.dtype[Any]]]:
    specs = {}
    for name, hint in get_type_hints(Problem, include_extras=True).items():
        if get_args(hint) and isinstance(get_args(hint)[-1], ArraySpec):
            array_type, spec = get_args(hint)
            (scalar,) = get_args(get_args(array_type)[1])  # NDArray[x] is ndarray[shape, dtype[x]]
            specs[name] = (spec, np.dtype(scalar))
    return specs


_FIELDS = frozenset(item.name for item in fields(Problem))
ARRAYS: Mapping[str, tuple[ArraySpec, np.dtype[Any]]] = _array_specs()
"""Specification and dtype of each array of a Problem by name, read from its annotations."""


def _check_array(
    name: str, array: Any, spec: ArraySpec, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> None:
    if not isinstance(array, np.ndarray):
        raise ProblemError(f"{name} must be an array, not {type(array).__name__}")
    if array.dtype != dtype:
        raise ProblemError(f"{name} is {array.dtype}, expected {dtype}")
    if array.shape != shape:
        raise _wrong_shape(name, array.shape, spec.axes, shape)
    if dtype == np.bool_:
        return
    if not spec.nan and np.isnan(array).any():
        raise ProblemError(f"{name} holds NaN")
    # A comparison with NaN is false, so an allowed NaN passes.
    if (array < spec.low).any() or (array > spec.high).any():
        raise ProblemError(f"{name} must lie between {spec.low:g} and {spec.high:g}")


def _broadcast(
    name: str, value: Any, axes: str, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> NDArray[Any]:
    given = np.asarray(value)
    # Cutting 2.5 km down to a whole level silently would hide a mix-up of arguments.
    if given.size and not np.can_cast(given.dtype, dtype, casting="same_kind"):
        raise ProblemError(f"{name} is {given.dtype}, expected {dtype}")
    try:
        array = np.broadcast_to(given, shape).astype(dtype)
    except ValueError:
        raise _wrong_shape(name, given.shape, axes, shape) from None
    if dtype.kind == "i" and (array != given).any():
        raise ProblemError(f"{name} does not fit into {dtype}")
    return array


def _wrong_shape(name: str, got: tuple[int, ...], axes: str, expected: tuple[int, ...]) -> ProblemError:
    return ProblemError(f"{name} has shape {got}, expected {expected} = [{', '.join(axes)}]")


def _codes(value: str | Sequence[str], size: int) -> tuple[str, ...]:
    return (value,) * size if isinstance(value, str) else tuple(str(code) for code in value)
