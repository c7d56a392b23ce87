"""A seeded town of any size, written in bulk: one office, its pilots with profiles and a history, one request."""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice
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

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime.now(ZONE).replace(minute=0, second=0, microsecond=0)
# The appointment: the second Tuesday from now, so that it lies ahead whenever the bench runs.
TUESDAY = NOW + timedelta(days=7 + (1 - NOW.weekday()) % 7)
LANGUAGES = [
    "ar", "kmr", "uk", "fa", "ru", "tr", "prs", "ti", "fr", "sr", "sq", "ckb", "so", "pl", "ro", "bg", "es", "vi",
    "ur", "pt", "ps", "am", "ka", "hy", "zh", "hi", "ta", "bn", "it", "el", "hr", "bs", "mk", "hu", "cs", "sk", "lt",
    "lv", "az", "uz",
]  # fmt: skip
ZIPF = [1 / rank for rank in range(1, len(LANGUAGES) + 1)]
TOPICS = ["authority", "school", "health", "daycare", "housing", "work"]
CENTRE_LAT, CENTRE_LON, SPREAD_KM = 52.28, 8.05, 30.0  # a region 60 km across for 10,000 pilots
BATCH = 1000


@transaction.atomic
def build(pilots: int, *, seed: int = 1) -> tuple[User, HelpRequest]:
    """A coordinator, and an open request in Kurmanji among `pilots` volunteers."""
    draw = random.Random(seed)
    office = Office.objects.create(
        name="Bench", slug="bench", email="bench@bench.example", service_postcodes=["49074"], created_at=NOW
    )
    coordinator = User.objects.create_user("bench@bench.example", created_at=NOW)
    Membership.objects.create(user=coordinator, role=Role.COORDINATOR, office=office, created_at=NOW)
    # A region that grows with its pilots keeps the density.
    spread = SPREAD_KM * (pilots / 10_000) ** 0.5
    people = _drawn_pilots(draw, office, pilots, spread)
    while batch := list(islice(people, BATCH)):
        _write_pilots(draw, office, batch)
    help_request = _request(office, coordinator)
    _history(draw, office, coordinator, pilots // 3)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return coordinator, help_request


def analyze() -> None:
    """Fresh statistics, as autovacuum would have made them in a living database."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _place(draw: random.Random, spread_km: float, *, private: bool) -> Place:
    lat = CENTRE_LAT + draw.uniform(-spread_km, spread_km) / 111.2
    lon = CENTRE_LON + draw.uniform(-spread_km, spread_km) / 68.0
    return Place(
        postcode="49074",
        place="Osnabrück",
        point=Point(lon, lat, srid=4326),
        precision="CELL" if private else "ADDRESS",
        private=private,
    )


def _drawn_pilots(draw: random.Random, office: Office, count: int, spread_km: float) -> Iterator[Pilot]:
    for number in range(count):
        user = User(email=f"p{number}@bench.example", created_at=NOW, password="!")
        yield Pilot(
            user=user,
            identity=Identity(name=f"Pilot {number}", created_at=NOW),
            office=office,
            display_code=f"P-{number}",
            status="ACTIVE",
            gender=draw.choice("fm"),
            german_level=draw.choices([3, 4, 5, 6], [1, 4, 3, 3])[0],
            home=_place(draw, spread_km, private=True),
            reach_km=draw.choice([3, 5, 10, 15, 20, 30, 50]),
            monthly_hours=draw.choice([4, 8, 12, None]),
            topics_wished=draw.sample(TOPICS, 2),
            topics_refused=draw.sample(TOPICS, 1) if draw.random() < 0.2 else [],
            registered_at=NOW,
            active_at=NOW,
        )


def _write_pilots(draw: random.Random, office: Office, pilots: list[Pilot]) -> None:
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
    LanguageSkill.objects.bulk_create(skill for p in pilots for skill in _skills(draw, p))
    Availability.objects.bulk_create(
        Availability(
            pilot=p, weekday=day, starts=time(draw.choice([8, 9, 12])), ends=time(draw.choice([14, 17, 19]))
        )
        for p in pilots
        for day in draw.sample(range(6), 3)
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
            valid_until=NOW.date() + timedelta(days=900),
            stands_in_the_way=False,
        )
        for p in pilots
        if draw.random() < 0.7
    )
    written = Pilot.objects.filter(pk__in=[p.pk for p in pilots]).select_related("home")
    rows = (row for p in written.prefetch_related("skills", "pilot_offices") for row in reach_rows(p))
    Reach.objects.bulk_create(rows, batch_size=BATCH)


def _skills(draw: random.Random, pilot: Pilot) -> list[LanguageSkill]:
    spoken = set(draw.choices(LANGUAGES, ZIPF, k=draw.choice([1, 2, 3])))
    return [
        LanguageSkill(pilot=pilot, language=code, speaks=level, understands=level)
        for code in sorted(spoken)
        for level in [draw.choice([3, 4, 5, 6])]
    ]


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


def _history(draw: random.Random, office: Office, by: User, count: int) -> None:
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
