"""What does an invented town, or a whole state of towns, look like: who lives where, speaks what, has time when?

The same seed gives the same people. Each table below says where its proportions come from: the size of the field
(60 to 100 pilots a town, 27 to 44 languages, 300 to 1,000 sessions a year), or our reasoning. No figure is a
measurement of a real town.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.languages import Level
from matching.town_languages import (
    LANGUAGES,
    ZIPF,
    Effective,
    draw_languages,
    drawn,
    effective_levels,
    shares_of,
)

HOURS_OF_WEEK = 7 * 24
TOWN_RADIUS_KM = 12.0  # a town and what belongs to it
REGION_KM = 60.0  # across, for every 10,000 pilots: many more people than one town's share a wider region

GERMAN: Mapping[int, float] = {Level.B1: 0.15, Level.B2: 0.40, Level.C1: 0.25, Level.C2: 0.20}

# Homes: a dense centre, smaller places around it, farms and villages between; spreads as shares of the radius.
CENTRE_SHARE, AROUND_SHARE = 0.60, 0.28
CENTRE_SPREAD, AROUND_SPREAD = 0.22, 0.08
PLACES_AROUND = 5
# On foot and by bicycle in the centre, by car from further out: kilometres, shares inside, shares outside.
REACH_KM = (3.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0)
REACH_INSIDE = (0.08, 0.17, 0.22, 0.22, 0.17, 0.09, 0.04, 0.01)
REACH_OUTSIDE = (0.00, 0.02, 0.05, 0.15, 0.28, 0.27, 0.17, 0.06)

TOPICS = (
    "authority", "work", "school", "daycare", "health", "housing", "language_learning", "family", "money",
    "conflict", "orientation", "other",
)  # fmt: skip
WISHED = 0.22  # of each topic: two or three wishes a pilot
REFUSED: Mapping[str, float] = {"conflict": 0.25, "health": 0.12, "money": 0.10}  # what weighs heavily
REFUSED_OTHERWISE = 0.03
GENDERS: Mapping[str, float] = {
    "f": 0.60,
    "m": 0.38,
    "d": 0.01,
    "": 0.01,
}  # mostly women, as in most such pools
CHECKED = 0.80  # courses ask for the certificate; some have not brought it yet
# An honorary office beside work or studies; infinity: nothing said.
MONTHLY_HOURS = (4.0, 6.0, 8.0, 10.0, 15.0, 20.0, np.inf)
MONTHLY_HOURS_SHARES = (0.18, 0.18, 0.20, 0.15, 0.10, 0.05, 0.14)


class Life(NamedTuple):
    """Who has time when: share among pilots, chance of a weekday and of a Saturday, and spans of hours."""

    share: float
    weekday: float
    saturday: float
    spans: tuple[tuple[int, int], ...]


LIVES: Mapping[str, Life] = {
    # Appointments lie in office hours, which is when those who work have the least time.
    "worker": Life(0.30, 0.40, 0.35, ((16, 20), (16, 20), (8, 12), (13, 18))),
    "student": Life(0.20, 0.50, 0.30, ((8, 13), (12, 17), (14, 19), (10, 18))),
    "pensioner": Life(0.22, 0.72, 0.15, ((9, 13), (9, 17), (8, 18))),
    "at_home": Life(0.28, 0.60, 0.10, ((8, 13), (8, 13), (8, 15))),  # while the children are at school
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Town:
    """P invented pilots around O offices. Kilometres on a plane; levels 0..6; hour 0 of the week is Monday 0:00."""

    languages: tuple[str, ...]  # L codes, most asked for first
    demand: NDArray[np.float64]  # [L] shares of requests, summing to 1
    speaks: NDArray[np.int8]  # [P, L]
    understands: NDArray[np.int8]  # [P, L]
    german: NDArray[np.int8]  # [P]
    x_km: NDArray[np.float64]  # [P]
    y_km: NDArray[np.float64]  # [P]
    reach_km: NDArray[np.float64]  # [P]
    week: NDArray[np.bool_]  # [P, 168]
    monthly_hours: NDArray[np.float64]  # [P], inf: no limit
    topics: tuple[str, ...]  # T codes
    topic_stance: NDArray[np.int8]  # [P, T]: -1 refused, 0, 1 wished
    gender: tuple[str, ...]  # [P]
    checked: NDArray[np.bool_]  # [P]: background check on file
    willing: NDArray[np.float64]  # [P]: log odds by which somebody says yes more often than others
    life: tuple[str, ...]  # [P] keys of LIVES
    office: NDArray[np.int64]  # [P] row of the office each belongs to
    office_x_km: NDArray[np.float64]  # [O]
    office_y_km: NDArray[np.float64]  # [O]
    radius_km: float  # of what one office serves

    @property
    def pilots(self) -> int:
        return len(self.german)

    @property
    def offices(self) -> int:
        return len(self.office_x_km)

    @cached_property
    def effective(self) -> Effective:
        """What each pilot can talk with, closely related languages included; computed once."""
        return effective_levels(self.languages, self.speaks, self.understands)


def draw_town(pilots: int, *, seed: int, offices: int = 1, radius_km: float | None = None) -> Town:
    """A town of `pilots` people, or a state of `offices` such towns side by side; equal for equal arguments.

    Without `radius_km` an office serves 12 km around it, or more where that would be denser than 10,000 pilots
    in 60 km × 60 km. Offices differ in size by chance. Raises ValueError below one pilot or one office.
    """
    if pilots < 1 or offices < 1:
        raise ValueError(f"a town needs pilots and an office, not {pilots} and {offices}")
    rng = np.random.default_rng(seed)
    if radius_km is None:
        crowded = REGION_KM * np.sqrt(pilots / 10_000 / offices) / 2
        radius_km = float(max(TOWN_RADIUS_KM, crowded))
    demand = shares_of(1.0 / np.arange(1, len(LANGUAGES) + 1) ** ZIPF)
    speaks, understands = draw_languages(rng, pilots)
    office_x, office_y = _grid(rng, offices, radius_km)
    office = rng.choice(offices, pilots, p=shares_of(rng.lognormal(0.0, 0.25, offices)))
    x, y, outside = _homes(rng, office, offices, radius_km)
    life = drawn(rng, {name: kind.share for name, kind in LIVES.items()}, pilots)
    return Town(
        languages=LANGUAGES,
        demand=demand,
        speaks=speaks,
        understands=understands,
        german=drawn(rng, GERMAN, pilots).astype(np.int8),
        x_km=office_x[office] + x,
        y_km=office_y[office] + y,
        reach_km=np.where(
            outside,
            rng.choice(REACH_KM, pilots, p=REACH_OUTSIDE),
            rng.choice(REACH_KM, pilots, p=REACH_INSIDE),
        ),
        week=_week(rng, life),
        monthly_hours=rng.choice(MONTHLY_HOURS, pilots, p=MONTHLY_HOURS_SHARES),
        topics=TOPICS,
        topic_stance=_stances(rng, pilots),
        gender=tuple(drawn(rng, GENDERS, pilots).tolist()),
        checked=rng.random(pilots) < CHECKED,
        willing=rng.normal(0.0, 0.9, pilots),
        life=tuple(life.tolist()),
        office=office,
        office_x_km=office_x,
        office_y_km=office_y,
        radius_km=radius_km,
    )


def _grid(
    rng: np.random.Generator, offices: int, radius_km: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres of offices that serve the plane without gaps: a square grid, a little shaken."""
    side = int(np.ceil(np.sqrt(offices)))
    row, column = np.divmod(np.arange(offices), side)
    shaken = rng.uniform(-0.2, 0.2, (2, offices)) if offices > 1 else np.zeros((2, 1))
    return (column + shaken[0]) * 2 * radius_km, (row + shaken[1]) * 2 * radius_km


