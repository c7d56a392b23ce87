"""How tests get their people and requests: through the same commands as everybody else."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point

from backend.accounts.commands import approve_organisation, register_organisation
from backend.accounts.models import Membership, Office, Organisation, User
from backend.accounts.roles import Role
from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.commands.help_requests import Confidential, Need, file_help_request
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.commands.offers import accept_offer, make_offers
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.people.commands.help_seekers import register_help_seeker
from backend.people.commands.pilots import (
    activate_pilot,
    record_background_check,
    record_qualification,
    register_pilot,
)
from backend.people.models import HelpSeeker, Pilot
from backend.people.profile import PersonalData, Skill, WeeklySpan, Wishes
from geo.address import normalise_place
from geo.geocoding import Precision
from geo.locating import Located, locate
from geo.models import GazetteerEntry

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday
ALL_WEEK = [WeeklySpan(day, time(8), time(20)) for day in range(7)]
PLACES = {
    # GeoNames postal codes, CC BY 4.0 (geonames.org)
    "49074": ("Osnabrück", "03404", 52.2738, 8.0521),
    "49076": ("Osnabrück", "03404", 52.2867, 8.0130),
    "49084": ("Osnabrück", "03404", 52.2667, 8.0725),
    "49324": ("Melle", "03459", 52.1977, 8.3389),
    "33602": ("Bielefeld", "05711", 52.0233, 8.5346),
    "26441": ("Jever", "03455", 53.5741, 7.9008),
}
OSNABRUECK_POSTCODES = ["49074", "49076", "49084", "49324", "33602"]
_serial = count(1)


def a_gazetteer() -> None:
    """The few postal codes that tests use."""
    GazetteerEntry.objects.bulk_create(
        GazetteerEntry(
            country="DE",
            postcode=postcode,
            place=place,
            place_key=normalise_place(place),
            district_code=district,
            state_code=district[:2],
            point=Point(lon, lat, srid=4326),
            precision=Precision.POSTCODE,
        )
        for postcode, (place, district, lat, lon) in PLACES.items()
    )


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    """A moment by the clock on the wall in Germany."""
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


def an_office(slug: str, postcodes: Sequence[str], **rules: Any) -> Office:
    return Office.objects.create(
        name=slug.title(),
        slug=slug,
        email=f"office@{slug}.example",
        phone="0541 1234",
        service_postcodes=list(postcodes),
        created_at=NOW,
        **rules,
    )


def a_user(name: str, *, language: str = "de") -> User:
    return User.objects.create_user(f"{name}@{name}.example", language=language, created_at=NOW)


def a_member(name: str, office: Office, role: Role) -> User:
    user = a_user(name)
    Membership.objects.create(user=user, role=role, office=office, created_at=NOW)
    return user


def a_coordinator(name: str, office: Office) -> User:
    return a_member(name, office, Role.COORDINATOR)


def an_admin(name: str, office: Office) -> User:
    return a_member(name, office, Role.ADMIN)


def an_organisation(
    name: str, by: User, *, postcode: str = "49074", kind: str = "school", now: datetime = NOW
) -> Organisation:
    """Registered and approved, with a first member <name>@<name>.example."""
    organisation = register_organisation(
        name=f"{name.title()}-Schule",
        kind=kind,
        where=locate(private=False, postcode=postcode),
        contact_email=f"{name}@{name}.example",
        language="de",
        by=None,
        now=now,
    )
    return approve_organisation(organisation_id=organisation.pk, by=by, now=now)


def a_pilot(
    name: str,
    by: User,
    *,
    skills: Mapping[str, int] | None = None,
    postcode: str = "49074",
    home: Located | None = None,
    reach_km: int = 30,
    week: Sequence[WeeklySpan] = ALL_WEEK,
    checked: date | None = date(2026, 1, 15),
    active: bool = True,
    language: str = "de",
    signed_in: User | None = None,
    now: datetime = NOW,
    **wishes: Any,
) -> Pilot:
    """An active pilot with a basic course and a valid background check, unless told otherwise."""
    pilot = register_pilot(
        email=f"{name}@{name}.example",
        language=language,
        person=PersonalData(name=name.title(), phone="+4954112345"),
        home=home or locate(private=True, postcode=postcode),
        wishes=Wishes(**{"german_level": 5, "reach_km": reach_km, **wishes}),
        skills=[Skill(code, level, level) for code, level in (skills or {"kmr": 5}).items()],
        week=week,
        data_protection=True,
        confidentiality=True,
        by=signed_in,
        now=now,
    )
    if active:
        record_qualification(
            pilot_id=pilot.pk,
            kind="basic_course",
            hours=50,
            issuer="VHS",
            issued_date=date(2026, 2, 1),
            by=by,
            now=now,
        )
        if checked:
            record_background_check(
                pilot_id=pilot.pk, inspected_date=checked, stands_in_the_way=False, by=by, now=now
            )
        activate_pilot(pilot_id=pilot.pk, pledge_seen=True, by=by, now=now)
        pilot.refresh_from_db()
    return pilot


def a_help_seeker(by: User, *, languages: Sequence[str] = ("kmr",), **given: Any) -> HelpSeeker:
    values = {
        "case_key": f"case-{next(_serial)}",
        "home": locate(private=True, postcode="49074"),
        "needs": ["school"],
        "gender_wish": "",
        "organisation_id": None,
        "data_protection": True,
        "now": NOW,
    }
    return register_help_seeker(languages=languages, by=by, **{**values, **given})


def a_help_request(
    help_seeker: HelpSeeker,
    by: User,
    *,
    slots: Sequence[tuple[datetime, datetime]] | None = None,
    postcode: str = "49074",
    street: str = "",
    now: datetime = NOW,
    confidential: Confidential | None = None,
    **need: Any,
) -> HelpRequest:
    """A request on Tuesday, 10 November 2026, 10:00–11:00, at the place of the postal code."""
    return file_help_request(
        help_seeker_id=help_seeker.pk,
        need=Need(**{"topic": "school", "slots": slots or [(at(10, 10), at(10, 11))], **need}),
        where=MeetingPlace(postcode=postcode, street=street, public=True),
        confidential=confidential
        or Confidential(meeting_point="Haupteingang", contact_on_site="Frau Beispiel"),
        by=by,
        now=now,
    )


def offers_to(
    help_request: HelpRequest, pilots: Sequence[Pilot], by: User, *, now: datetime = NOW
) -> list[Offer]:
    return make_offers(help_request_id=help_request.pk, pilot_ids=[p.pk for p in pilots], by=by, now=now)


def accepted(offer: Offer, *, now: datetime = NOW + timedelta(hours=1)) -> Offer:
    """The offer, accepted by its pilot for its first date."""
    slot = offer.slots.order_by("starts_at").first()
    return accept_offer(offer_id=offer.pk, slot_id=slot.pk, by=offer.pilot.user, now=now)


def an_assignment(help_request: HelpRequest, pilot: Pilot, by: User, *, now: datetime = NOW) -> Assignment:
    """Offered to this pilot, accepted and confirmed."""
    (offer,) = offers_to(help_request, [pilot], by, now=now)
    return confirm(accepted(offer, now=now), by, now=now)


def confirm(offer: Offer, by: User, *, now: datetime = NOW) -> Assignment:
    """The offer, confirmed for its request."""
    return confirm_assignment(help_request_id=offer.help_request_id, offer_id=offer.pk, by=by, now=now)
