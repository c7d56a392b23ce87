"""What do a period's requests and sessions add up to? Arithmetic over rows, without the database."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter
from statistics import median
from typing import Literal

import numpy as np

from backend.dispatch.states import HelpRequestStatus
from backend.reporting.rows import Material, PilotRow, RequestRow, SessionRow

DAY_HOURS = 24
MONTH_SECONDS = 365.25 / 12 * 24 * 3600
Dimension = Literal["language", "topic", "organisation", "postcode"]
DIMENSIONS: tuple[Dimension, ...] = ("language", "topic", "organisation", "postcode")
# Upper ends of the steps, the last one open: days for lead times, hours for waits, sessions for the load.
LEAD_STEPS = (1, 3, 7, 14, 30)
WAIT_STEPS = (4, 12, 24, 48, 96, 168)
LOAD_STEPS = (0, 1, 2, 4, 9, 19)


@dataclass
class Group:
    """What one language, topic, organisation or place brought."""

    key: str
    place: str = ""
    requests: int = 0
    filled: int = 0
    unmet: int = 0
    sessions: int = 0
    minutes: int = 0

    @property
    def hours(self) -> float:
        return self.minutes / 60


@dataclass(frozen=True)
class Spread:
    """A distribution by its middle, its tail and its steps: `steps` counts what lies up to each upper end."""

    count: int
    median: float | None
    p90: float | None
    steps: tuple[int, ...]


@dataclass(frozen=True)
class Load:
    """How evenly the sessions lie on the active pilots."""

    pilots: int
    sessions: int
    gini: float | None  # 0: all have as many; near 1: one has all
    top_share: float | None  # of the sessions, what the busiest tenth has taken on
    steps: tuple[int, ...]


@dataclass(frozen=True)
class Balance:
    """Demand for one language beside those who speak it."""

    language: str
    requests: int
    unmet: int
    pilots: int
    weekly_hours: float


@dataclass
class Gap:
    """Unmet requests for one language by weekday of the first date (Monday first), and the places they came from."""

    language: str
    weekdays: list[int] = field(default_factory=lambda: [0] * 7)
    places: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.weekdays)


@dataclass(frozen=True)
class Asking:
    """How many were asked, and what they said."""

    asked: int
    answered: int
    filled: int

    @property
    def per_filled(self) -> float | None:
        return self.asked / self.filled if self.filled else None

    @property
    def answered_share(self) -> float | None:
        return self.answered / self.asked if self.asked else None


@dataclass(frozen=True)
class Month:
    """What came in and what took place in one month."""

    year: int
    month: int
    requests: int
    unmet: int
    sessions: int
    minutes: int


@dataclass(frozen=True)
class Headline:
    """The one row on top."""

    requests: int
    filled: int
    unmet: int
    open: int
    withdrawn: int
    sessions: int
    minutes: int
    people: int  # pilots who had at least one session
    active_pilots: int

    @property
    def filled_share(self) -> float | None:
        """Of those decided either way."""
        decided = self.filled + self.unmet
        return self.filled / decided if decided else None


def headline(material: Material) -> Headline:
    states = Counter(row.status for row in material.requests)
    return Headline(
        requests=len(material.requests),
        filled=sum(row.is_filled for row in material.requests),
        unmet=states[HelpRequestStatus.UNFILLED],
        open=states[HelpRequestStatus.OPEN],
        withdrawn=states[HelpRequestStatus.WITHDRAWN],
        sessions=len(material.sessions),
        minutes=sum(row.minutes for row in material.sessions),
        people=len({row.pilot for row in material.sessions}),
        active_pilots=sum(row.is_active for row in material.pilots),
    )


def grouped(material: Material, by: Dimension) -> list[Group]:
    """Requests and sessions by one of their marks; most requests first."""
    groups: dict[str, Group] = {}
    key_of = attrgetter(by)

    def group_of(row: RequestRow | SessionRow) -> Group:
        key = key_of(row)
        found = groups.get(key)
        if found is None:
            found = groups[key] = Group(key, place=row.place)
        return found

    for request in material.requests:
        group = group_of(request)
        group.requests += 1
        group.filled += request.is_filled
        group.unmet += request.is_unmet
    for session in material.sessions:
        group = group_of(session)
        group.sessions += 1
        group.minutes += session.minutes
    return sorted(groups.values(), key=lambda one: (-one.requests, -one.sessions, one.key))


def balances(material: Material) -> list[Balance]:
    """Every language asked for or spoken; what is asked for most stands first."""
    demand, unmet = Counter[str](), Counter[str]()
    for row in material.requests:
        demand[row.language] += 1
        unmet[row.language] += row.is_unmet
    speakers: dict[str, list[PilotRow]] = {}
    for pilot in material.pilots:
        for code in pilot.languages if pilot.is_active else ():
            speakers.setdefault(code, []).append(pilot)
    found = [
        Balance(
            code,
            demand[code],
            unmet[code],
            len(speakers.get(code, ())),
            sum(pilot.weekly_hours for pilot in speakers.get(code, ())),
        )
        for code in demand.keys() | speakers.keys()
    ]
    return sorted(found, key=lambda one: (-one.requests, one.pilots, one.language))


def gaps(material: Material) -> list[Gap]:
    """Where nobody came, by language, weekday and place; the largest gap first."""
    found: dict[str, Gap] = {}
    for row in material.requests:
        if not row.is_unmet or row.first_day is None:
            continue
        gap = found.setdefault(row.language, Gap(row.language))
        gap.weekdays[row.first_day.weekday()] += 1
        gap.places[row.place] += 1
    return sorted(found.values(), key=lambda one: (-one.total, one.language))


def unmet_reasons(material: Material) -> list[tuple[str, int]]:
    """Reason codes of what could not be covered, most frequent first."""
    return Counter(row.reason for row in material.requests if row.is_unmet).most_common()


def lead_days(material: Material) -> Spread:
    """Days from the request to its first date."""
    found = (_hours(row.lead) / DAY_HOURS for row in material.requests if row.lead is not None)
    return spread(found, LEAD_STEPS)


def hours_to_yes(material: Material) -> Spread:
    """Hours from the request to the first yes."""
    found = (_hours(row.until_yes) for row in material.requests if row.until_yes is not None)
    return spread(found, WAIT_STEPS)


def hours_to_confirmation(material: Material) -> Spread:
    """Hours from the request to the office's confirmation."""
    found = (_hours(row.until_confirmed) for row in material.requests if row.until_confirmed is not None)
    return spread(found, WAIT_STEPS)


