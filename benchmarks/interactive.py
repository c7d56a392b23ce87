"""Does finding and ranking the pilots for one request stay fast from 10,000 pilots to a million?

Named baselines, on the same rows in the same run: the joins one would write first over the normalised tables, and a
Python loop over objects that are in memory already. `bare` is the same prefilter without the ORM's work around it.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection

from backend.dispatch import matchmaking
from backend.dispatch.models import HelpRequest
from benchmarks import crowd, town
from benchmarks.database import scratch_database
from benchmarks.rows import Row
from matching.languages import closure

REPEATS = 15
# Nobody's reach is longer, so that the index on homes can serve: in degrees, generously.
FARTHEST_DEGREES = 0.8
NORMALISED = """
SELECT p.id, max(least(s.speaks, s.understands) - i.cost) AS level,
       ST_DistanceSphere(h.point, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)) / 1000 AS km
FROM people_pilot p
JOIN accounts_user u ON u.id = p.user_id AND u.is_active
JOIN people_pilotoffice o ON o.pilot_id = p.id AND o.office_id = %(office)s
JOIN people_languageskill s ON s.pilot_id = p.id
JOIN bench_intelligible i ON i.speaks = s.language AND i.understands = %(language)s
JOIN people_place h ON h.id = p.home_id
WHERE p.status = 'ACTIVE' AND least(s.speaks, s.understands) - i.cost >= %(level)s
  AND h.point && ST_Expand(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(degrees)s)
  AND ST_DistanceSphere(h.point, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)) <= p.reach_km * 1000
GROUP BY p.id, h.point
"""


@dataclass(frozen=True)
class Seconds:
    """Medians of one size."""

    pilots: int
    found: int
    prefilter: float
    bare: float
    joins: float
    whole: float
    loop: float | None


@dataclass(slots=True)
class Cached:
    """A pilot as an object in memory, everything looked up beforehand."""

    levels: dict[str, int]
    german: int
    lat: float
    lon: float
    reach_km: float
    weekdays: frozenset[int]
    refused: frozenset[str]
    gender: str
    checked: bool


def run(quick: bool) -> list[Row]:
    """I1 to I4; a hundredth of the size with `quick`."""
    sizes = (500, 1_000, 2_000, 10_000) if quick else (1_000, 10_000, 100_000, 1_000_000)
    town_size, small, middle, large = (_measure(size, with_loop=size == sizes[2]) for size in sizes)
    assert middle.loop
    rows = [
        Row(
            f"I1-{one.pilots}",
            f"prefilter / normalised joins in SQL, {one.pilots:,} pilots",
            one.prefilter / one.joins,
            1 / 4,
        )
        for one in (middle, large)
    ]
    rows += [
        Row(f"I1-{one.pilots}-bare", f"the same without the ORM, {one.pilots:,} pilots", one.bare / one.joins)
        for one in (middle, large)
    ]
    rows += [
        Row(
            "I2-loop",
            f"bare prefilter / Python loop over cached objects, {middle.pilots:,}",
            middle.bare / middle.loop,
            1 / 8,
        ),
        Row("I2-whole", f"whole ranking / the same loop, {middle.pilots:,}", middle.whole / middle.loop),
        Row(
            "I3",
            f"whole ranking / its prefilter, {middle.pilots:,} pilots",
            middle.whole / middle.prefilter,
            3,
        ),
        Row(
            "I4",
            f"growth of the whole ranking, {small.pilots:,} to {large.pilots:,}",
            large.whole / small.whole,
            4,
        ),
        Row(
            "I4-prefilter",
            f"growth of the prefilter, {small.pilots:,} to {large.pilots:,}",
            large.prefilter / small.prefilter,
        ),
    ]
    return rows + [
        Row(
            f"I-ms-{one.pilots}",
            f"whole ranking in ms, {one.pilots:,} pilots ({one.found} within reach)",
            one.whole * 1000,
        )
        for one in (town_size, small, middle, large)
    ]


def _measure(pilots: int, *, with_loop: bool) -> Seconds:
    print(f"  building {pilots:,} pilots …", flush=True)
    with scratch_database():
        built = crowd.build(pilots)
        _prepare_joins()
        town.analyze()
        help_request = HelpRequest.objects.select_related("office", "meeting_place").get(
            pk=built.help_request.pk
        )
        slots = list(help_request.slots.all())
        statement, values = _statement(help_request)
        found = len(_prefilter(help_request))
        joined = _execute(NORMALISED, _point(help_request))
        # Measured on a sphere here and on a plane there: those at the very edge of a reach may differ.
        assert abs(len(joined) - found) <= 1 + found // 100, (len(joined), found)
        return Seconds(
            pilots=pilots,
            found=found,
            prefilter=_median(lambda: _prefilter(help_request)),
            bare=_median(lambda: _execute(statement, values)),
            joins=_median(lambda: _execute(NORMALISED, _point(help_request))),
            whole=_median(lambda: matchmaking.rank_pilots(help_request, slots, limit=10, now=town.NOW)),
            loop=_loop_seconds(help_request) if with_loop else None,
        )


def _prefilter(help_request: HelpRequest) -> list[Any]:
    return list(matchmaking.reachable(help_request).values_list("pilot", "level", "via", "distance_km"))


def _statement(help_request: HelpRequest) -> tuple[str, Any]:
    """The prefilter's SQL as the ORM writes it."""
    query = matchmaking.reachable(help_request).values_list("pilot", "level", "via", "distance_km").query
    return query.sql_with_params()


