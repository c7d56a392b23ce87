"""A bench town with thousands of requests in every state, written in bulk, so that lists have something to list."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from backend.accounts.models import Membership, Office, Organisation, User
from backend.accounts.roles import OrganisationKind, Role
from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot, Offer
from backend.journal.models import Event
from backend.people.models import HelpSeeker, Pilot, Place
from benchmarks import town
from benchmarks.town import BATCH, NOW

# Of ten requests: what an office has open at once is little beside what it has behind it.
STATES = ("OPEN", *["FULFILLED"] * 6, "ASSIGNED", "WITHDRAWN", "UNFILLED")
TIMES = {
    "OPEN": "opened_at",
    "ASSIGNED": "assigned_at",
    "FULFILLED": "fulfilled_at",
    "UNFILLED": "unfilled_at",
    "WITHDRAWN": "withdrawn_at",
}
TOPICS = ("authority", "school", "health", "daycare", "work", "housing")
LANGUAGES = ("kmr", "ar", "uk", "fa", "tr", "ru")


@transaction.atomic
def build(pilots: int, requests: int) -> dict[str, User]:
    """Who opens the lists, by role: coordinator, admin, requester and a pilot, who own what there is."""
    coordinator, _request = town.build(pilots)
    office = Office.objects.get(slug="bench")
    organisation = _organisation(office)
    people = {
        "coordinator": coordinator,
        "requester": _member("requester", Role.REQUESTER, organisation=organisation),
        "admin": _member("admin", Role.ADMIN, office=office),
        "auditor": _member("auditor", Role.AUDITOR, office=office),
        "pilot": Pilot.objects.get(display_code="P-0").user,
    }
    Membership.objects.create(user=people["pilot"], role=Role.PILOT, office=office, created_at=NOW)
    for first in range(0, requests, BATCH):
        _write(office, organisation, people["requester"], range(first, min(first + BATCH, requests)), pilots)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return people


def _organisation(office: Office) -> Organisation:
    organisation = Organisation.objects.create(
        name="Bench School", kind=OrganisationKind.SCHOOL, postcode="49074", place="Osnabrück",
        point=Point(town.CENTRE_LON, town.CENTRE_LAT, srid=4326), created_at=NOW, approved_at=NOW,
    )  # fmt: skip
    organisation.offices.add(office)
    return organisation


def _member(name: str, role: Role, **where: object) -> User:
    user = User.objects.create_user(f"{name}@bench.example", created_at=NOW)
    Membership.objects.create(user=user, role=role, created_at=NOW, **where)
    return user


def _write(office: Office, organisation: Organisation, by: User, rows: range, pilots: int) -> None:
    homes, meetings = _places(rows, private=True), _places(rows, private=False)
    Place.objects.bulk_create([*homes, *meetings])
    seekers = [
        HelpSeeker(
            office=office, organisation=organisation, case_key=f"S-{row}", home=home, registered_at=NOW,
            languages=[LANGUAGES[row % 6]],
        )
        for row, home in zip(rows, homes, strict=True)
    ]  # fmt: skip
    HelpSeeker.objects.bulk_create(seekers)
    requests = [
        HelpRequest(
            office=office, organisation=organisation, help_seeker=seeker, requested_by=by, reference=f"L-{row}",
            status=STATES[row % 10], languages=seeker.languages, topic=TOPICS[row % 6], meeting_place=meeting,
            created_at=NOW - timedelta(hours=row % 2000), urgent=row % 50 == 0,
            unfilled_reason="no_pilot_found" if STATES[row % 10] == "UNFILLED" else "",
            withdrawn_reason="not_needed" if STATES[row % 10] == "WITHDRAWN" else "",
            **{TIMES[STATES[row % 10]]: NOW, "opened_at": NOW},
        )
        for row, seeker, meeting in zip(rows, seekers, meetings, strict=True)
    ]  # fmt: skip
    HelpRequest.objects.bulk_create(requests)
    Event.objects.bulk_create(
        Event(
            kind="HELP_REQUEST_FILED", subject_type="helprequest", subject_id=request.pk, timeline_id=request.pk,
            actor_id=by.pk, office_id=office.pk, facts={}, happened_at=request.created_at, processed_at=NOW,
        )
        for request in requests
    )  # fmt: skip
    slots = [
        HelpRequestSlot(help_request=request, starts_at=at, ends_at=at + timedelta(hours=1))
        for row, request in zip(rows, requests, strict=True)
        for at in [_time(row, request.status)]
    ]
    HelpRequestSlot.objects.bulk_create(slots)
    _answer(office, by, list(zip(rows, requests, slots, strict=True)), pilots)


def _places(rows: range, *, private: bool) -> list[Place]:
    point = Point(town.CENTRE_LON, town.CENTRE_LAT, srid=4326)
    return [
        Place(postcode="49074", place="Osnabrück", point=point, precision="CELL", private=private)
        for _ in rows
    ]


def _time(row: int, status: str) -> datetime:
    """Each at an hour of its own, so that no pilot is in two places at once; far from the bench's other sessions."""
    ahead = status in ("OPEN", "ASSIGNED")
    now = NOW.astimezone(UTC)  # by the clock on the wall an hour is missing in March
    return now + timedelta(days=30, hours=2 * row) if ahead else now - timedelta(days=100, hours=2 * row)


