"""Who may do what with which pilot or help-seeker."""

from collections.abc import Iterable
from uuid import UUID

from backend.accounts.models import Organisation, User
from backend.accounts.permissions import Permission, check, may
from backend.errors import NotPermitted, NotThere
from backend.people.models import HelpSeeker, Pilot


def check_may_manage(by: User, pilot: Pilot) -> None:
    """The coordinator of the pilot's own office."""
    check(by, Permission.MANAGE_PILOTS, office_id=pilot.office_id)


def check_may_edit_profile(by: User, pilot: Pilot) -> None:
    """The pilot herself, or the coordinator of her office."""
    if pilot.user_id != by.pk:
        check_may_manage(by, pilot)


def check_may_register_help_seeker(by: User, *, organisation: Organisation | None, office_id: UUID) -> None:
    """A requester for the own organisation, or the office, alone or for an approved organisation it serves."""
    if organisation is None:
        check(by, Permission.MANAGE_HELP_SEEKERS, office_id=office_id)
        return
    if organisation.pk not in by.organisation_ids():
        known = Organisation.objects.visible_to(by).filter(pk=organisation.pk)
        if not may(by, Permission.DISPATCH, office_id=office_id) or not known.exists():
            raise NotThere("organisation_unknown")
    if organisation.approved_at is None:
        raise NotPermitted("organisation_not_approved")
    if not organisation.offices.filter(pk=office_id).exists():
        raise NotPermitted("organisation_not_served", field="postcode")


def may_reveal(by: User, person: Pilot | HelpSeeker) -> bool:
    """Oneself, or the coordinator of an office the person belongs to."""
    if person.user_id == by.pk or may_reveal_in(by, {person.office_id}):
        return True
    # Only then does it matter to whom a pilot is lent.
    return isinstance(person, Pilot) and may_reveal_in(
        by, (row.office_id for row in person.pilot_offices.all())
    )


def may_reveal_in(by: User, offices: Iterable[UUID]) -> bool:
    """Whether somebody who belongs to these offices is somebody whose name the user may read."""
    return any(may(by, Permission.REVEAL_IDENTITY, office_id=office_id) for office_id in offices)


def check_may_reveal(by: User, person: Pilot | HelpSeeker) -> None:
    """Raise NotPermitted unless `may_reveal`."""
    if not may_reveal(by, person):
        raise NotPermitted("not_permitted", permission=Permission.REVEAL_IDENTITY.value)