def _execute(statement: str, values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _prepare_joins() -> None:
    """What the normalised tables need to compete: who understands whom, and an index on the language."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_intelligible (speaks varchar, understands varchar, cost int)")
        cursor.executemany(
            "INSERT INTO bench_intelligible VALUES (%s, %s, %s)",
            [
                (spoken, one.code, 6 - int(one.level))
                for spoken in crowd.LANGUAGES
                for one in closure({spoken: 6}).values()
            ],
        )
        cursor.execute("CREATE INDEX ON bench_intelligible (understands)")
        cursor.execute("CREATE INDEX ON people_languageskill (language)")


def _point(help_request: HelpRequest) -> dict[str, Any]:
    assert help_request.meeting_place
    point = help_request.meeting_place.point
    return {
        "lon": point.x,
        "lat": point.y,
        "office": help_request.office_id,
        "language": help_request.languages[0],
        "level": help_request.required_level,
        "degrees": FARTHEST_DEGREES,
    }


def _loop_seconds(help_request: HelpRequest) -> float:
    """Best ten by a loop over all pilots as objects; loading them is not counted."""
    pilots = _cached()
    return _median(lambda: _best_ten(pilots, help_request))


def _cached() -> list[Cached]:
    rows = _execute(
        """SELECT p.german_level, ST_Y(h.point), ST_X(h.point), p.reach_km, p.topics_refused, p.gender,
                  EXISTS (SELECT 1 FROM people_backgroundcheck b WHERE b.pilot_id = p.id),
                  (SELECT array_agg(weekday) FROM people_availability a WHERE a.pilot_id = p.id),
                  (SELECT array_agg(r.language || ' ' || r.level) FROM people_reach r WHERE r.pilot_id = p.id)
           FROM people_pilot p JOIN people_place h ON h.id = p.home_id""",
        None,
    )
    return [
        Cached(
            levels={code: int(level) for code, level in (entry.split() for entry in levels)},
            german=german,
            lat=lat,
            lon=lon,
            reach_km=reach_km,
            weekdays=frozenset(weekdays),
            refused=frozenset(refused),
            gender=gender,
            checked=checked,
        )
        for german, lat, lon, reach_km, refused, gender, checked, weekdays, levels in rows
    ]


def _best_ten(pilots: list[Cached], help_request: HelpRequest) -> list[tuple[float, int]]:
    """Language, German, topic, gender, check, weekday, distance; then level and distance as a score."""
    assert help_request.meeting_place
    language, required = help_request.languages[0], help_request.required_level
    lat, lon = help_request.meeting_place.point.y, help_request.meeting_place.point.x
    per_lon = math.cos(math.radians(lat)) * 111.2
    weekdays = {slot.starts_at.weekday() for slot in help_request.slots.all()}
    found = []
    for row, pilot in enumerate(pilots):
        level = pilot.levels.get(language, 0)
        if level < required or pilot.german < 3 or help_request.topic in pilot.refused:
            continue
        if help_request.gender_wish and pilot.gender != help_request.gender_wish:
            continue
        if (help_request.minors and not pilot.checked) or not weekdays & pilot.weekdays:
            continue
        km = math.hypot((pilot.lat - lat) * 111.2, (pilot.lon - lon) * per_lon)
        if km <= pilot.reach_km:
            found.append((0.3 * level / 6 + 0.25 * 0.5 ** (km / 5), -row))
    return sorted(found, reverse=True)[:10]


def _median(act: Callable[[], Any]) -> float:
    """Seconds of the middle one of several runs, after one to warm up."""
    act()
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    return median(seconds)
