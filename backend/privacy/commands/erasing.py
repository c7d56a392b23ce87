"""How a person is erased (Art. 17 GDPR): by herself, by the office she asks, or by the clock when her time is over."""

from datetime import datetime
from uuid import UUID

from django.db import models

from backend.accounts.commands import check_admin_remains
from backend.accounts.models import BarrierReport, Membership, User
from backend.accounts.permissions import Permission, may
from backend.dispatch.commands.leaving import (
    check_all_handed_back,
    forget_help_seeker,
    forget_pilot,
    hand_back,
    hand_back_for_client,
)
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people import permissions
from backend.people.commands.erasing import (
    end_consents,
    end_consents_of_client,
    erase_help_seeker,
    erase_pilot,
)
from backend.people.models import HelpSeeker, Pilot
from backend.privacy import ledger, traces
from backend.privacy.own_models import all_models


@command
def erase_account(*, by: User, now: datetime) -> None:
    """Erase whoever asks, in every role. What is agreed for days to come is given back first, and told to all.

    What stays are rows without a person: sessions that were held and commissioned, consents once given, the journal.
    """
    _erase(by, by=by, now=now)


@command
def erase_pilot_account(*, pilot_id: UUID, by: User | None, now: datetime) -> None:
    """The same for a pilot who asks her office by phone; or by the clock (`by` is None) when her time is over.

    An office erases nobody who is something elsewhere too: that is for the person herself.
    """
    pilot = Pilot.objects.select_related("user", "office").filter(pk=pilot_id).first()
    if pilot is None:
        raise NotThere("pilot_unknown")
    if by is not None:
        permissions.check_may_manage(by, pilot)
        check_is_nothing_else(pilot.user, office_id=pilot.office_id)
    _erase(pilot.user, by=by, now=now)


@command
def erase_client(*, help_seeker_id: UUID, by: User | None, now: datetime) -> None:
    """Erase a help-seeker, with or without an account: asked for at office or organisation, or by the clock."""
    help_seeker = (
        HelpSeeker.objects.select_related("user", "home", "identity").filter(pk=help_seeker_id).first()
    )
    if help_seeker is None or (by is not None and not may_erase_client(by, help_seeker)):
        raise NotThere("help_seeker_unknown")
    if help_seeker.user is not None:
        if by is not None:
            check_is_nothing_else(help_seeker.user, office_id=help_seeker.office_id)
        _erase(help_seeker.user, by=by, now=now)
        return
    hand_back_for_client(help_seeker_id=help_seeker.pk, by=by, now=now)
    traces.forget_answers(_marks_of_client(help_seeker))
    forget_help_seeker(help_seeker)
    erase_help_seeker(help_seeker)
    end_consents_of_client(help_seeker, at=now)
    record(EventKind.HELP_SEEKER_ERASED, subject=help_seeker, by=by, at=now)
    ledger.note_after_commit(ledger.CLIENT, help_seeker.pk, at=now)


@command
def close_account(*, user_id: UUID, by: None, now: datetime) -> None:
    """The clock's part: a login by which nobody is anything any more."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotThere("user_unknown")
    _erase(user, by=by, now=now)


@command
def erase_again(*, user_id: UUID, by: None, now: datetime) -> None:
    """After an older backup was restored: whoever had been erased since is erased anew, whatever she was then."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        _erase(user, by=by, now=now, even_last_admin=True)


def may_erase_client(by: User, help_seeker: HelpSeeker) -> bool:
    """The office, or the organisation that registered her."""
    own = help_seeker.organisation_id in by.organisation_ids()
    return own or may(by, Permission.DISPATCH, office_id=help_seeker.office_id)


def _erase(user: User, *, by: User | None, now: datetime, even_last_admin: bool = False) -> None:
    # Its locks come first: requests before people, as everywhere. It is the person herself who gives back.
    hand_back(by=user, now=now)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not even_last_admin:
        check_admin_remains(list(Membership.objects.filter(user=user)))
    addresses = traces.addresses_of(user)
    traces.forget_answers([*_marks_of(user), *addresses])
    for pilot in (
        Pilot.objects.select_for_update(of=("self",)).select_related("home", "identity").filter(user=user)
    ):
        pilot.user = user
        check_all_handed_back(pilot, now=now)
        forget_pilot(pilot)
        erase_pilot(pilot, by=by, now=now)
    for help_seeker in HelpSeeker.objects.select_related("home", "identity").filter(user=user):
        forget_help_seeker(help_seeker)
        erase_help_seeker(help_seeker)
    end_consents(user, at=now)
    _drop_what_is_hers_alone(user)
    BarrierReport.objects.filter(pk__in=traces.barrier_reports_of(addresses)).delete()
    traces.end_sessions(user, addresses)
    _close(user)
    record(EventKind.ACCOUNT_ERASED, subject=user, by=by, at=now)
    ledger.note_after_commit(ledger.ACCOUNT, user.pk, at=now)
    traces.drop_letters_after_commit(addresses)


def check_is_nothing_else(user: User, *, office_id: UUID) -> None:
    """An office acts for nobody who works somewhere, or asks for an organisation."""
    if user.memberships.exclude(role="pilot", office=office_id).exists():
        raise RuleViolated("only_she_herself")


def _marks_of(user: User) -> list[str]:
    """The ids by which an answer to a program names her, or what was asked for her."""
    pilots = Pilot.objects.filter(user=user).values_list("pk", flat=True)
    marks = [str(user.pk), *map(str, pilots)]
    for help_seeker in HelpSeeker.objects.filter(user=user):
        marks += _marks_of_client(help_seeker)
    return marks


def _marks_of_client(help_seeker: HelpSeeker) -> list[str]:
    return [str(help_seeker.pk), *map(str, help_seeker.help_requests.values_list("pk", flat=True))]


def _drop_what_is_hers_alone(user: User) -> None:
    """Delete whatever a model says would go with the account: roles, tokens, messages, browsers, ways to sign in."""
    for model in all_models():
        for field in model._meta.fields:
            if not isinstance(field, models.ForeignKey) or field.related_model is not User:
                continue
            if field.remote_field.on_delete is models.CASCADE:
                model._default_manager.filter(**{field.name: user}).delete()


def _close(user: User) -> None:
    """Close the login for good. The new unusable password ends every session, wherever it is open."""
    user.email = f"erased-{user.pk.hex}@erased.invalid"
    user.language, user.last_login, user.is_active = "de", None, False
    user.set_unusable_password()
    user.save()
    user.forget_memberships()
