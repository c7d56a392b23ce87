"""What would erasing mean for this person: what goes, what is given back before, what stays and why?"""

from dataclasses import dataclass
from datetime import datetime

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.dispatch.commands.leaving import running_of, withdrawable
from backend.dispatch.models import Assignment, Offer
from backend.dispatch.states import LIVELY, AssignmentStatus
from backend.people.models import HelpSeeker, Pilot


@dataclass(frozen=True)
class Meaning:
    """`assignments`, `offers`, `requests`: how many are given back."""

    is_pilot: bool
    is_help_seeker: bool
    is_requester: bool
    is_staff: bool
    assignments: list[Assignment]
    offers: int
    requests: int


def what_erasing_means(user: User, *, now: datetime) -> Meaning:
    """Read beforehand, for the page that asks once more."""
    confirmed = Assignment.objects.filter(
        pilot__user=user, status=AssignmentStatus.CONFIRMED, starts_at__gt=now
    ).select_related("office", "help_request")
    return Meaning(
        is_pilot=Pilot.objects.filter(user=user).exists(),
        is_help_seeker=HelpSeeker.objects.filter(user=user).exists(),
        is_requester=user.has_role(Role.REQUESTER),
        is_staff=user.has_role(Role.COORDINATOR, Role.ADMIN),
        assignments=list(confirmed),
        offers=Offer.objects.filter(pilot__user=user, status__in=LIVELY).count(),
        requests=len(withdrawable(user, now=now)),
    )


def what_erasing_means_for_client(client: HelpSeeker, *, now: datetime) -> Meaning:
    """The same for a help-seeker, who may have no account."""
    if client.user is not None:
        return what_erasing_means(client.user, now=now)
    return Meaning(
        is_pilot=False,
        is_help_seeker=True,
        is_requester=False,
        is_staff=False,
        assignments=[],
        offers=0,
        requests=len(running_of(client, now=now)),
    )
