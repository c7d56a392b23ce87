"""What changes a help-seeker."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.accounts.commands import registrant
from backend.accounts.models import Organisation, User
from backend.accounts.names import check_name
from backend.accounts.permissions import Permission, may
from backend.accounts.queries import office_for
from backend.errors import NotPermitted, NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people import permissions, policies
from backend.people.codes import ConsentKind
from backend.people.commands.consents import note_consents
from backend.people.commands.places import home_from
from backend.people.models import HelpSeeker, Identity
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
    case_key = case_key.strip()
    if not case_key:
        raise RuleViolated("case_key_missing", field="case_key")
    office = office_for(postcode=home.postcode, point=to_point(home.point))
    organisation = _organisation(organisation_id, office_id=office.pk, by=by)
    permissions.check_may_register_help_seeker(by, organisation=organisation, office_id=office.pk)
    help_seeker = HelpSeeker.objects.create(
        office=office,
        organisation=organisation,
        case_key=case_key,
        languages=_checked(languages),
        home=home_from(home),
        needs=sorted(needs),
        gender_wish=gender_wish,
        registered_at=now,
    )
    note_consents(ConsentKind.DATA_PROTECTION, of=by, by=by, at=now, help_seeker=help_seeker)
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
) -> HelpSeeker | None:
    """Register as a help-seeker without an organisation, where the office of that place allows it.

    An address with an account that is not `by`'s gets a mail that says so, and nothing changes.
    """
    policies.check_consents(data_protection=data_protection, confidentiality=None)
    check_name(person.name)
    office = office_for(postcode=home.postcode, point=to_point(home.point))
    if not office.accepts_self_registration:
        raise NotPermitted("self_registration_closed", office=office.name, phone=office.phone)
    user = registrant(email, language=language, by=by, at=now)
    earlier = HelpSeeker.objects.filter(user__email__iexact=email.strip()).first()
    if user is None or earlier is not None:
        return earlier
    help_seeker = HelpSeeker(
        office=office,
        user=user,
        identity=Identity.objects.create(
            name=person.name, phone=person.phone, street=person.street, created_at=now
        ),
        languages=_checked(languages),
        home=home_from(home),
        needs=sorted(needs),
        gender_wish=gender_wish,
        registered_at=now,
    )
    help_seeker.case_key = f"S-{help_seeker.pk.hex[-12:].upper()}"
    help_seeker.save()
    note_consents(ConsentKind.DATA_PROTECTION, of=user, by=by, at=now, help_seeker=help_seeker)
    record(EventKind.HELP_SEEKER_REGISTERED, subject=help_seeker, by=by, at=now)
    return help_seeker


def _organisation(organisation_id: UUID | None, *, office_id: UUID, by: User) -> Organisation | None:
    """The organisation that registers. None named: the office itself, or the one organisation of a requester."""
    if organisation_id is None:
        own = by.organisation_ids()
        if not own or may(by, Permission.DISPATCH, office_id=office_id):
            return None
        if len(own) > 1:
            raise RuleViolated("organisation_missing", field="organisation")
        (organisation_id,) = own
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotThere("organisation_unknown")
    return organisation


def _checked(languages: Sequence[str]) -> list[str]:
    if not languages:
        raise RuleViolated("languages_missing", field="languages")
    return list(dict.fromkeys(checked_language(code) for code in languages))
