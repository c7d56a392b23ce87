"""A region of twenty offices with tens of thousands of requests behind them, written by PostgreSQL in a few statements.

The pilots are crowd.py's, shared out among the offices. Of a hundred requests one is open, two lie ahead, the
others are over: what an office has open at once is little beside what it has behind it.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from backend.accounts.commands import issue_api_token
from backend.accounts.models import Membership, Organisation, User
from backend.accounts.roles import OrganisationKind, Role
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.encryption import seal
from backend.journal.models import Event
from backend.people.models import HelpSeeker, Identity, Pilot
from benchmarks import crowd

OFFICES = 20
LOOKED_AT = 5  # requests of each office
NAME = Identity._meta.get_field("name")
FIRST = ("Ana", "Ben", "Çiğdem", "Dariusz", "Élodie", "Faruk", "Galina", "Hêvîn", "Ivan", "Jîn", "Kawa")
LAST = ("Yıldız", "Schröder", "Ahmadi", "Kovalenko", "Öztürk", "Nguyen", "Haddad", "Weiß", "Rahimi")
SPLIT = """
CREATE TEMP TABLE shard AS SELECT n, CASE n WHEN 0 THEN %(office)s::uuid ELSE gen(40, n) END AS office
    FROM generate_series(0, %(offices)s - 1) AS n;
INSERT INTO accounts_office SELECT copy.* FROM accounts_office AS one, shard,
    LATERAL jsonb_populate_record(one, jsonb_build_object(
        'id', office, 'slug', 'bench-' || n, 'name', 'Bench ' || n)) AS copy
    WHERE one.id = %(office)s AND n > 0;
CREATE TEMP TABLE placed AS SELECT id AS pilot, office, substring(display_code FROM 3)::int AS number
    FROM people_pilot JOIN shard ON n = substring(display_code FROM 3)::int %% %(offices)s;
UPDATE people_pilot SET office_id = office FROM placed WHERE id = pilot;
UPDATE people_pilotoffice SET office_id = office FROM placed WHERE pilot_id = pilot;
UPDATE people_reach SET office_id = office FROM placed WHERE pilot_id = pilot;
"""
REQUESTS = """
CREATE TEMP TABLE wanted AS SELECT i, office, member, organisation, pilot,
        CASE WHEN i / %(offices)s %% 100 = 0 THEN 'OPEN' WHEN i / %(offices)s %% 100 < 3 THEN 'ASSIGNED'
             WHEN i / %(offices)s %% 100 < 85 THEN 'FULFILLED' WHEN i / %(offices)s %% 100 < 92 THEN 'WITHDRAWN'
             ELSE 'UNFILLED' END AS status,
        (ARRAY['kmr', 'ar', 'uk', 'fa', 'tr', 'ru'])[1 + i %% 6] AS language,
        (ARRAY['authority', 'school', 'health', 'daycare', 'work', 'housing'])[1 + i / 7 %% 6] AS topic
    FROM generate_series(1, %(requests)s) AS i
    JOIN shard ON n = i %% %(offices)s JOIN people USING (office) JOIN placed USING (office)
    WHERE number = CASE i %% %(pilots)s WHEN 0 THEN %(pilots)s ELSE i %% %(pilots)s END;
CREATE TEMP TABLE dated AS SELECT *,
        CASE WHEN status IN ('OPEN', 'ASSIGNED')
             THEN %(now)s::timestamptz + i / %(pilots)s * interval '1 day' + interval '3 days'
             ELSE %(now)s::timestamptz - i / %(pilots)s * interval '30 days' - interval '10 days' END
        + i %% 7 * interval '3 hours' AS starts, %(now)s::timestamptz - (i %% 9000) * interval '2 hours' AS filed
    FROM wanted;
INSERT INTO people_place SELECT copy.* FROM people_place AS one, dated, generate_series(51, 52) AS kind,
    LATERAL jsonb_populate_record(one, jsonb_build_object(
        'id', gen(kind, i), 'private', kind = 51, 'precision', 'CELL')) AS copy
    WHERE one.id = %(place)s;
INSERT INTO people_helpseeker SELECT copy.* FROM people_helpseeker AS one, dated,
    LATERAL jsonb_populate_record(one, jsonb_build_object('id', gen(50, i), 'case_key', 'S-' || i, 'office_id', office,
        'organisation_id', organisation, 'home_id', gen(51, i), 'languages', jsonb_build_array(language))) AS copy
    WHERE one.id = %(seeker)s;
