"""What messages about people say: registration, activation, invitations, organisations."""

from datetime import datetime

from django.utils import timezone

from backend.accounts.models import BarrierReport, Invitation, Membership, Organisation, User
from backend.accounts.roles import Role
from backend.moments import day_in_words
from backend.people.models import HelpSeeker, Pilot
from backend.people.policies import steps_left
from backend.people.states import PilotStatus
from notifications import links
from notifications.contents.content import Content
from notifications.models import Delivery

GONE = (PilotStatus.LEFT, PilotStatus.ERASED)


def pilot_welcome(delivery: Delivery, pilot: Pilot, now: datetime) -> Content | None:
    if pilot.status in GONE:
        return None
    left = len(steps_left(pilot))
    return Content({"course_hours": pilot.office.course_hours, "steps_left": left, "url": links.home()})


def new_applicant(delivery: Delivery, pilot: Pilot, now: datetime) -> Content | None:
    if pilot.status != PilotStatus.APPLICANT:
        return None
    return Content({"code": pilot.display_code, "url": links.pilot(pilot)})


def pilot_activated(delivery: Delivery, pilot: Pilot, now: datetime) -> Content | None:
    if pilot.status != PilotStatus.ACTIVE:
        return None
    return Content({"url": links.my_times()})


def silence_noticed(delivery: Delivery, pilot: Pilot, now: datetime) -> Content | None:
    if pilot.status in GONE:
        return None
    return Content({"url": links.home()})


def registered_already(delivery: Delivery, user: User, now: datetime) -> Content | None:
    return Content({"url": links.home()})


def help_seeker_welcome(delivery: Delivery, help_seeker: HelpSeeker, now: datetime) -> Content | None:
    return Content({"url": links.new_request()})


def user_invited(delivery: Delivery, user: User, now: datetime) -> Content | None:
    """With a link that accepts it once; where the role was given at once, with the way to sign in."""
    facts = delivery.event.facts
    if facts.get("invitation_id"):
        invitation = Invitation.objects.select_related("office", "organisation").get(
            pk=facts["invitation_id"]
        )
        if not invitation.is_open or invitation.expires_at <= now:
            return None
        row: Invitation | Membership | None = invitation
        url, until = (
            links.invitation(invitation.new_link(at=now)),
            day_in_words(timezone.localdate(invitation.expires_at)),
        )
    else:
        row = (
            Membership.objects.select_related("office", "organisation")
            .filter(user=user, role=facts["role"], office=delivery.office_id)
            .first()
        )
        url, until = links.home(), ""
    if row is None:
        return None
    place = row.organisation or row.office
    assert place  # held by a constraint
    return Content({"role": str(Role(row.role).label), "place": place.name, "url": url, "until": until})


def organisation_received(delivery: Delivery, organisation: Organisation, now: datetime) -> Content | None:
    """Without the name: anybody may have typed it, and the address is unproven."""
    return None if organisation.approved_at else Content()


def new_organisation(delivery: Delivery, organisation: Organisation, now: datetime) -> Content | None:
    if organisation.approved_at:
        return None
    return Content(
        {"organisation": organisation.name, "place": organisation.place, "url": links.organisations()}
    )


def organisation_approved(delivery: Delivery, organisation: Organisation, now: datetime) -> Content | None:
    return Content({"organisation": organisation.name, "url": links.new_request()})


def barrier_reported(delivery: Delivery, report: BarrierReport, now: datetime) -> Content | None:
    """Only that it is there: what was written may name people."""
    return None if report.answered_at else Content({"url": links.barrier_reports()})
