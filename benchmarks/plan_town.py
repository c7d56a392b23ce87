"""A seeded town of any size as arrays: volunteers, a demand, and every pair that is possible, never a dense matrix.

`strict`: scarce languages, fixed dates. `flex`: 40 % by phone or video, 60 % with three dates to choose from.
The region grows with its volunteers, so that density, and with it the number of candidates of a request, stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.pairs import Pairs
from matching.plan_weights import PlanWeights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LANGUAGES, TOPICS, DAYS = 40, 12, 5  # the appointments of one working week
SIDE_KM, PER_REGION = 60.0, 10_000
CELL_KM, FARTHEST_KM = 10.0, 50.0
DAY, HALF_HOUR = 24 * 60, 30  # minutes
OPENS, HALF_HOURS = 8 * 60, 24  # the half hours from 8 to 20 o'clock are the bits of a day
HALF_WAY = 30  # minutes on each side of a session, but by phone
CHUNK = 1 << 20  # candidate pairs tested at a time
ZIPF = (1 / np.arange(1, LANGUAGES + 1)) / (1 / np.arange(1, LANGUAGES + 1)).sum()


@dataclass(frozen=True)
class Volunteers:
    """P pilots, and their K languages beyond German, sorted by (language, cell)."""

    side_km: float
    place: Floats  # [P, 2] km
    reach_km: Floats  # [P]
    woman: Bools  # [P]
    cleared: Bools  # [P]
    topics: Ints  # [P] bits
    free: Ints  # [P, 6] bits of half hours
    room_hours: Floats  # [P] left this month
    recent_sessions: Ints  # [P]
    spoken_by: Ints  # [K] pilot
    level: Ints  # [K]
    cell_key: Ints  # [K] ascending

    @property
    def count(self) -> int:
        return self.reach_km.size

    @property
    def cells(self) -> int:
        return int(np.ceil(self.side_km / CELL_KM))


@dataclass(frozen=True)
class Demand:
    """R requests, and their S dates (minutes since a Monday, 0 o'clock), in the order they came in."""

    place: Floats  # [R, 2] km
    language: Ints  # [R]
    level: Ints  # [R]
    topic: Ints  # [R]
    woman: Bools  # [R] wishes a woman
    clearance: Bools  # [R]
    remote: Bools  # [R]
    seats: Ints  # [R]
    site: Ints  # [R] the school, the surgery …; -1 by phone
    waited_days: Ints  # [R]
    urgent: Bools  # [R]
    slot_request: Ints  # [S] ascending
    slot_start: Ints  # [S]
    slot_end: Ints  # [S]

    @property
    def count(self) -> int:
        return self.language.size


@dataclass(frozen=True)
class Edges:
    """What is possible: E triples of request, date and pilot, and how well each suits (0..1)."""

    request: Ints
    slot: Ints
    pilot: Ints
    score: Floats


def volunteers(count: int, seed: int, *, limited: bool) -> Volunteers:
    """Draw `count` pilots and their region; `limited`: most keep to some hours a month, and have used some."""
    draw = np.random.default_rng([seed, 1])
    side = SIDE_KM * (count / PER_REGION) ** 0.5
    place = draw.uniform(0.0, side, (count, 2))
    free = np.zeros((count, 6), np.int64)
    for _ in range(4):
        length = draw.integers(6, 13, count)  # three to six hours
        begins = draw.integers(0, HALF_HOURS - length + 1)
        free[np.arange(count), draw.integers(0, 6, count)] |= ((1 << length) - 1) << begins
    offered = draw.choice([4.0, 8.0, 12.0, np.inf], count, p=[0.4, 0.3, 0.2, 0.1])
    used = np.floor(np.where(np.isinf(offered), 0.0, offered) * draw.random(count))
    topics = (draw.random((count, TOPICS)) < 0.75) @ (1 << np.arange(TOPICS))
    languages = draw.choice(4, count, p=[0.6, 0.25, 0.1, 0.05])
    spoken_by = np.repeat(np.arange(count), languages)
    # What volunteers speak does not follow what is asked for: some languages in demand are scarce.
    language = draw.choice(LANGUAGES, spoken_by.size, p=draw.dirichlet(np.ones(LANGUAGES)))
    language, spoken_by = np.unique(np.stack([language, spoken_by]), axis=1)
    level = draw.choice([3, 4, 5, 6], spoken_by.size, p=[0.1, 0.3, 0.3, 0.3])
    cells = int(np.ceil(side / CELL_KM))
    cell = np.minimum(place // CELL_KM, cells - 1).astype(np.int64)[spoken_by]
    key = (language * cells + cell[:, 1]) * cells + cell[:, 0]
    order = np.argsort(key, kind="stable")
    return Volunteers(
        side_km=side,
        place=place,
        reach_km=draw.choice([3.0, 5.0, 10.0, 15.0, 20.0, 30.0, FARTHEST_KM], count),
        woman=draw.random(count) < 0.6,
        cleared=draw.random(count) < 0.7,
        topics=topics.astype(np.int64),
        free=free,
        room_hours=offered - used if limited else np.full(count, np.inf),
        recent_sessions=draw.poisson(2.0, count),
        spoken_by=spoken_by[order],
        level=level[order],
        cell_key=key[order],
    )


def demand(count: int, seed: int, side_km: float, *, flex: bool) -> Demand:
    """Draw `count` requests within a region; one request in ten needs two helpers."""
    draw = np.random.default_rng([seed, 2])
    dates = np.where(draw.random(count) < 0.6, 3, 1) if flex else np.ones(count, np.int64)
    slot_request = np.repeat(np.arange(count), dates)
    length = draw.choice([2, 3, 4], count, p=[0.5, 0.3, 0.2])[slot_request]  # half hours
    begins = draw.integers(0, HALF_HOURS - length + 1)
    start = draw.integers(0, DAYS, slot_request.size) * DAY + OPENS + begins * HALF_HOUR
    remote = draw.random(count) < (0.4 if flex else 0.0)
    site = draw.integers(0, count // 3 + 1, count)  # offices, schools and surgeries ask more than once
    place = draw.uniform(0.0, side_km, (site.max() + 1, 2))[site]
    return Demand(
        place=place,
        language=draw.choice(LANGUAGES, count, p=ZIPF),
        level=draw.choice([3, 4, 5], count, p=[0.5, 0.35, 0.15]),
        topic=draw.integers(0, TOPICS, count),
        woman=draw.random(count) < 0.2,
        clearance=draw.random(count) < 0.4,
        remote=remote,
        seats=np.where(draw.random(count) < 0.1, 2, 1),
        site=np.where(remote, -1, site),
        waited_days=np.sort(draw.integers(0, 15, count))[::-1].copy(),
        urgent=draw.random(count) < 0.1,
        slot_request=slot_request,
        slot_start=start,
        slot_end=start + length * HALF_HOUR,
    )


def possible(pilots: Volunteers, wanted: Demand) -> Edges:
    """Every possible (request, date, pilot), by (language, cell): work follows the candidates, not R x P."""
    found = [_tested(pilots, wanted, *chunk) for chunk in _candidates(pilots, wanted)]
    request, slot, pilot, score = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((pilot, slot))  # a stable order whatever the chunks
    return Edges(request[order], slot[order], pilot[order], score[order])


def _candidates(pilots: Volunteers, wanted: Demand) -> Iterator[tuple[Ints, Ints]]:
    """(request, skill) in chunks: each request's language in the cells around it, or everywhere by phone."""
    cells, reach = pilots.cells, int(FARTHEST_KM // CELL_KM)
    cell = np.minimum(wanted.place // CELL_KM, cells - 1).astype(np.int64)
    west, east = np.maximum(cell[:, 0] - reach, 0), np.minimum(cell[:, 0] + reach, cells - 1)
    near = np.flatnonzero(~wanted.remote)
    far = np.flatnonzero(wanted.remote)
    # A row of cells is one stretch of the sorted skills.
    requests, first, last = (
        [far],
        [wanted.language[far] * cells**2],
        [(wanted.language[far] + 1) * cells**2 - 1],
    )
    for step in range(-reach, reach + 1):
        row = cell[near, 1] + step
        inside = (row >= 0) & (row < cells)
        here = near[inside]
        begin = (wanted.language[here] * cells + row[inside]) * cells
        requests.append(here)
        first.append(begin + west[here])
        last.append(begin + east[here])
    request = np.concatenate(requests)
    low = np.searchsorted(pilots.cell_key, np.concatenate(first), "left")
    size = np.searchsorted(pilots.cell_key, np.concatenate(last), "right") - low
    ends = np.cumsum(size)
    cuts = np.searchsorted(ends, np.arange(CHUNK, ends[-1] + CHUNK, CHUNK), "left")
    begin = 0
    for cut in np.minimum(cuts + 1, size.size).tolist():
        part = slice(begin, cut)
        begin = cut
        yield np.repeat(request[part], size[part]), _ranges(low[part], size[part])


def _ranges(first: Ints, size: Ints) -> Ints:
    """first[0] … first[0]+size[0]-1, first[1] …: many ranges in one array."""
    starts = np.cumsum(size) - size
    return np.repeat(first - starts, size) + np.arange(size.sum())


def _tested(
    pilots: Volunteers, wanted: Demand, request: Ints, skill: Ints
) -> tuple[Ints, Ints, Ints, Floats]:
    """The candidate pairs that stand every test, per date, and their score; cheap and sharp tests first."""
    pilot = pilots.spoken_by[skill]
    keep = pilots.topics[pilot] >> wanted.topic[request] & 1 > 0
    keep &= pilots.level[skill] >= wanted.level[request]
    request, pilot, skill = request[keep], pilot[keep], skill[keep]
    distance = np.hypot(*(pilots.place[pilot] - wanted.place[request]).T)
    distance[wanted.remote[request]] = 0.0
    keep = distance <= pilots.reach_km[pilot]
    keep &= pilots.woman[pilot] | ~wanted.woman[request]
    keep &= pilots.cleared[pilot] | ~wanted.clearance[request]
    request, pilot, skill, distance = request[keep], pilot[keep], skill[keep], distance[keep]
    first = np.searchsorted(wanted.slot_request, request, "left")
    dates = np.searchsorted(wanted.slot_request, request, "right") - first
    pair, slot = np.repeat(np.arange(request.size), dates), _ranges(first, dates)
    minutes = wanted.slot_end[slot] - wanted.slot_start[slot]
    day, begins = np.divmod(wanted.slot_start[slot], DAY)
    needed = ((1 << minutes // HALF_HOUR) - 1) << (begins - OPENS) // HALF_HOUR
    volunteer = pilot[pair]
    keep = pilots.free[volunteer, day] & needed == needed
    keep &= pilots.room_hours[volunteer] * 60 >= minutes
    pair, slot = pair[keep], slot[keep]
    score = _score(pilots, pilot[pair], pilots.level[skill[pair]], distance[pair], request[pair])
    return request[pair], slot, pilot[pair], score


def _score(pilots: Volunteers, pilot: Ints, level: Ints, distance: Floats, request: Ints) -> Floats:
    """Language level, nearness and the history a pilot has with the topic, weighted like the product's defaults."""
    # History of a (pilot, request) pair without a table of it: a fixed hash, uniform in 0..1, mostly little.
    history = ((pilot * 2_654_435_761 + request * 40_503) % 65_536 / 65_536) ** 4
    gain = np.log1p(1.0 / (1.0 + pilots.recent_sessions[pilot])) / np.log(2.0)
    return 0.30 * level / 6 + 0.25 * np.exp2(-distance / 5.0) + 0.20 * gain + 0.25 * history


def pairs(pilots: Volunteers, wanted: Demand, edges: Edges) -> Pairs:
    """What the plan gets: the edges with their dates, limits and history."""
    weights = PlanWeights()
    return Pairs.build(
        pilots=pilots.count,
        requests=wanted.count,
        plan_weights=weights,
        slot=edges.slot,
        pilot=edges.pilot,
        score=edges.score,
        worth=(1.0 + weights.urgent * wanted.urgent + weights.waiting * np.log1p(wanted.waited_days)),
        seats=wanted.seats,
        slot_request=wanted.slot_request,
        slot_start=wanted.slot_start,
        slot_end=wanted.slot_end,
        half_buffer=np.where(wanted.remote, 0, HALF_WAY)[wanted.slot_request],
        site=wanted.site[wanted.slot_request],
        room_hours=pilots.room_hours[:, np.newaxis],
        recent_sessions=pilots.recent_sessions,
    )
