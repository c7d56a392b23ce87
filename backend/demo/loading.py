"""How the demo town is built: by the product's own commands, with a history and some work in progress."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from backend.accounts.commands import approve_organisation, invite, open_office, register_organisation
from backend.accounts.entry.commands.invitations import accept_invitation
from backend.accounts.models import Office, Organisation, User
from backend.accounts.roles import Role
from backend.demo.history import past_requests
from backend.demo.past_rows import write_past
from backend.demo.second_step import give_second_step
from backend.demo.town import CITY, DISTRICT, FRIESLAND, Volunteer, volunteers
from backend.dispatch.commands.acceptance import train_acceptance
from backend.dispatch.commands.assignments import confirm_assignment, report_activity
from backend.dispatch.commands.help_requests import (
    Confidential,
    Need,
    close_unfilled,
    file_help_request,
    suggest_pilots,
)
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.commands.offers import accept_offer, make_offers
from backend.dispatch.models import HelpRequest, Offer
from backend.dispatch.queries import overdue
from backend.errors import DomainError
from backend.journal.models import Event
from backend.people.commands.help_seekers import register_help_seeker
from backend.people.commands.pilots import (
    activate_pilot,
    record_background_check,
    record_qualification,
    register_pilot,
)
from backend.people.models import HelpSeeker
from backend.people.profile import PersonalData
from geo.gazetteer import postcodes_of_district
from geo.locating import locate

Report = Callable[[str], None]
COORDINATOR, ADMIN, REQUESTER = "kaya@leitstelle.example", "admin@leitstelle.example", "rita@schule.example"
ORGANISATIONS = [
    ("Schule am Westerberg", "school", "49076", REQUESTER),
    ("Jobcenter Osnabrück", "jobcenter", "49074", "jobcenter@behoerde.example"),
    ("Kita Sonnenhügel", "daycare", "49088", "kita@kita.example"),
    ("Klinikum am Fluss", "hospital", "49076", "sozialdienst@klinik.example"),
    ("Beratungsstelle Melle", "advice", "49324", "beratung@melle.example"),
]
NEEDS = [
    ("kmr", "school"), ("ar", "authority"), ("uk", "health"), ("fa", "daycare"), ("tr", "work"), ("ar", "school"),
    ("ru", "housing"), ("ti", "authority"), ("prs", "health"), ("sq", "daycare"),
]  # fmt: skip
ZONE = ZoneInfo("Europe/Berlin")


@transaction.atomic
def load_town(*, pilots: int, sessions: int, past: int, now: datetime, report: Report) -> None:
    """Offices, organisations, volunteers, past requests and sessions, and open requests, in one transaction.

    `past` requests are written in bulk, so that there are answers enough to learn from; `sessions` by commands.

    What is past was told in its time: its events are marked as processed, so that nobody gets old mail.
    """
    kaya = _office_osnabrueck(now - timedelta(days=200))
    _office_friesland(now - timedelta(days=200))
    organisations = [_organisation(*row, by=kaya, now=now - timedelta(days=190)) for row in ORGANISATIONS]
    report(f"{len(organisations)} organisations")
    for volunteer in volunteers(pilots, postcodes_of_district(CITY), postcodes_of_district(DISTRICT)):
        _pilot(volunteer, by=kaya, now=now - timedelta(days=180))
        if volunteer.number % 20 == 0:
            report(f"{volunteer.number} of {pilots} volunteers")
    office = Office.objects.get(slug="osnabrueck")
    asked = write_past(office, past_requests(office, organisations, count=past, now=now), by=kaya)
    report(f"{asked} questions asked in the last weeks")
    draw = random.Random(11)  # noqa: S311
    held = sum(_past_session(draw, organisations, kaya, now=now) for _ in range(sessions))
    report(f"{held} sessions held")
    for left in overdue(now=now):
        close_unfilled(help_request_id=left.pk, by=None, now=now)
    version = train_acceptance(office_id=None, by=None, now=now)
    if version is not None:
        report(f"learned who says yes from {version.answers} answers: {version.get_status_display()}")
    _open_requests(draw, organisations, kaya, now=now)
    Event.objects.unprocessed().update(processed_at=now)


def _office_osnabrueck(now: datetime) -> User:
    office = open_office(
        name="Leitstelle für Integration Osnabrück",
        slug="osnabrueck",
        email="leitstelle@leitstelle.example",
        phone="+49541000000",
        postcodes=postcodes_of_district(CITY) + postcodes_of_district(DISTRICT),
        admin_email=ADMIN,
        accepts_self_registration=True,
        by=None,
        now=now,
    )
    return _coordinator(office, COORDINATOR, ADMIN, now)


def _office_friesland(now: datetime) -> None:
    office = open_office(
        name="Koordinierungsstelle Migration und Teilhabe Friesland",
        slug="friesland",
        email="koordination@friesland.example",
        phone="+494461000000",
        postcodes=postcodes_of_district(FRIESLAND),
        admin_email="admin@friesland.example",
        label="Koordinierungsstelle",
        course_hours=30,
        by=None,
        now=now,
    )
    _coordinator(office, "frauke@friesland.example", "admin@friesland.example", now)


def _coordinator(office: Office, email: str, admin: str, now: datetime) -> User:
    by = User.objects.get(email=admin)
    invitation = invite(
        email=email,
        role=Role.COORDINATOR,
        language="de",
        office_id=office.pk,
        organisation_id=None,
        by=by,
        now=now,
    )
    accept_invitation(secret=invitation.new_link(at=now), by=None, now=now)
    for user in (by, invitation.user):
        give_second_step(user)
    return invitation.user


def _organisation(
    name: str, kind: str, postcode: str, email: str, *, by: User, now: datetime
) -> Organisation:
    organisation = register_organisation(
        name=name,
        kind=kind,
        where=locate(private=False, postcode=postcode),
        contact_email=email,
        language="de",
        by=None,
        now=now,
    )
    assert organisation  # nobody else in the town has the address
    return approve_organisation(organisation_id=organisation.pk, by=by, now=now)


def _pilot(volunteer: Volunteer, *, by: User, now: datetime) -> None:
    pilot = register_pilot(
        email=volunteer.email,
        language="de",
        person=PersonalData(name=volunteer.name, phone=f"+4954100{volunteer.number:04d}"),
        home=locate(private=True, postcode=volunteer.postcode),
        wishes=volunteer.wishes,
        skills=volunteer.skills,
        week=volunteer.week,
        data_protection=True,
        confidentiality=True,
        by=None,
        now=now,
    )
    assert pilot  # nobody else in the town has the address
    issued = (now - timedelta(days=30)).date()
    record_qualification(
        pilot_id=pilot.pk,
        kind="basic_course",
        hours=50,
        issuer="Volkshochschule",
        issued_date=issued,
        by=by,
        now=now,
    )
    if volunteer.has_background_check:
        record_background_check(
            pilot_id=pilot.pk, inspected_date=issued, stands_in_the_way=False, by=by, now=now
        )
    activate_pilot(pilot_id=pilot.pk, pledge_seen=True, by=by, now=now)


def _request(
    draw: random.Random, organisations: list[Organisation], *, day: date, now: datetime, urgent: bool = False
) -> HelpRequest:
    language, topic = draw.choice(NEEDS)
    organisation = draw.choice(organisations)
    by = organisation.memberships.get().user
    help_seeker: HelpSeeker = register_help_seeker(
        case_key=f"F-{draw.randrange(10**6):06d}",
        languages=[language],
        home=locate(private=True, postcode=organisation.postcode),
        needs=[topic],
        gender_wish=draw.choices(["", "f"], [8, 2])[0],
        organisation_id=organisation.pk,
        data_protection=True,
        by=by,
        now=now,
    )
    starts_at = datetime(
        day.year, day.month, day.day, draw.randrange(9, 15), draw.choice([0, 30]), tzinfo=ZONE
    )
    return file_help_request(
        help_seeker_id=help_seeker.pk,
        need=Need(topic=topic, slots=[(starts_at, starts_at + timedelta(hours=1))], urgent=urgent),
        where=MeetingPlace(postcode=organisation.postcode),
        confidential=Confidential(meeting_point="Haupteingang"),
        by=by,
        now=now,
    )


def _offer_to_best(help_request: HelpRequest, by: User, how_many: int, *, now: datetime) -> list[Offer]:
    run = suggest_pilots(help_request_id=help_request.pk, by=by, now=now)
    best = [suggestion.pilot_id for suggestion in run.suggestions.all()[:how_many]]
    return make_offers(help_request_id=help_request.pk, pilot_ids=best, by=by, now=now) if best else []


def _accept(offer: Offer, *, now: datetime) -> None:
    slot = offer.slots.earliest("starts_at")
    accept_offer(offer_id=offer.pk, slot_id=slot.pk, by=offer.pilot.user, now=now)


def _past_session(
    draw: random.Random, organisations: list[Organisation], kaya: User, *, now: datetime
) -> bool:
    """One session of the last half year; False where nobody could come, as happens."""
    filed = now - timedelta(days=draw.randrange(20, 160))
    day = _workday((filed + timedelta(days=draw.randrange(7, 14))).date())
    help_request = _request(draw, organisations, day=day, now=filed)
    offers = _offer_to_best(help_request, kaya, 2, now=filed + timedelta(hours=3))
    if not offers:
        return False
    offer = draw.choice(offers)
    _accept(offer, now=filed + timedelta(hours=9))
    try:
        assignment = confirm_assignment(
            help_request_id=help_request.pk, offer_id=offer.pk, by=kaya, now=filed + timedelta(hours=24)
        )
    except DomainError:  # accepted twice for the same hour, as happens too
        return False
    report_activity(
        assignment_id=assignment.pk,
        done=True,
        not_done_reason="",
        minutes=draw.choice([45, 60, 75, 90]),
        km=draw.randrange(2, 20),
        by=offer.pilot.user,
        now=assignment.ends_at + timedelta(hours=2),
    )
    return True


def _open_requests(
    draw: random.Random, organisations: list[Organisation], kaya: User, *, now: datetime
) -> None:
    """Work in progress: new ones, one that waits for answers, one that is accepted."""
    for offset in (8, 9, 10, 12, 13, 15):
        day = _workday((now + timedelta(days=offset)).date())
        help_request = _request(draw, organisations, day=day, now=now - timedelta(days=1))
        if offset in (12, 13, 15):
            offers = _offer_to_best(help_request, kaya, 3, now=now - timedelta(hours=20))
            if offset == 15 and offers:
                _accept(offers[0], now=now - timedelta(hours=2))


def _workday(day: date) -> date:
    """The day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
