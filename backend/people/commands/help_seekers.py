"""What changes a help-seeker."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.accounts.commands import user_for
from backend.accounts.models import User
from backend.accounts.queries import office_for
from backend.errors import NotPermitted, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people import permissions, policies
from backend.people.codes import CONSENT_VERSION, ConsentKind
from backend.people.commands.pilots import place_from
from backend.people.models import Consent, HelpSeeker, Identity
from backend.people.profile import PersonalData, checked_language
from geo.locating import Located
from geo.postgis import to_point


@command
def register_help_seeker(
    *,
    case_key: str,
    languages: Sequence[str],
    home: Located,
    needs: Sequence[str],
    gender_wish: str,
    organisation_id: UUID | None,
    data_protection: bool,
    by: User,
    now: datetime,
) -> HelpSeeker:
    """Register somebody under a case key of the organisation's own; the name stays with the organisation."""
    policies.check_consents(data_protection=data_protection, confidentiality=None)
    if organisation_id is None and (own := by.organisation_ids()):
        organisation_id = min(own)
    office = office_for(postcode=home.postcode, point=to_point(home.point))
    permissions.check_may_register_help_seeker(by, organisation_id=organisation_id, office_id=office.pk)
    help_seeker = HelpSeeker.objects.create(
        office=office,
        organisation_id=organisation_id,
        case_key=case_key.strip(),
        languages=_checked(languages),
        home=place_from(home),
        needs=sorted(needs),
        gender_wish=gender_wish,
        registered_at=now,
    )
    Consent.objects.create(
        user=by,
        help_seeker=help_seeker,
        kind=ConsentKind.DATA_PROTECTION,
        version=CONSENT_VERSION,
        given_at=now,
    )
    record(EventKind.HELP_SEEKER_REGISTERED, subject=help_seeker, by=by, at=now)
    return help_seeker


@command
def register_oneself(
    *,
    email: str,
    language: str,
    person: PersonalData,
    languages: Sequence[str],
    home: Located,
    needs: Sequence[str],
    gender_wish: str,
    data_protection: bool,
    by: User | None,
    now: datetime,
) -> HelpSeeker:
    """Register as a help-seeker without an organisation, where the office of that place allows it."""
    policies.check_consents(data_protection=data_protection, confidentiality=None)
    office = office_for(postcode=home.postcode, point=to_point(home.point))
    if not office.accepts_self_registration:
        raise NotPermitted("self_registration_closed", office=office.name, phone=office.phone)
    user = user_for(email, language=language, at=now)
    earlier = HelpSeeker.objects.filter(user=user).first()
    if earlier is not None:
        record(EventKind.HELP_SEEKER_REGISTERED_AGAIN, subject=earlier, by=by, at=now)
        return earlier
    help_seeker = HelpSeeker(
        office=office,
        user=user,
        identity=Identity.objects.create(
            name=person.name, phone=person.phone, street=person.street, created_at=now
        ),
        languages=_checked(languages),
        home=place_from(home),
        needs=sorted(needs),
        gender_wish=gender_wish,
        registered_at=now,
    )
    help_seeker.case_key = f"S-{help_seeker.pk.hex[-12:].upper()}"
    help_seeker.save()
    Consent.objects.create(
        user=user,
        help_seeker=help_seeker,
        kind=ConsentKind.DATA_PROTECTION,
        version=CONSENT_VERSION,
        given_at=now,
    )
    record(EventKind.HELP_SEEKER_REGISTERED, subject=help_seeker, by=by or user, at=now)
    return help_seeker


def _checked(languages: Sequence[str]) -> list[str]:
    if not languages:
        raise RuleViolated("languages_missing", field="languages")
    return list(dict.fromkeys(checked_language(code) for code in languages))
