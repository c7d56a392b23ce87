"""What each role may do. Object rules stand in each app's own permissions.py and end here."""

from enum import StrEnum
from uuid import UUID

from backend.accounts.models import Organisation, User
from backend.accounts.roles import Role
from backend.errors import NotPermitted


class Permission(StrEnum):
    READ_DISPATCH = "read_dispatch"
    FILE_HELP_REQUEST = "file_help_request"
    DISPATCH = "dispatch"  # suggest, offer, confirm, cancel
    MANAGE_PILOTS = "manage_pilots"
    MANAGE_HELP_SEEKERS = "manage_help_seekers"
    MANAGE_ORGANISATIONS = "manage_organisations"
    MANAGE_USERS = "manage_users"
    MANAGE_OFFICE = "manage_office"
    READ_DELIVERIES = "read_deliveries"
    REVEAL_IDENTITY = "reveal_identity"
    READ_ACCESS_LOG = "read_access_log"


_COORDINATOR = frozenset(
    {
        Permission.READ_DISPATCH,
        Permission.FILE_HELP_REQUEST,
        Permission.DISPATCH,
        Permission.MANAGE_PILOTS,
        Permission.MANAGE_HELP_SEEKERS,
        Permission.MANAGE_ORGANISATIONS,
        Permission.READ_DELIVERIES,
        Permission.REVEAL_IDENTITY,
    }
)

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.PILOT: frozenset(),
    Role.REQUESTER: frozenset({Permission.FILE_HELP_REQUEST, Permission.MANAGE_HELP_SEEKERS}),
    Role.COORDINATOR: _COORDINATOR,
    Role.ADMIN: frozenset(
        {Permission.MANAGE_USERS, Permission.MANAGE_OFFICE, Permission.READ_ACCESS_LOG},
    ),
    Role.AUDITOR: frozenset({Permission.READ_ACCESS_LOG}),
}


def may(user: User, permission: Permission, *, office_id: UUID | None) -> bool:
    """Whether a role of the user in that office, or in an approved organisation served by it, allows it."""
    for membership in user.live_memberships:
        if permission not in ROLE_PERMISSIONS[membership.role]:
            continue
        if membership.office_id is not None and membership.office_id == office_id:
            return True
        organisation = membership.organisation
        if organisation and organisation.approved_at and office_id in _served_by(organisation):
            return True
    return False


def offices_where(user: User, permission: Permission) -> set[UUID]:
    """The offices in which a role of the user in the office itself allows it."""
    return user.office_ids(*(role for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed))


def check(user: User, permission: Permission, *, office_id: UUID | None) -> None:
    """Raise NotPermitted unless `may`."""
    if not may(user, permission, office_id=office_id):
        raise NotPermitted("not_permitted", permission=permission.value)


def _served_by(organisation: Organisation) -> set[UUID]:
    """Its offices, as `live_memberships` has read them with the membership."""
    return {office.pk for office in organisation.offices.all()}
