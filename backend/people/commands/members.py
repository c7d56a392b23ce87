"""How does somebody's role in an office end, or the whole login, and what follows for a pilot?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.accounts.commands import check_admin_remains, lock_member
from backend.accounts.models import Membership, User
from backend.accounts.permissions import Permission, offices_where
from backend.accounts.roles import Role
from backend.errors import NotThere
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people.models import Pilot, PilotOffice
from backend.people.reach import write_reach


@command
def remove_member(*, membership_id: UUID, by: User, now: datetime) -> None:
    """Take away a role in one's own office; the login stays for what the person is elsewhere."""
    membership = lock_member(membership_id, by=by)
    _remove([membership], by=by, now=now)


@command
def deactivate_user(*, user_id: UUID, by: User, now: datetime) -> User:
    """Close a login of one's own office, and its tokens; who belongs elsewhere too loses the roles here only."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    memberships = list(Membership.objects.select_for_update(of=("self",)).filter(user=user).order_by("pk"))
    mine = offices_where(by, Permission.MANAGE_USERS)
    here = [membership for membership in memberships if membership.office_id in mine]
    if user is None or not here:
        raise NotThere("user_unknown")
    if not user.is_active:
        return user
    if len(here) < len(memberships):
        _remove(here, by=by, now=now)
        return user
    check_admin_remains(here)
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.api_tokens.filter(revoked_at=None).update(revoked_at=now)
    user.invitations.open().update(revoked_at=now)
    user.sessions.all().delete()
    _ask_no_more(user)
    record(EventKind.USER_DEACTIVATED, subject=user, by=by, at=now, office_id=here[0].office_id)
    return user


def _remove(memberships: Sequence[Membership], *, by: User, now: datetime) -> None:
    check_admin_remains(memberships)
    for membership in memberships:
        user, office_id, role = membership.user, membership.office_id, membership.role
        membership.delete()
        if role == Role.PILOT:
            PilotOffice.objects.filter(pilot__user=user, office=office_id).delete()
            _ask_no_more(user)
        record(EventKind.MEMBER_REMOVED, subject=user, by=by, at=now, office_id=office_id, role=role)


def _ask_no_more(user: User) -> None:
    """Take the pilot, if the user is one, out of the search table as far as the login or the office is gone."""
    for pilot in Pilot.objects.select_for_update(of=("self",)).select_related("home").filter(user=user):
        pilot.user = user
        write_reach(pilot)
