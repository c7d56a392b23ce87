"""Who is meant: from an event and its subject to the users who hear of it."""

from collections.abc import Iterable
from typing import Any

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.dispatch.models import HelpRequest
from backend.dispatch.states import AssignmentStatus
from backend.journal.models import Event


def the_user(event: Event, user: User) -> Iterable[User]:
    return [user]


def owner(event: Event, subject: Any) -> Iterable[User]:
    """Whose it is."""
    return [subject.user]


def pilot(event: Event, subject: Any) -> Iterable[User]:
    """The pilot herself, or the one who was offered or given the task."""
    return [getattr(subject, "pilot", subject).user]


def confirmed_pilots(event: Event, help_request: HelpRequest) -> Iterable[User]:
    """Those who come to this request's appointment."""
    confirmed = help_request.assignments.filter(status=AssignmentStatus.CONFIRMED).values("pilot__user")
    return User.objects.filter(pk__in=confirmed)


def help_seeker(event: Event, subject: Any) -> Iterable[User]:
    """The help-seeker, where there is a login: who was registered by an organisation has none."""
    return [subject.user] if subject.user else []


def members(event: Event, organisation: Any) -> Iterable[User]:
    return User.objects.filter(memberships__organisation=organisation)


def coordinators(event: Event, subject: Any) -> Iterable[User]:
    """The office's coordinators, but for the one who did it."""
    staff = User.objects.filter(memberships__office=event.office_id, memberships__role=Role.COORDINATOR)
    return staff.exclude(pk=event.actor_id) if event.actor_id else staff


def admins(event: Event, subject: Any) -> Iterable[User]:
    return User.objects.filter(memberships__office=event.office_id, memberships__role=Role.ADMIN)


def asking_side_of_office_work(event: Event, subject: Any) -> Iterable[User]:
    """The asking side, where somebody of the office has done it; but for those who are of the office themselves."""
    staff = User.objects.filter(memberships__office=event.office_id, memberships__role=Role.COORDINATOR)
    office = set(staff.values_list("pk", flat=True))
    if event.actor_id not in office:
        return []
    return [user for user in asking_side(event, subject) if user.pk not in office]


def asking_side(event: Event, subject: Any) -> Iterable[User]:
    """The help-seeker who registered alone; else who asked, if still there; else the organisation's members.

    Where a coordinator took the request down for an organisation, its members are the ones who wait for news.
    """
    help_request: HelpRequest = getattr(subject, "help_request", subject)
    if help_request.help_seeker.user:
        return [help_request.help_seeker.user]
    if help_request.organisation_id is None:
        return [help_request.requested_by]
    colleagues = User.objects.filter(memberships__organisation=help_request.organisation_id, is_active=True)
    return colleagues.filter(pk=help_request.requested_by_id) or colleagues
