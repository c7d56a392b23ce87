"""How an assignment stands in a calendar (RFC 5545): when, and where if that is an organisation's address. No names.

The method is REQUEST, not PUBLISH: mail programs match a later CANCEL by UID and SEQUENCE only with an entry that
came as an invitation, and take it out by themselves. The reader is the only attendee, has accepted already and is
asked for no reply, so that neither side learns the other's address.
"""

from datetime import datetime, timedelta
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.dispatch.disclosure import is_hidden
from backend.dispatch.models import Assignment
from backend.dispatch.states import AssignmentStatus
from notifications.contents.appointment import exact_place
from notifications.models import mail_domain

PRODUCT = "-//ILOS//Assignments//EN"
REACHES_BACK = timedelta(days=60)
AT_MOST = 2000


def entry(assignment: Assignment, *, to: User, at: datetime) -> MIMEBase:
    """The attachment that puts the assignment into the reader's calendar, or takes it out when it is cancelled."""
    method = "CANCEL" if assignment.status == AssignmentStatus.CANCELLED else "REQUEST"
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(assignment, to=to, at=at))
    calendar.add_missing_timezones()
    attachment = MIMEText(calendar.to_ical().decode(), "calendar", "utf-8")
    attachment.set_param("method", method)
    attachment.add_header("Content-Disposition", "attachment", filename="ilos.ics")
    return attachment


def shows_place(assignment: Assignment, *, to: User, now: datetime) -> bool:
    """Whether the reader's calendar may say where: until a day after a session that stands; the office always."""
    office = to.has_role(Role.COORDINATOR, office_id=assignment.office_id)
    return office or not is_hidden(assignment, now=now)


def uid(assignment: Assignment) -> str:
    """The same for every message about this assignment."""
    return f"{assignment.pk}@{mail_domain()}"


def feed(user: User, *, now: datetime, made_at: datetime | None = None) -> bytes:
    """What a calendar program subscribes to: the pilot's assignments, and a coordinator's office's. No names.

    The same entries under the same UIDs as those that were mailed, so that no calendar shows one twice. The bytes
    change only when an assignment does, and when the place of one is hidden a day after.

    `made_at` is when the private address was made. It opens no office whose staff she has joined since: by then she had
    proven no second factor, and whoever holds the address never will.
    """
    offices = {
        one.office_id
        for one in user.live_memberships
        if one.role == Role.COORDINATOR and (made_at is None or one.created_at <= made_at)
    }
    own = Q(pilot__user=user) | Q(office__in=offices)
    assignments = (
        Assignment.objects.filter(own, ends_at__gt=now - REACHES_BACK)
        .select_related("office", "help_request__office", "help_request__meeting_place")
        .order_by("starts_at", "pk")
    )
    with translation.override(user.language):
        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", _("ILOS appointments"))
        calendar.add("refresh-interval", timedelta(hours=1), {"VALUE": "DURATION"})
        for assignment in assignments[:AT_MOST]:
            at = assignment.cancelled_at or assignment.missed_at or assignment.confirmed_at
            place = assignment.office_id in offices or not is_hidden(assignment, now=now)
            calendar.add_component(_appointment(assignment, at=at, place=place))
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(assignment: Assignment, *, to: User, at: datetime) -> Event:
    """The entry as an invitation that its reader has accepted already."""
    office = assignment.office
    event = _appointment(assignment, at=at, place=shows_place(assignment, to=to, now=at))
    organizer = vCalAddress(f"mailto:{office.email}")
    organizer.params["cn"] = vText(office.name)
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{to.email}")
    attendee.params.update({"partstat": vText("ACCEPTED"), "rsvp": vText("FALSE")})
    event.add("attendee", attendee, encode=False)
    return event


def _appointment(assignment: Assignment, *, at: datetime, place: bool) -> Event:
    office = assignment.office
    zone = ZoneInfo(office.time_zone)
    event = Event()
    event.add("uid", uid(assignment))
    event.add("sequence", assignment.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", assignment.starts_at.astimezone(zone))
    event.add("dtend", assignment.ends_at.astimezone(zone))
    event.add(
        "summary", _("ILOS assignment %(reference)s") % {"reference": assignment.help_request.reference}
    )
    event.add("class", "PRIVATE")
    if place and (where := exact_place(assignment.help_request)):
        event.add("location", where)
    event.add("status", "CONFIRMED" if assignment.is_live else "CANCELLED")
    return event