INSERT INTO dispatch_helprequest SELECT copy.* FROM dispatch_helprequest AS one, dated,
    LATERAL jsonb_populate_record(one, jsonb_build_object('id', gen(53, i), 'reference', 'L-' || i, 'office_id', office,
        'organisation_id', organisation, 'requested_by_id', member, 'help_seeker_id', gen(50, i),
        'meeting_place_id', gen(52, i), 'languages', jsonb_build_array(language),
        'topic', dated.topic, 'status', dated.status,
        'created_at', filed, 'opened_at', filed,
        'assigned_at', CASE WHEN dated.status IN ('ASSIGNED', 'FULFILLED') THEN filed END,
        'fulfilled_at', CASE WHEN dated.status = 'FULFILLED' THEN starts END,
        'withdrawn_at', CASE WHEN dated.status = 'WITHDRAWN' THEN filed END,
        'withdrawn_reason', CASE WHEN dated.status = 'WITHDRAWN' THEN 'not_needed' ELSE '' END,
        'unfilled_at', CASE WHEN dated.status = 'UNFILLED' THEN starts END,
        'unfilled_reason', CASE WHEN dated.status = 'UNFILLED' THEN 'no_pilot_found' ELSE '' END)) AS copy
    WHERE one.id = %(request)s;
INSERT INTO dispatch_helprequestslot (id, help_request_id, starts_at, ends_at)
    SELECT gen(54, i), gen(53, i), starts, starts + interval '1 hour' FROM dated;
INSERT INTO dispatch_offer SELECT copy.* FROM dispatch_offer AS one, dated,
    LATERAL jsonb_populate_record(one, jsonb_build_object(
        'id', gen(55, i), 'help_request_id', gen(53, i), 'pilot_id', pilot,
        'status', 'CHOSEN', 'accepted_slot_id', gen(54, i), 'made_at', filed, 'chosen_at', filed)) AS copy
    WHERE one.id = %(offer)s AND dated.status IN ('ASSIGNED', 'FULFILLED');
INSERT INTO dispatch_offer SELECT copy.* FROM dispatch_offer AS one, dated,
    LATERAL jsonb_populate_record(one, jsonb_build_object(
        'id', gen(61, i), 'help_request_id', gen(53, i), 'pilot_id', pilot, 'status', 'PENDING', 'made_at', filed,
        'expires_at', %(now)s::timestamptz + interval '2 days', 'accepted_slot_id', NULL, 'accepted_at', NULL,
        'chosen_at', NULL)) AS copy
    WHERE one.id = %(offer)s AND dated.status = 'OPEN' AND i / %(offices)s %% 300 > 0;
INSERT INTO dispatch_offer_slots (offer_id, helprequestslot_id)
    SELECT gen(61, i), gen(54, i) FROM dated WHERE status = 'OPEN' AND i / %(offices)s %% 300 > 0;
INSERT INTO dispatch_assignment SELECT copy.* FROM dispatch_assignment AS one, dated,
    LATERAL jsonb_populate_record(one, jsonb_build_object(
        'id', gen(56, i), 'help_request_id', gen(53, i), 'pilot_id', pilot,
        'office_id', office, 'offer_id', gen(55, i), 'slot_id', gen(54, i), 'site', gen(57, i), 'starts_at', starts,
        'ends_at', starts + interval '1 hour', 'confirmed_at', filed,
        'busy', tstzrange(starts - interval '15 minutes', starts + interval '75 minutes')::text,
        'status', CASE WHEN dated.status = 'FULFILLED' THEN 'COMPLETED' ELSE 'CONFIRMED' END,
        'completed_at', CASE WHEN dated.status = 'FULFILLED' THEN starts + interval '1 hour' END)) AS copy
    WHERE one.id = %(assignment)s AND dated.status IN ('ASSIGNED', 'FULFILLED');
INSERT INTO journal_event SELECT copy.* FROM journal_event AS one, dated,
    LATERAL jsonb_populate_record(one, jsonb_build_object(
        'id', gen(58, i), 'subject_id', gen(53, i), 'timeline_id', gen(53, i),
        'office_id', office, 'actor_id', member, 'happened_at', filed, 'processed_at', filed)) AS copy
    WHERE one.id = %(event)s;
INSERT INTO notifications_delivery (id, event_id, template, recipient_id, channel, subject_type, subject_id, office_id,
        status, due_at, attempts, crashes, failure, failure_detail, sent_at)
    SELECT gen(59, i), gen(58, i), 'request_received', member, 'email', 'helprequest', gen(53, i), office,
        'SENT', filed, 1, 0, '', '', filed + interval '2 seconds' FROM dated;