def load(material: Material) -> Load:
    """Sessions per pilot; whoever is active and had none counts with none."""
    counts = Counter(row.pilot for row in material.sessions)
    counts.update({pilot.pk: 0 for pilot in material.pilots if pilot.is_active})
    values = np.sort(np.array(list(counts.values()), dtype=np.float64))
    total = float(values.sum())
    gini = top = None
    if total:
        ranks = np.arange(1, len(values) + 1)
        gini = float((2 * ranks - len(values) - 1) @ values / (len(values) * total))
        busiest = max(1, round(len(values) / 10))
        top = float(values[-busiest:].sum() / total)
    return Load(len(values), int(total), gini, top, steps_of(values.tolist(), LOAD_STEPS))


def asking(material: Material) -> Asking:
    return Asking(
        asked=sum(row.asked for row in material.requests),
        answered=sum(row.answered for row in material.requests),
        filled=sum(row.is_filled for row in material.requests),
    )


def months(material: Material) -> list[Month]:
    """Every month of the period up to the present one."""
    today = material.local(material.now).date()
    came, unmet, held = Counter[tuple[int, int]](), Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    minutes = Counter[tuple[int, int]]()
    for request in material.requests:
        month = request.day.year, request.day.month
        came[month] += 1
        unmet[month] += request.is_unmet
    for session in material.sessions:
        month = session.day.year, session.day.month
        held[month] += 1
        minutes[month] += session.minutes
    return [
        Month(*month, came[month], unmet[month], held[month], minutes[month])
        for month in material.period.months()
        if month <= (today.year, today.month)
    ]


def active_months(material: Material) -> list[tuple[str, int, float]]:
    """Gender, pilots and months of activity within the period; pauses count as activity."""
    since, until = material.period.moments(material.office.zone)
    people, lasted = Counter[str](), Counter[str]()
    for pilot in material.pilots:
        if pilot.active_at is None:
            continue
        start, end = max(pilot.active_at, since), min(pilot.left_at or material.now, material.now, until)
        if end > start:
            people[pilot.gender] += 1
            lasted[pilot.gender] += round((end - start).total_seconds())
    return [(gender, people[gender], lasted[gender] / MONTH_SECONDS) for gender in sorted(people)]


def spread(values: Iterable[float], steps: Sequence[float]) -> Spread:
    """Middle, nine tenths and steps of some durations."""
    found = list(values)
    if not found:
        return Spread(0, None, None, (0,) * (len(steps) + 1))
    return Spread(len(found), float(median(found)), float(np.percentile(found, 90)), steps_of(found, steps))


def steps_of(values: Iterable[float], ends: Sequence[float]) -> tuple[int, ...]:
    """How many values lie up to each end, and beyond the last."""
    counts = [0] * (len(ends) + 1)
    for value in values:
        counts[bisect_left(ends, value)] += 1
    return tuple(counts)


def _hours(span: timedelta) -> float:
    return max(span.total_seconds(), 0.0) / 3600
