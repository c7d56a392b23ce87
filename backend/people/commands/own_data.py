"""What somebody changes about herself in the vault."""

from datetime import datetime

from backend.accounts.models import User
from backend.accounts.names import check_name
from backend.errors import NotThere
from backend.journal.command import command
from backend.people.commands.pilots import change_profile
from backend.people.models import HelpSeeker, Identity, Pilot
from backend.people.profile import PersonalData


@command
def change_own_person(*, person: PersonalData, by: User, now: datetime) -> None:
    """Set one's own name, phone and street, as a pilot and as a help-seeker alike."""
    check_name(person.name)
    pilot = Pilot.objects.filter(user=by).first()
    if pilot is not None:
        change_profile(pilot_id=pilot.pk, person=person, by=by, now=now)
    help_seeker = HelpSeeker.objects.select_related("identity").filter(user=by).first()
    if help_seeker is not None and help_seeker.identity is not None:
        identity = Identity.objects.select_for_update().get(pk=help_seeker.identity.pk)
        identity.name, identity.phone, identity.street = person.name, person.phone, person.street
        identity.save()
    elif pilot is None:
        raise NotThere("person_unknown")
