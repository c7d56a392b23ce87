"""What changes a pilot's vetoes: never again, without giving a reason."""

from datetime import datetime
from uuid import UUID

from backend.accounts.models import Organisation, User
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people import permissions
from backend.people.commands.pilots import lock_pilot
from backend.people.models import HelpSeeker, Veto
from geo.address import check_postcode


@command
def add_veto(
    *,
    pilot_id: UUID,
    by: User,
    now: datetime,
    help_seeker_id: UUID | None = None,
    organisation_id: UUID | None = None,
    postcode: str = "",
) -> Veto:
    """Never suggest this pilot again for this help-seeker, this organisation or this postal code (exactly one)."""
    pilot = lock_pilot(pilot_id)
    permissions.check_may_edit_profile(by, pilot)
    named = [value for value in (help_seeker_id, organisation_id, postcode) if value]
    if len(named) != 1:
        raise RuleViolated("veto_names_one", field="postcode")
    if postcode:
        postcode = check_postcode(postcode)
    offices = pilot.pilot_offices.values("office")
    if help_seeker_id and not HelpSeeker.objects.filter(pk=help_seeker_id, office__in=offices).exists():
        raise NotThere("help_seeker_unknown")
    if organisation_id and not Organisation.objects.filter(pk=organisation_id, offices__in=offices).exists():
        raise NotThere("organisation_unknown")
    veto, _ = Veto.objects.get_or_create(
        pilot=pilot,
        help_seeker_id=help_seeker_id,
        organisation_id=organisation_id,  # type: ignore[misc]  # None finds the row that names none
        postcode=postcode,
    )
    record(EventKind.PILOT_PROFILE_CHANGED, subject=pilot, by=by, at=now, parts=["vetoes"])
    return veto


@command
def remove_veto(*, veto_id: UUID, by: User, now: datetime) -> None:
    """Take it back."""
    veto = Veto.objects.select_related("pilot").filter(pk=veto_id).first()
    if veto is None:
        raise NotThere("veto_unknown")
    permissions.check_may_edit_profile(by, veto.pilot)
    veto.delete()
    record(EventKind.PILOT_PROFILE_CHANGED, subject=veto.pilot, by=by, at=now, parts=["vetoes"])
