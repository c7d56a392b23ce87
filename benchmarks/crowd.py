"""A seeded crowd of up to a million pilots of one office, written by PostgreSQL itself in a few statements.

The same shape as matching.md's trials: 40 languages with Zipf(1) demand, one to three of them per pilot, a region 60 km
across for every 10,000 pilots, reach 3 to 50 km, three half days a week. All tables of a pilot's profile are filled,
the search table by the product's own closure of understood languages.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from backend.accounts.models import Membership, Office, User
from backend.accounts.roles import Role
from backend.dispatch.models import HelpRequest, HelpRequestSlot
from backend.people.models import HelpSeeker, Place
from benchmarks.town import NOW, TUESDAY
from matching.languages import closure
from matching.town_languages import LANGUAGES as DEMANDED

LANGUAGES = DEMANDED[:40]
SHARES = [1 / rank for rank in range(1, len(LANGUAGES) + 1)]
LEVELS = (3, 4, 5, 6)
CENTRE_LAT, CENTRE_LON = 52.28, 8.05
SIDE_KM = 60.0  # for 10,000 pilots; the density stays

CROWD = """
CREATE TEMP TABLE crowd AS
SELECT i, gen(1, i) AS pilot, gen(2, i) AS person, gen(3, i) AS identity, gen(4, i) AS home,
       ST_Transform(ST_SetSRID(ST_MakePoint(
           %(lon)s + (random() - 0.5) * %(side)s / 68.0, %(lat)s + (random() - 0.5) * %(side)s / 111.2
       ), 4326), 25832) AS point,
       (ARRAY[3, 5, 10, 15, 20, 30, 50])[1 + floor(random() * 7)::int] AS reach_km,
       (ARRAY['f', 'm'])[1 + floor(random() * 2)::int] AS gender,
       3 + floor(random() * 4)::int AS german, random() AS checked, random() AS away,
       1 + floor(random() * 3)::int AS tongues
FROM generate_series(1, %(pilots)s) AS i;
"""
SKILLS = """
CREATE TEMP TABLE skill AS
SELECT DISTINCT ON (i, language) i, pilot, codes.language, 3 + floor(random() * 4)::int AS level
FROM (SELECT i, pilot, random() AS draw FROM crowd, generate_series(1, tongues)) AS drawn
JOIN zipf AS codes ON draw >= codes.low AND draw < codes.high;
"""
PROFILES = """
INSERT INTO accounts_user (password, id, email, language, is_active, created_at)
    SELECT '!', person, 'p' || i || '@crowd.example', 'de', true, %(now)s FROM crowd;
INSERT INTO people_identity (id, name, phone, street, note, created_at)
    SELECT identity, '', '', '', '', %(now)s FROM crowd;
INSERT INTO people_place (id, street, postcode, place, point, precision, private)
    SELECT home, '', '49074', 'Osnabrück', ST_Transform(point, 4326), 'CELL', true FROM crowd;
INSERT INTO people_pilot (id, display_code, status, gender, german_level, reach_km, travel_mode, monthly_hours,
                          topics_wished, topics_refused, steps_done, registered_at, active_at, identity_id, office_id,
                          user_id, home_id)
    SELECT pilot, 'P-' || i, 'ACTIVE', gender, german, reach_km, 'transit', CASE WHEN i %% 4 > 0 THEN 4 * (i %% 4) END,
           (ARRAY['{school}', '{health}', '{work}'])[1 + i %% 3]::varchar[],
           CASE WHEN i %% 10 = 0 THEN '{school}'::varchar[] ELSE '{}'::varchar[] END, '{}',
           %(now)s, %(now)s, identity, %(office)s, person, home
    FROM crowd;
INSERT INTO people_pilotoffice (id, kind, office_id, pilot_id)
    SELECT gen(5, i), 'BELONGS', %(office)s, pilot FROM crowd;
INSERT INTO people_languageskill (id, language, speaks, understands, pilot_id)
    SELECT gen(6, row_number() OVER ()), language, level, level, pilot FROM skill;
INSERT INTO people_availability (id, weekday, starts, ends, pilot_id)
    SELECT gen(7, 3 * i + n), (i + 2 * n) %% 6, make_time(8 + (i / 7 + n) %% 3, 0, 0),
           make_time(13 + (i / 11 + n) %% 6, 0, 0), pilot
    FROM crowd, generate_series(0, 2) AS n;
INSERT INTO people_backgroundcheck (id, inspected_date, inspected_by_id, valid_until, stands_in_the_way, pilot_id)
    SELECT gen(8, i), %(now)s::date - 100, %(by)s, %(now)s::date + 900, false, pilot FROM crowd WHERE checked < 0.7;
INSERT INTO people_absence (id, start_date, end_date, pilot_id)
    SELECT gen(9, i), %(now)s::date + 4, %(now)s::date + 20, pilot FROM crowd WHERE away < 0.1;
