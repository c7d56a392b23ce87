"""How the office hands out what is held of somebody who asks by phone or letter (Art. 15 and 20 GDPR)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.accounts.models import User
from backend.errors import NotThere
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record, record_access
from backend.people import permissions
from backend.people.codes import AccessReason
from backend.people.models import HelpSeeker, Pilot
from backend.privacy.commands.erasing import check_is_nothing_else, may_erase_client
from backend.privacy.export import export_of, export_of_client


@command
def hand_out_of_pilot(*, pilot_id: UUID, by: User, now: datetime) -> dict[str, Any]:
    """All that is held of a pilot of one's own office; that it was opened stands in the access log."""
    pilot = Pilot.objects.select_related("user", "office").filter(pk=pilot_id).first()
    if pilot is None:
        raise NotThere("pilot_unknown")
    permissions.check_may_manage(by, pilot)
    check_is_nothing_else(pilot.user, office_id=pilot.office_id)
    _note(pilot, by=by, now=now)
    return export_of(pilot.user, at=now)


@command
def hand_out_of_client(*, help_seeker_id: UUID, by: User, now: datetime) -> dict[str, Any]:
    """The same of a help-seeker, by her office or by the organisation that registered her."""
    help_seeker = HelpSeeker.objects.select_related("user", "office").filter(pk=help_seeker_id).first()
    if help_seeker is None or not may_erase_client(by, help_seeker):
        raise NotThere("help_seeker_unknown")
    if help_seeker.user is not None:
        check_is_nothing_else(help_seeker.user, office_id=help_seeker.office_id)
    _note(help_seeker, by=by, now=now)
    if help_seeker.user is not None:
        return export_of(help_seeker.user, at=now)
    return export_of_client(help_seeker, at=now)


def _note(person: Pilot | HelpSeeker, *, by: User, now: datetime) -> None:
    record_access(
        reader=by,
        subject=person,
        reason=AccessReason.DATA_REQUEST.value,
        at=now,
        office_id=person.office_id,
    )
    record(EventKind.DATA_HANDED_OUT, subject=person, by=by, at=now)
