"""What is asked of an invented town, when, for when, and where?

Where the proportions come from stands at each table: the field's own rules (lead time, alternative dates, who may
ask), or our reasoning. Minutes are wall-clock minutes since 1970-01-01T00:00, a Thursday; the town has no time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.languages import Level
from matching.town import Town
from matching.town_languages import LANGUAGES, drawn, shares_of

DAY_MINUTES = 24 * 60
# Requests by month, January first, 1 = an average one: January and July are low (holidays, courses begin later),
# the new school year in August and September is the peak, December ends at Christmas.
SEASON = (0.75, 0.95, 1.05, 0.95, 1.00, 1.00, 0.80, 1.25, 1.35, 1.10, 1.05, 0.75)
SCHOOL_MONTHS, SCHOOL_START = (8, 9), 2.0  # twice as many about school and daycare then
CHRISTMAS_FROM, CHRISTMAS_UNTIL, CHRISTMAS = (12, 24), (1, 1), 0.2  # offices are closed
# Organisations write on working days, most after the weekend and few on Friday afternoon.
WEEKDAYS = (1.50, 1.45, 1.40, 1.45, 1.00, 0.12, 0.08)
OFFICE_HOURS = (8 * 60, 10 * 60, 17 * 60)  # first, busiest and last minute for organisations
EVENINGS = (9 * 60, 21 * 60)  # help-seekers write when they have time

# Offices ask for 5 to 7 working days; some come earlier, some cannot: 1 + beta-binomial, median 7.
LEAD_DAYS_AT_MOST = 15
LEAD_SHAPE = (2.2, 2.9)
URGENT, URGENT_DAYS = 0.08, (1, 3)
ALTERNATIVES: Mapping[int, float] = {1: 0.55, 2: 0.30, 3: 0.15}
FIRST_HOUR, LAST_HOUR = 8, 17
MINUTES: Mapping[int, float] = {30: 0.10, 45: 0.15, 60: 0.50, 90: 0.17, 120: 0.08}
# By half hours from 8:00 on: mornings are for authorities and schools, afternoons for conversations with parents.
STARTS = np.array([5, 6, 9, 9, 10, 9, 8, 5, 3, 3, 6, 7, 7, 6, 5, 4], dtype=np.float64)

ORGANISED = 0.85  # through a registered organisation; otherwise help-seekers themselves
ORGANISATIONS_PER_OFFICE = 14
AT_ORGANISATION = 0.75  # otherwise near the help-seeker's home: a doctor, a landlord
REMOTE = 0.10
GENDER_WISH = 0.20
GENDER_WISHED: Mapping[str, float] = {"f": 0.9, "m": 0.1}
LEVELS: Mapping[int, float] = {Level.B1: 0.50, Level.B2: 0.40, Level.C1: 0.10}
SEEN_BEFORE = 0.40  # of the requests are for somebody who has been accompanied before


class Matter(NamedTuple):
    """A topic's share among requests, and how often minors are involved."""

    share: float
    minors: float