INSERT INTO people_reach (id, language, level, speaks, understands, via, point, reach_km, box, office_id, pilot_id)
    SELECT gen(10, row_number() OVER ()), best.language, best.level, best.level, best.level, best.via, point, reach_km,
           ST_Expand(point, reach_km * 1000.0), %(office)s, best.pilot
    FROM (
        SELECT DISTINCT ON (skill.i, understood.language)
               skill.i, skill.pilot, understood.language, understood.level, understood.via
        FROM skill JOIN understood ON understood.spoken = skill.language AND understood.spoken_level = skill.level
        ORDER BY skill.i, understood.language, understood.level DESC, understood.via = understood.language DESC
    ) AS best JOIN crowd USING (i);
"""
# What slows down writing in bulk and is checked by nobody here.
WITHOUT_CHECKS = "SET session_replication_role = replica"
WITH_CHECKS = "SET session_replication_role = origin"
KEYS = """
CREATE FUNCTION pg_temp.gen(kind int, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (lpad(to_hex(kind), 8, '0') || '00007000' || '8000' || lpad(to_hex(i), 12, '0'))::uuid $$;
"""


@dataclass(frozen=True)
class Crowd:
    """The office, its coordinator, and one request in Kurmanji at the region's centre."""

    office: Office
    coordinator: User
    help_request: HelpRequest


@transaction.atomic
def build(pilots: int, *, seed: float = 0.1) -> Crowd:
    """Write the crowd; the caller analyses afterwards."""
    office = Office.objects.create(
        name="Bench", slug="bench", email="bench@bench.example", service_postcodes=["49074"], created_at=NOW
    )
    coordinator = User.objects.create_user("bench@bench.example", created_at=NOW)
    Membership.objects.create(user=coordinator, role=Role.COORDINATOR, office=office, created_at=NOW)
    values = {
        "pilots": pilots,
        "office": office.pk,
        "by": coordinator.pk,
        "now": NOW,
        "lat": CENTRE_LAT,
        "lon": CENTRE_LON,
        "side": SIDE_KM * (pilots / 10_000) ** 0.5,
    }
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_CHECKS)
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        indexes = _without_indexes(cursor)
        cursor.execute(
            "SET max_parallel_workers_per_gather = 0"
        )  # drawn in one order: the same crowd every time
        cursor.execute(KEYS)
        cursor.execute("SELECT setseed(%s)", [seed])
        _languages(cursor)
        for statements in (CROWD, SKILLS, PROFILES):
            for statement in statements.replace("gen(", "pg_temp.gen(").split(";\n"):
                if statement.strip():
                    cursor.execute(statement, values)
        cursor.execute("DROP TABLE crowd, skill, zipf, understood")
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute(WITH_CHECKS)
        cursor.execute("RESET max_parallel_workers_per_gather")
    return Crowd(office, coordinator, a_request(office, coordinator, number=0, language="kmr"))


def a_request(
    office: Office,
    by: User,
    *,
    number: int,
    language: str,
    level: int = 4,
    topic: str = "school",
    minors: bool = False,
    gender_wish: str = "",
    lat: float = CENTRE_LAT,
    lon: float = CENTRE_LON,
    times: tuple[datetime, ...] = (TUESDAY.replace(hour=10), TUESDAY.replace(hour=14)),
) -> HelpRequest:
    """An open request of an hour's length on each of the times."""
    at = {"postcode": "49074", "place": "Osnabrück", "point": Point(lon, lat, srid=4326)}
    seeker = HelpSeeker.objects.create(
        office=office,
        case_key=f"bench-{number}",
        languages=[language],
        home=Place.objects.create(**at, precision="CELL", private=True),
        registered_at=NOW,
    )
    help_request = HelpRequest.objects.create(
        office=office,
        help_seeker=seeker,
        requested_by=by,
        reference=f"B-{number}",
        status="OPEN",
        languages=[language],
        required_level=level,
        topic=topic,
        gender_wish=gender_wish,
        minors=minors,
        meeting_place=Place.objects.create(**at, precision="ADDRESS", private=False),
        created_at=NOW,
        opened_at=NOW,
    )
    HelpRequestSlot.objects.bulk_create(
        HelpRequestSlot(help_request=help_request, starts_at=at, ends_at=at + timedelta(hours=1))
        for at in times
    )
    return help_request


def _without_indexes(cursor: CursorWrapper) -> list[str]:
    """Drop what can be made anew at once: millions of single insertions into a GiST index take longer."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [["people_reach", "people_place", "people_languageskill", "people_availability"]],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in found]


def _languages(cursor: CursorWrapper) -> None:
    """The draw of languages by their share, and what a speaker of each understands."""
    highs = list(accumulate(SHARES))
    lows = [0.0, *highs[:-1]]
    cursor.execute("CREATE TEMP TABLE zipf (language varchar, low float8, high float8)")
    cursor.executemany(
        "INSERT INTO zipf VALUES (%s, %s, %s)",
        [
            (code, low / highs[-1], high / highs[-1])
            for code, low, high in zip(LANGUAGES, lows, highs, strict=True)
        ],
    )
    cursor.execute(
        "CREATE TEMP TABLE understood (spoken varchar, spoken_level int, language varchar, level int, via varchar)"
    )
    cursor.executemany(
        "INSERT INTO understood VALUES (%s, %s, %s, %s, %s)",
        [
            (spoken, level, one.code, int(one.level), one.via)
            for spoken in LANGUAGES
            for level in LEVELS
            for one in closure({spoken: level}).values()
        ],
    )
