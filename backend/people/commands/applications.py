"""How does a volunteer become an applicant in small steps: an account first, the rest when she likes?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from backend.accounts.commands import registrant
from backend.accounts.models import User
from backend.accounts.names import check_name
from backend.accounts.queries import office_for
from backend.errors import RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people import permissions, policies
from backend.people.codes import CefrLevel, ConsentKind, ProfileStep
from backend.people.commands.consents import note_consents
from backend.people.commands.pilots import lock_pilot, new_pilot
from backend.people.commands.steps import take_steps
from backend.people.models import Pilot
from backend.people.profile import PersonalData, Wishes
from geo.locating import Located
from geo.postgis import to_point

HOURS = range(24)


@dataclass(frozen=True)
class Quiet:
    """Full hours by the office's clock between which no message is sent; it may cross midnight."""

    from_hour: int
    until_hour: int


@command
def apply_as_pilot(
    *,
    email: str,
    language: str,
    name: str,
    home: Located,
    data_protection: bool,
    by: User | None,
    now: datetime,
) -> Pilot | None:
    """Open an account for a volunteer with the office that serves her home; the profile follows step by step.

    An address with an account is treated as by register_pilot: it gets a mail that says so, and nothing changes.
    """
    policies.check_consents(data_protection=data_protection, confidentiality=None)
    check_name(name)
    office = office_for(postcode=home.postcode, point=to_point(home.point))
    user = registrant(email, language=language, by=by, at=now)
    earlier = Pilot.objects.filter(user__email__iexact=email.strip()).first()
    if user is None or earlier is not None:
        return earlier
    unsaid = Wishes(german_level=CefrLevel.UNKNOWN)
    pilot = new_pilot(user, office, person=PersonalData(name=name), home=home, wishes=unsaid, at=now)
    note_consents(ConsentKind.DATA_PROTECTION, of=user, by=by, at=now)
    record(EventKind.PILOT_REGISTERED, subject=pilot, by=by, at=now, complete=False)
    return pilot


@command
def say_how_to_reach(
    *,
    pilot_id: UUID,
    name: str,
    phone: str,
    language: str,
    quiet: Quiet | None,
    pledges: bool,
    by: User,
    now: datetime,
) -> Pilot:
    """Note name, phone, the language of messages and quiet hours (None: the office's); her pledge is asked for once.

    The pledge of somebody else is not the office's to give: it attests one on paper when it activates her.
    """
    pilot = lock_pilot(pilot_id)
    permissions.check_may_edit_profile(by, pilot)
    check_name(name)
    if language not in dict(settings.LANGUAGES):
        raise RuleViolated("reader_language_unknown", field="language", known=list(dict(settings.LANGUAGES)))
    if quiet is not None and not {quiet.from_hour, quiet.until_hour} <= set(HOURS):
        raise RuleViolated("rule_out_of_range", field="quiet_from_hour", least=0, at_most=23)
    own = pilot.user_id == by.pk
    if own and not policies.pledges_of(pilot).exists():
        if not pledges:
            raise RuleViolated("pledge_missing", field="confidentiality")
        note_consents(ConsentKind.CONFIDENTIALITY, of=pilot.user, by=by, at=now)
    pilot.identity.name, pilot.identity.phone = name, phone
    pilot.identity.save()
    pilot.user.language = language
    pilot.user.save(update_fields=["language"])
    pilot.quiet_from_hour = quiet.from_hour if quiet else None
    pilot.quiet_until_hour = quiet.until_hour if quiet else None
    take_steps(pilot, ProfileStep.CONTACT, by=by, at=now)
    pilot.save()
    record(EventKind.PILOT_PROFILE_CHANGED, subject=pilot, by=by, at=now, parts=["person"])
    return pilot