def _homes(
    rng: np.random.Generator, office: NDArray[np.int64], offices: int, radius_km: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Kilometres east and north of the own office, and who lives outside the centre."""
    size = len(office)
    kind = rng.random(size)
    x, y = rng.normal(0.0, CENTRE_SPREAD * radius_km, (2, size))
    angle = rng.uniform(0, 2 * np.pi, (offices, PLACES_AROUND))
    away = rng.uniform(0.5, 0.9, (offices, PLACES_AROUND)) * radius_km
    place = rng.integers(PLACES_AROUND, size=size)
    around = (kind >= CENTRE_SHARE) & (kind < CENTRE_SHARE + AROUND_SHARE)
    spread = rng.normal(0.0, AROUND_SPREAD * radius_km, (2, size))
    x = np.where(around, (away * np.cos(angle))[office, place] + spread[0], x)
    y = np.where(around, (away * np.sin(angle))[office, place] + spread[1], y)
    scattered = kind >= CENTRE_SHARE + AROUND_SHARE
    turn, far = rng.uniform(0, 2 * np.pi, size), radius_km * np.sqrt(rng.random(size))
    x = np.where(scattered, far * np.cos(turn), x)
    y = np.where(scattered, far * np.sin(turn), y)
    return x, y, around | scattered


def _week(rng: np.random.Generator, life: NDArray[np.str_]) -> NDArray[np.bool_]:
    """[P, 168] one span a day at most; everybody has one at least, on a Tuesday if chance gave none."""
    size = len(life)
    starts = np.zeros((size, 7), dtype=np.int8)
    ends = np.zeros((size, 7), dtype=np.int8)
    for name, kind in LIVES.items():
        rows = np.flatnonzero(life == name)
        chance = np.array([kind.weekday] * 5 + [kind.saturday, 0.0])
        days = rng.random((len(rows), 7)) < chance
        days[:, 1] |= ~days.any(axis=1)
        span = np.array(kind.spans, dtype=np.int8)[rng.integers(len(kind.spans), size=days.shape)]
        starts[rows], ends[rows] = np.where(days, span[..., 0], 0), np.where(days, span[..., 1], 0)
    hour = np.arange(24, dtype=np.int8)
    week: NDArray[np.bool_] = (starts[..., np.newaxis] <= hour) & (hour < ends[..., np.newaxis])
    return week.reshape(size, HOURS_OF_WEEK)


def _stances(rng: np.random.Generator, pilots: int) -> NDArray[np.int8]:
    refused = rng.random((pilots, len(TOPICS))) < [REFUSED.get(code, REFUSED_OTHERWISE) for code in TOPICS]
    wished = rng.random((pilots, len(TOPICS))) < WISHED
    return np.where(refused, -1, wished).astype(np.int8)


class Spans(NamedTuple):
    """Free time as spans of whole hours within a day: row of the pilot, weekday, first hour, hour of the end."""

    pilot: NDArray[np.int64]
    weekday: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def spans_of(week: NDArray[np.bool_]) -> Spans:
    """All runs of free hours in weeks [P, 168], by pilot, weekday and hour."""
    days = week.reshape(len(week), 7, 24)
    edges = np.diff(np.pad(days.astype(np.int8), ((0, 0), (0, 0), (1, 1))), axis=2)
    pilot, weekday, start = np.nonzero(edges == 1)
    return Spans(pilot, weekday, start, np.nonzero(edges == -1)[2])
