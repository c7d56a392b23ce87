"""What is left of a pilot or a help-seeker who has her data erased? A row without a person, so that figures hold."""

from datetime import datetime

from django.contrib.gis.geos import Point
from django.db.models import Q

from backend.accounts.models import User
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people.codes import CefrLevel, TravelMode
from backend.people.models import Consent, HelpSeeker, Identity, Pilot, Place
from backend.people.reach import write_reach
from backend.people.states import PilotStatus
from geo.geocoding import Precision
from geo.postgis import WGS84_SRID

UNDETERMINED = "und"  # BCP 47: some language, we no longer know which
NOWHERE = Point(0, 0, srid=WGS84_SRID)
DETAILS_OF_A_PILOT = (
    "skills",
    "availabilities",
    "absences",
    "vetoes",
    "qualifications",
    "background_checks",
    "pilot_offices",
)


def erase_pilot(pilot: Pilot, *, by: User | None, now: datetime) -> None:
    """Take the pilot through LEFT to ERASED and empty all that is said of her."""
    if pilot.status not in (PilotStatus.LEFT, PilotStatus.ERASED):
        _move(pilot, PilotStatus.LEFT, by=by, now=now)
    if pilot.status == PilotStatus.LEFT:
        _move(
            pilot,
            PilotStatus.ERASED,
            by=by,
            now=now,
            gender="",
            german_level=CefrLevel.UNKNOWN,
            reach_km=1,
            travel_mode=TravelMode.TRANSIT,
            monthly_hours=None,
            heavy_per_month=None,
            quiet_from_hour=None,
            quiet_until_hour=None,
            paused_until=None,
            topics_wished=[],
            topics_refused=[],
            steps_done=[],
        )
    for name in DETAILS_OF_A_PILOT:
        getattr(pilot, name).all().delete()
    nowhere(pilot.home).save()
    _empty(pilot.identity)


def erase_help_seeker(help_seeker: HelpSeeker) -> None:
    """Empty all that is said of a help-seeker; the row stays for the requests that were counted."""
    help_seeker.case_key = f"X-{help_seeker.pk.hex[-12:].upper()}"
    help_seeker.languages = [UNDETERMINED]
    help_seeker.needs, help_seeker.gender_wish = [], ""
    help_seeker.save()
    nowhere(help_seeker.home).save()
    if help_seeker.identity:
        _empty(help_seeker.identity)


def end_consents(user: User, *, at: datetime) -> None:
    """Note that nothing is agreed to any more; that it once was has to be proven for three years.

    What she has attested for others, as a member of an organisation, is theirs and stays.
    """
    own = Consent.objects.filter(user=user, withdrawn_at=None)
    own.filter(Q(help_seeker=None) | Q(help_seeker__user=user)).update(withdrawn_at=at)


def end_consents_of_client(help_seeker: HelpSeeker, *, at: datetime) -> None:
    """The same for somebody without an account."""
    Consent.objects.filter(help_seeker=help_seeker, withdrawn_at=None).update(withdrawn_at=at)


def nowhere(place: Place) -> Place:
    """The place without a trace of where it was; not saved."""
    place.street, place.postcode, place.place, place.point = "", "", "", NOWHERE
    place.precision = Precision.PLACE
    return place


def address_alone(place: Place) -> Place:
    """The place without its street, a kilometre or so around; not saved."""
    if place.precision in (Precision.ADDRESS, Precision.STREET):
        place.precision = Precision.CELL
        place.point = Point(round(place.point.x, 2), round(place.point.y, 2), srid=WGS84_SRID)
    place.street = ""
    return place


def town_alone(place: Place) -> Place:
    """The place as its town and some ten kilometres around; not saved."""
    place.street, place.postcode, place.precision = "", "", Precision.PLACE
    place.point = Point(round(place.point.x, 1), round(place.point.y, 1), srid=WGS84_SRID)
    return place


def _empty(identity: Identity) -> None:
    identity.name = identity.phone = identity.street = identity.note = ""
    identity.save()


def _move(pilot: Pilot, status: PilotStatus, *, by: User | None, now: datetime, **fields: object) -> None:
    pilot.move_to(status, at=now, **fields)
    write_reach(pilot)
    record(EventKind.PILOT_STATUS_CHANGED, subject=pilot, by=by, at=now, status=status.value)
