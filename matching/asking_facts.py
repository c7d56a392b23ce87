"""What is known at the moment of asking, and how does it become the columns of the acceptance model?

Facts of the appointment and of the working relation only. Nothing protected is among them: no gender, no language, no
origin, no age; a test keeps the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Column = NDArray[np.float64]

USUAL_SHARE = 0.35  # of those asked say yes, where nothing is known
USUAL_SILENCE = 0.2
KNOWN_AFTER = 4.0  # earlier answers after which one's own share counts as much as the usual one
LONGEST_PAUSE_DAYS = 180.0
FARTHEST_OF_REACH = 1.5  # beyond one's reach the exact ratio says nothing


@dataclass(frozen=True, kw_only=True, eq=False)
class AskingFacts:
    """One array per fact, [N] each after broadcasting; of several dates the share or the mean of those offered."""

    distance_km: ArrayLike  # NaN: by phone, or unknown
    reach_km: ArrayLike
    remote: ArrayLike
    lead_hours: ArrayLike  # until the first date
    early: ArrayLike  # share of the dates before 9, after 13, after 16 o'clock, and on a weekend
    afternoon: ArrayLike
    late: ArrayLike
    weekend: ArrayLike
    hours: ArrayLike  # how long the appointment takes
    dates: ArrayLike
    urgent: ArrayLike
    topic_wished: ArrayLike
    topic_sessions: ArrayLike
    continuity: ArrayLike  # earlier sessions with the same person
    sessions_90d: ArrayLike
    messages_7d: ArrayLike
    messages_28d: ArrayLike
    answers: ArrayLike  # earlier offers that count: answered, or expired
    said_yes: ArrayLike
    unanswered: ArrayLike
    days_since_asked: ArrayLike  # inf: never
    active_months: ArrayLike


def day_part(hour: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Early, afternoon, late: the blocks of the day besides the morning, by local hour."""
    at = np.asarray(hour)
    return at < 9, (at >= 13) & (at < 16), at >= 16


def _plain(name: str) -> Callable[[Mapping[str, Any]], Column]:
    return lambda facts: facts[name]


def _log(name: str) -> Callable[[Mapping[str, Any]], Column]:
    return lambda facts: np.log1p(np.maximum(facts[name], 0.0))


def _of_reach(facts: Mapping[str, Any]) -> Column:
    ratio = np.nan_to_num(facts["distance_km"]) / np.maximum(facts["reach_km"], 1.0)
    capped: Column = np.minimum(ratio, FARTHEST_OF_REACH)
    return capped


def _share(name: str, usual: float) -> Callable[[Mapping[str, Any]], Column]:
    """The own share, drawn to the usual one while there are few answers."""
    return lambda facts: (facts[name] + KNOWN_AFTER * usual) / (facts["answers"] + KNOWN_AFTER)


_COLUMNS: Mapping[str, Callable[[Mapping[str, Any]], Column]] = {
    "distance": lambda facts: np.log1p(np.nan_to_num(facts["distance_km"])),
    "distance_of_reach": _of_reach,
    "remote": _plain("remote"),
    "lead_time": _log("lead_hours"),
    "early": _plain("early"),
    "afternoon": _plain("afternoon"),
    "late": _plain("late"),
    "weekend": _plain("weekend"),
    "duration": _plain("hours"),
    "dates": _plain("dates"),
    "urgent": _plain("urgent"),
    "topic_wished": _plain("topic_wished"),
    "topic_sessions": _log("topic_sessions"),
    "continuity": _log("continuity"),
    "sessions_90d": _log("sessions_90d"),
    "messages_7d": _log("messages_7d"),
    "messages_28d": _log("messages_28d"),
    "yes_share": _share("said_yes", USUAL_SHARE),
    "unanswered_share": _share("unanswered", USUAL_SILENCE),
    "days_since_asked": lambda facts: np.log1p(np.minimum(facts["days_since_asked"], LONGEST_PAUSE_DAYS)),
    "active_months": _log("active_months"),
}
FEATURES: tuple[str, ...] = tuple(_COLUMNS)
"""The columns by name, in order."""


def columns(facts: AskingFacts) -> NDArray[np.float64]:
    """[N, F] in the order of FEATURES, all finite. Raises ValueError for facts of different lengths, or not numbers."""
    names = [item.name for item in fields(AskingFacts)]
    arrays = (np.atleast_1d(np.asarray(getattr(facts, name), np.float64)) for name in names)
    given = dict(zip(names, np.broadcast_arrays(*arrays), strict=True))
    table = np.column_stack([column(given) for column in _COLUMNS.values()])
    if not np.isfinite(table).all():
        bad = sorted({FEATURES[column] for column in np.flatnonzero(~np.isfinite(table).all(axis=0))})
        raise ValueError(f"not a number: {', '.join(bad)}")
    return table