MATTERS: Mapping[str, Matter] = {
    "authority": Matter(0.25, 0.05),
    "work": Matter(0.08, 0.00),
    "school": Matter(0.19, 0.60),
    "daycare": Matter(0.11, 0.60),
    "health": Matter(0.13, 0.20),
    "housing": Matter(0.07, 0.05),
    "language_learning": Matter(0.03, 0.05),
    "family": Matter(0.05, 0.40),
    "money": Matter(0.04, 0.00),
    "conflict": Matter(0.02, 0.15),
    "orientation": Matter(0.02, 0.05),
    "other": Matter(0.01, 0.10),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Requests:
    """N requests in the order of filing, with S dates; rows of languages, topics and offices are the town's."""

    filed: NDArray[np.int64]  # [N] ascending
    slot_request: NDArray[np.int64]  # [S] ascending
    slot_start: NDArray[np.int64]  # [S]
    slot_end: NDArray[np.int64]  # [S]
    language: NDArray[np.int64]  # [N]
    level: NDArray[np.int8]  # [N]
    x_km: NDArray[np.float64]  # [N]
    y_km: NDArray[np.float64]  # [N]
    remote: NDArray[np.bool_]  # [N]
    topic: NDArray[np.int64]  # [N]
    gender_wanted: tuple[str, ...]  # [N]
    minors: NDArray[np.bool_]  # [N]
    urgent: NDArray[np.bool_]  # [N]
    organisation: NDArray[np.int64]  # [N]; -1: asked by the help-seeker
    help_seeker: NDArray[np.int64]  # [N]
    office: NDArray[np.int64]  # [N]

    @property
    def count(self) -> int:
        return len(self.filed)

    @property
    def first_slot(self) -> NDArray[np.int64]:
        """[N + 1]: slots of request r are first_slot[r]:first_slot[r + 1]."""
        return np.searchsorted(self.slot_request, np.arange(self.count + 1)).astype(np.int64)


def draw_requests(town: Town, *, per_day: float, days: int, seed: int, start_minute: int = 0) -> Requests:
    """What is filed in `days` days from `start_minute` on; `per_day` is the mean of a calendar day over a year."""
    rng = np.random.default_rng(seed)
    filed, organised = _filed(rng, per_day, days, start_minute)
    count = len(filed)
    month = filed.astype("datetime64[m]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    topic = _topics(rng, town, np.isin(month, SCHOOL_MONTHS))
    # A request for somebody known already takes the help-seeker of a random earlier one; so a few come often.
    seeker = _help_seekers(rng, count)
    person = np.unique(seeker, return_inverse=True)[1]
    people = int(person.max(initial=-1)) + 1
    office = rng.choice(
        town.offices, people, p=np.bincount(town.office, minlength=town.offices) / town.pilots
    )
    home_x, home_y = rng.normal(0.0, 0.3 * town.radius_km, (2, people))
    organisation = np.where(
        organised, _organisations(rng, count) + office[person] * ORGANISATIONS_PER_OFFICE, -1
    )
    spots = rng.normal(0.0, 0.2 * town.radius_km, (2, town.offices * ORGANISATIONS_PER_OFFICE))
    there = (organisation >= 0) & (rng.random(count) < AT_ORGANISATION)
    urgent = rng.random(count) < URGENT
    wish = rng.random(count) < GENDER_WISH
    slot_request, slot_start, slot_end = _slots(rng, filed, urgent)
    return Requests(
        filed=filed,
        slot_request=slot_request,
        slot_start=slot_start,
        slot_end=slot_end,
        language=rng.choice(len(LANGUAGES), people, p=town.demand)[person],
        level=drawn(rng, LEVELS, count).astype(np.int8),
        x_km=town.office_x_km[office[person]] + np.where(there, spots[0, organisation], home_x[person]),
        y_km=town.office_y_km[office[person]] + np.where(there, spots[1, organisation], home_y[person]),
        remote=rng.random(count) < REMOTE,
        topic=topic,
        gender_wanted=tuple(np.where(wish, drawn(rng, GENDER_WISHED, count), "").tolist()),
        minors=rng.random(count) < np.array([MATTERS[code].minors for code in town.topics])[topic],
        urgent=urgent,
        organisation=organisation,
        help_seeker=person,
        office=office[person],
    )


def _filed(
    rng: np.random.Generator, per_day: float, days: int, start_minute: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Minutes of filing, ascending, and which come from organisations."""
    day = start_minute // DAY_MINUTES + np.arange(days)
    counts = rng.poisson(per_day * _busy(day))
    on = np.repeat(day, counts)
    organised = rng.random(len(on)) < ORGANISED
    minute = np.where(
        organised, rng.triangular(*OFFICE_HOURS, size=len(on)), rng.uniform(*EVENINGS, size=len(on))
    )
    filed = on * DAY_MINUTES + minute.astype(np.int64)
    order = np.argsort(filed, kind="stable")
    return filed[order], organised[order]


def _busy(day: NDArray[np.int64]) -> NDArray[np.float64]:
    """How busy each day since 1970 is against the average one."""
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    month_number = month.astype(np.int64) % 12 + 1
    day_number = (date - month).astype(np.int64) + 1
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    busy: NDArray[np.float64] = np.array(SEASON)[month_number - 1] / np.mean(SEASON)
    busy = busy * np.array(WEEKDAYS)[weekday] / np.mean(WEEKDAYS)
    after = (month_number == CHRISTMAS_FROM[0]) & (day_number >= CHRISTMAS_FROM[1])
    before = (month_number == CHRISTMAS_UNTIL[0]) & (day_number <= CHRISTMAS_UNTIL[1])
    busy[after | before] *= CHRISTMAS
    return busy


def _topics(rng: np.random.Generator, town: Town, school: NDArray[np.bool_]) -> NDArray[np.int64]:
    usual = np.array([MATTERS[code].share for code in town.topics])
    then = usual * [SCHOOL_START if code in ("school", "daycare") else 1.0 for code in town.topics]
    drawn = [rng.choice(len(town.topics), len(school), p=shares_of(shares)) for shares in (usual, then)]
    return np.where(school, drawn[1], drawn[0])


def _help_seekers(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """[N] the row of the request with which each one's help-seeker first came."""
    rows = np.arange(count)
    earlier = (rng.random(count) * rows).astype(np.int64)
    seeker = np.where(rng.random(count) < SEEN_BEFORE, earlier, rows)
    while (seeker[seeker] != seeker).any():
        seeker = seeker[seeker]
    return seeker


def _organisations(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """A few organisations of each office ask for most."""
    shares = 1.0 / np.arange(1, ORGANISATIONS_PER_OFFICE + 1)
    return rng.choice(ORGANISATIONS_PER_OFFICE, count, p=shares_of(shares))


def _slots(
    rng: np.random.Generator, filed: NDArray[np.int64], urgent: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """One to three dates on different working days, of equal duration, ascending."""
    count = len(filed)
    lead = 1 + rng.binomial(LEAD_DAYS_AT_MOST - 1, rng.beta(*LEAD_SHAPE, count))
    lead = np.where(urgent, rng.integers(*URGENT_DAYS, count), lead)
    request = np.repeat(np.arange(count), drawn(rng, ALTERNATIVES, count))
    first = np.concatenate([[True], np.diff(request) > 0]) if count else np.zeros(0, dtype=bool)
    later = np.where(first, lead[request], rng.integers(1, 4, len(request)))
    # Working days after the filing: the lead for the first date, one to three more for each alternative.
    total = np.cumsum(later)
    before = total[first] - later[first]
    working_days = total - before[request]
    filed_on = (filed // DAY_MINUTES).astype("datetime64[D]")
    day = np.busday_offset(filed_on[request], working_days, roll="backward").astype(np.int64)
    start = (FIRST_HOUR * 60 + 30 * rng.choice(len(STARTS), len(request), p=STARTS / STARTS.sum())).astype(
        np.int64
    )
    minutes = drawn(rng, MINUTES, count)[request]
    start = np.minimum(start, LAST_HOUR * 60 - minutes)
    begins = day * DAY_MINUTES + start
    return request, begins, begins + minutes
