"""What messages about people say: registration, activation, invitations, organisations."""

from datetime import datetime

from backend.accounts.models import BarrierReport, Membership, Organisation, User
from backend.accounts.roles import Role
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
    facts = delivery.event.facts
    membership = (
        Membership.objects.select_related("office", "organisation")
        .filter(user=user, role=facts["role"], organisation=facts.get("organisation_id"))
        .filter(**{} if facts.get("organisation_id") else {"office": delivery.office_id})
        .first()
    )
    if membership is None:
        return None
    place = membership.organisation or membership.office
    assert place  # held by a constraint
    return Content({"role": str(Role(membership.role).label), "place": place.name, "url": links.home()})


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