"""


@dataclass(frozen=True)
class People:
    """One of each role per office, and what they look at."""

    coordinators: list[User]
    requesters: list[User]
    pilots: list[User]
    tokens: list[str]
    open: list[list[str]]  # some requests of each office
    assigned: list[list[str]]  # some of its school's
    help_seekers: list[str]  # one of each office
    assignments: list[str]  # of the pilots


@transaction.atomic
def build(pilots: int, requests: int) -> People:
    """The region; the caller analyses afterwards."""
    now = timezone.now()
    town = crowd.build(pilots)
    templates = _templates(town)
    values = {
        "office": town.office.pk, "offices": OFFICES, "pilots": pilots, "requests": requests, "now": now, **templates,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(crowd.WITHOUT_CHECKS)
        _names(cursor)
        _run(cursor, SPLIT, values)
        cursor.execute("SELECT n, office FROM shard ORDER BY n")
        offices = [office for _n, office in cursor.fetchall()]
        coordinators, requesters, people = _members(offices)
        cursor.execute("CREATE TEMP TABLE people (office uuid, member uuid, organisation uuid)")
        cursor.executemany("INSERT INTO people VALUES (%s, %s, %s)", people)
        _run(cursor, REQUESTS, values)
        cursor.execute(crowd.WITH_CHECKS)
    owners = list(
        Assignment.objects.filter(status="CONFIRMED").order_by("pk")[:OFFICES].select_related("pilot__user")
    )
    for one in owners:
        Membership.objects.get_or_create(
            user=one.pilot.user, role=Role.PILOT, office_id=one.pilot.office_id, defaults={"created_at": now}
        )
    return People(
        coordinators=coordinators,
        requesters=requesters,
        pilots=[one.pilot.user for one in owners],
        tokens=[
            issue_api_token(
                name="bench",
                scopes=["read", "dispatch", "requests"],
                days=2,
                is_strong=True,
                by=user,
                now=now,
            ).secret
            for user in coordinators
        ],
        open=[_some(office, "OPEN") for office in offices],
        assigned=[_some(office, "ASSIGNED") for office in offices],
        help_seekers=[
            str(HelpSeeker.objects.filter(office=office).values_list("pk", flat=True)[0])
            for office in offices
        ],
        assignments=[str(one.pk) for one in owners],
    )


def _run(cursor, statements: str, values: dict[str, object]) -> None:
    for statement in statements.replace("gen(", "pg_temp.gen(").split(";\n"):
        if statement.strip():
            cursor.execute(statement, values)


def _some(office, status: str) -> list[str]:
    found = HelpRequest.objects.filter(office_id=office, status=status).order_by("-created_at")
    return [str(pk) for pk in found.values_list("pk", flat=True)[:LOOKED_AT]]


def _names(cursor) -> None:
    """Every pilot has one, sealed as in life: whoever lists people opens them."""
    names = [
        (pk, seal(f"{FIRST[at % len(FIRST)]} {LAST[at // 7 % len(LAST)]}", NAME.context(pk)))
        for at, pk in enumerate(Identity.objects.values_list("pk", flat=True))
    ]
    cursor.execute("CREATE TEMP TABLE named (identity uuid, sealed text)")
    with cursor.copy("COPY named FROM STDIN") as copy:
        for row in names:
            copy.write_row(row)
    cursor.execute("UPDATE people_identity SET name = sealed FROM named WHERE id = identity")


def _members(offices) -> tuple[list[User], list[User], list[tuple]]:
    """A coordinator and a school with a requester for each office."""
    now, coordinators, requesters, people = timezone.now(), [], [], []
    for number, office in enumerate(offices):
        coordinator = User.objects.create_user(f"c{number}@region.example", created_at=now)
        Membership.objects.create(user=coordinator, role=Role.COORDINATOR, office_id=office, created_at=now)
        school = Organisation.objects.create(
            name=f"School {number}", kind=OrganisationKind.SCHOOL, postcode="49074", place="Osnabrück",
            point=Point(crowd.CENTRE_LON, crowd.CENTRE_LAT, srid=4326), created_at=now, approved_at=now,
        )  # fmt: skip
        school.offices.add(office)
        requester = User.objects.create_user(f"r{number}@region.example", created_at=now)
        Membership.objects.create(user=requester, role=Role.REQUESTER, organisation=school, created_at=now)
        coordinators.append(coordinator)
        requesters.append(requester)
        people.append((office, requester.pk, school.pk))
    return coordinators, requesters, people


def _templates(town: crowd.Crowd) -> dict[str, object]:
    """One row of each table, as the ORM writes it: the others are copies with other values."""
    request, now = town.help_request, timezone.now()
    slot = request.slots.first()
    offer = Offer.objects.create(
        help_request=request, pilot=Pilot.objects.order_by("pk")[0], status="CHOSEN", accepted_slot=slot, made_at=now,
        expires_at=now + timedelta(hours=48), accepted_at=now, chosen_at=now,
    )  # fmt: skip
    assignment = Assignment.objects.create(
        help_request=request, seat=1, office=town.office, pilot=offer.pilot, offer=offer, slot=slot,
        starts_at=slot.starts_at, ends_at=slot.ends_at, busy=DateTimeTZRange(slot.starts_at, slot.ends_at, "[)"),
        status="CONFIRMED", confirmed_by=town.coordinator, confirmed_at=now,
    )  # fmt: skip
    event = Event.objects.create(
        kind="HELP_REQUEST_FILED", subject_type="helprequest", subject_id=request.pk, timeline_id=request.pk,
        actor_id=town.coordinator.pk, office_id=town.office.pk, facts={}, happened_at=now, processed_at=now,
    )  # fmt: skip
    return {
        "place": request.help_seeker.home_id, "seeker": request.help_seeker_id, "request": request.pk,
        "offer": offer.pk, "assignment": assignment.pk, "event": event.pk,
    }  # fmt: skip
