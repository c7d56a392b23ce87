"""A seeded town of any size, written in bulk: one office, its pilots with profiles and a history, one request.

The people are those of the generator (matching.town); this module only writes them.
"""

import math
import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from backend.accounts.models import Membership, Office, User
from backend.accounts.roles import Role
from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot, Offer
from backend.people.models import (
    Absence,
    Availability,
    BackgroundCheck,
    Consent,
    HelpSeeker,
    Identity,
    LanguageSkill,
    Pilot,
    PilotOffice,
    Place,
    Qualification,
    Reach,
)
from backend.people.reach import reach_rows
from matching.town import Town, draw_town, spans_of

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime.now(ZONE).replace(minute=0, second=0, microsecond=0)
# The appointment: the second Tuesday from now, so that it lies ahead whenever the bench runs.
TUESDAY = NOW + timedelta(days=7 + (1 - NOW.weekday()) % 7)
CENTRE_LAT, CENTRE_LON = 52.28, 8.05
KM_PER_DEGREE = (111.2, 68.0)  # of latitude and of longitude, there
BATCH = 1000


@transaction.atomic
def build(pilots: int, *, seed: int = 1) -> tuple[User, HelpRequest]:
    """A coordinator, and an open request in Kurmanji among `pilots` volunteers."""
    draw, people = random.Random(seed), draw_town(pilots, seed=seed)
    office = Office.objects.create(
        name="Bench", slug="bench", email="bench@bench.example", service_postcodes=["49074"], created_at=NOW
    )
    coordinator = User.objects.create_user("bench@bench.example", created_at=NOW)
    Membership.objects.create(user=coordinator, role=Role.COORDINATOR, office=office, created_at=NOW)
    for first in range(0, pilots, BATCH):
        _write_pilots(draw, office, people, range(first, min(first + BATCH, pilots)))
    help_request = _request(office, coordinator)
    history(draw, office, coordinator, pilots // 3)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return coordinator, help_request


def analyze() -> None:
    """Fresh statistics, as autovacuum would have made them in a living database."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _home(people: Town, row: int) -> Place:
    lat = CENTRE_LAT + float(people.y_km[row]) / KM_PER_DEGREE[0]
    lon = CENTRE_LON + float(people.x_km[row]) / KM_PER_DEGREE[1]
    point = Point(lon, lat, srid=4326)
    return Place(postcode="49074", place="Osnabrück", point=point, precision="CELL", private=True)


def _pilot(office: Office, people: Town, row: int) -> Pilot:
    hours = float(people.monthly_hours[row])
    stance = list(zip(people.topics, people.topic_stance[row].tolist(), strict=True))
    return Pilot(
        user=User(email=f"p{row}@bench.example", created_at=NOW, password="!"),
        identity=Identity(name=f"Pilot {row}", created_at=NOW),
        office=office,
        display_code=f"P-{row}",
        status="ACTIVE",
        gender=people.gender[row],
        german_level=int(people.german[row]),
        home=_home(people, row),
        reach_km=int(people.reach_km[row]),
        monthly_hours=int(hours) if math.isfinite(hours) else None,
        topics_wished=[topic for topic, wished in stance if wished > 0],
        topics_refused=[topic for topic, wished in stance if wished < 0],
        registered_at=NOW,
        active_at=NOW,
    )


def _write_pilots(draw: random.Random, office: Office, people: Town, rows: range) -> None:
    pilots = [_pilot(office, people, row) for row in rows]
    User.objects.bulk_create(p.user for p in pilots)
    Identity.objects.bulk_create(p.identity for p in pilots)
    Place.objects.bulk_create(p.home for p in pilots)
    Pilot.objects.bulk_create(pilots)
    PilotOffice.objects.bulk_create(PilotOffice(pilot=p, office=office) for p in pilots)
    Qualification.objects.bulk_create(
        Qualification(pilot=p, kind="basic_course", hours=50, issued_date=NOW.date()) for p in pilots
    )
    Consent.objects.bulk_create(
        Consent(user=p.user, kind="confidentiality", version="1", given_at=NOW) for p in pilots
    )
    LanguageSkill.objects.bulk_create(_skills(pilots, people, rows))
    spans = spans_of(people.week[rows.start : rows.stop])
    Availability.objects.bulk_create(
        Availability(pilot=pilots[row], weekday=day, starts=time(start), ends=time(end))
        for row, day, start, end in zip(*(column.tolist() for column in spans), strict=True)
    )
    Absence.objects.bulk_create(
        Absence(pilot=p, start_date=NOW.date() + timedelta(days=4), end_date=NOW.date() + timedelta(days=20))
        for p in pilots
        if draw.random() < 0.1
    )
    BackgroundCheck.objects.bulk_create(
        BackgroundCheck(
            pilot=p,
            inspected_date=NOW.date() - timedelta(days=100),
            inspected_by=p.user,
            valid_until=NOW.date() + timedelta(days=900),
            stands_in_the_way=False,
        )
        for p, row in zip(pilots, rows, strict=True)
        if people.checked[row]
    )
    written = Pilot.objects.filter(pk__in=[p.pk for p in pilots]).select_related("home")
    rows = (row for p in written.prefetch_related("skills", "pilot_offices") for row in reach_rows(p))
    Reach.objects.bulk_create(rows, batch_size=BATCH)


def _skills(pilots: list[Pilot], people: Town, rows: range) -> Iterator[LanguageSkill]:
    spoken = people.speaks[rows.start : rows.stop]
    for position, column in zip(*(axis.tolist() for axis in spoken.nonzero()), strict=True):
        yield LanguageSkill(
            pilot=pilots[position],
            language=people.languages[column],
            speaks=int(spoken[position, column]),
            understands=int(people.understands[rows[position], column]),
        )


def _request(office: Office, by: User, *, status: str = "OPEN") -> HelpRequest:
    centre = {"postcode": "49074", "place": "Osnabrück", "point": Point(CENTRE_LON, CENTRE_LAT, srid=4326)}
    home = Place.objects.create(**centre, precision="CELL", private=True)
    meeting = Place.objects.create(**centre, precision="ADDRESS", private=False)
    seeker = HelpSeeker.objects.create(
        office=office, case_key=f"bench-{status}", languages=["kmr"], home=home, registered_at=NOW
    )
    help_request = HelpRequest.objects.create(
        office=office, help_seeker=seeker, requested_by=by, reference=f"B-{status}", status=status,
        languages=["kmr"], required_level=4, topic="school", meeting_place=meeting, minors=True, created_at=NOW,
        opened_at=NOW, fulfilled_at=NOW,
    )  # fmt: skip
    for hour in (10, 14):
        starts_at = TUESDAY.replace(hour=hour)
        HelpRequestSlot.objects.create(
            help_request=help_request, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)
        )
    return help_request


def history(draw: random.Random, office: Office, by: User, count: int) -> None:
    """Sessions of the last weeks, and some of the days to come that keep pilots busy."""
    pilots = draw.sample(list(Pilot.objects.filter(office=office).values_list("pk", flat=True)), count)
    done = _request(office, by, status="FULFILLED")
    slot = done.slots.all()[0]
    offers, assignments = [], []
    for position, pilot_id in enumerate(pilots):
        ahead = position % 3 == 0
        starts_at = TUESDAY.replace(hour=10, minute=30) if ahead else NOW - timedelta(days=1 + position % 80)
        offer = Offer(
            help_request=done, pilot_id=pilot_id, status="CHOSEN", accepted_slot=slot, made_at=NOW, expires_at=NOW,
            chosen_at=NOW,
        )  # fmt: skip
        offers.append(offer)
        ends_at, half = starts_at + timedelta(hours=1), timedelta(minutes=15)
        assignments.append(
            Assignment(
                # The bench needs many sessions, not many requests: each takes a seat number of its own.
                help_request=done, seat=position + 1, office=office, pilot_id=pilot_id, offer=offer, slot=slot,
                starts_at=starts_at, ends_at=ends_at, busy=DateTimeTZRange(starts_at - half, ends_at + half, "[)"),
                status="CONFIRMED" if ahead else "COMPLETED", confirmed_by=by, confirmed_at=NOW, completed_at=NOW,
            )
        )  # fmt: skip
    Offer.objects.bulk_create(offers, batch_size=BATCH)
    Assignment.objects.bulk_create(assignments, batch_size=BATCH)