def _answer(
    office: Office, by: User, rows: list[tuple[int, HelpRequest, HelpRequestSlot]], pilots: int
) -> None:
    """A pilot for whatever is assigned or over; a question and a yes for some of what is open."""
    people = list(Pilot.objects.filter(office=office).order_by("display_code"))
    offers, assignments = [], []
    for row, request, slot in rows:
        # Every fortieth is the bench's own pilot, so that her lists are long too.
        pilot = next(p for p in people if p.display_code == "P-0") if row % 40 < 9 else people[row % pilots]
        if request.status in ("ASSIGNED", "FULFILLED"):
            offer = _offer(request, pilot, slot, "CHOSEN", chosen_at=NOW)
            assignments.append(_assignment(office, by, request, offer, slot))
            offers.append(offer)
        elif request.status == "OPEN" and row % 3 == 0:
            offers.append(_offer(request, pilot, None, "PENDING"))
        elif request.status == "OPEN" and row % 3 == 1:
            offers.append(_offer(request, pilot, slot, "ACCEPTED", accepted_at=NOW))
    Offer.objects.bulk_create(offers)
    Assignment.objects.bulk_create(assignments)
    Offer.slots.through.objects.bulk_create(
        Offer.slots.through(offer_id=offer.pk, helprequestslot_id=slot.pk)
        for offer, slot in _asked(offers, rows)
    )


def _asked(offers: list[Offer], rows: list) -> Iterator[tuple[Offer, HelpRequestSlot]]:
    slot_of = {request.pk: slot for _row, request, slot in rows}
    yield from ((offer, slot_of[offer.help_request_id]) for offer in offers)


def _offer(
    request: HelpRequest, pilot: Pilot, slot: HelpRequestSlot | None, status: str, **times: object
) -> Offer:
    return Offer(
        help_request=request, pilot=pilot, status=status, accepted_slot=slot, made_at=NOW,
        expires_at=NOW + timedelta(hours=48), **times,
    )  # fmt: skip


def _assignment(
    office: Office, by: User, request: HelpRequest, offer: Offer, slot: HelpRequestSlot
) -> Assignment:
    half, over = timedelta(minutes=15), request.status == "FULFILLED"
    return Assignment(
        help_request=request, seat=1, office=office, pilot=offer.pilot, offer=offer, slot=slot,
        starts_at=slot.starts_at, ends_at=slot.ends_at,
        busy=DateTimeTZRange(slot.starts_at - half, slot.ends_at + half, "[)"),
        status="COMPLETED" if over else "CONFIRMED", confirmed_by=by, confirmed_at=NOW,
        completed_at=NOW if over else None,
    )  # fmt: skip
