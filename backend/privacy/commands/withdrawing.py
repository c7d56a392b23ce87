"""What follows when somebody takes back what she agreed to (Art. 7 (3) GDPR), or agrees again?

Without the confidentiality pledge a pilot goes to nobody: what is agreed is given back, and she pauses until she
pledges anew. Without the consent to data protection nothing is matched any more, neither for her nor with her; if she
does not agree again within 30 days, the nightly run erases her. Taking back is as easy as giving: one button.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.dispatch.commands.leaving import hand_back, hand_back_for_client
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people import permissions
from backend.people.codes import ConsentKind
from backend.people.commands.consents import note_consents
from backend.people.commands.pilots import stop_asking
from backend.people.models import Consent, HelpSeeker, Pilot
from backend.privacy import ledger
from backend.privacy.commands.erasing import may_erase_client


@command
def withdraw_consent(*, kind: str, by: User, now: datetime) -> None:
    """Take back one's own consent or pledge; what is agreed for days to come is given back, and all are told."""
    _withdraw(by, kind, by=by, now=now)


@command
def withdraw_consent_of_pilot(*, pilot_id: UUID, kind: str, by: User, now: datetime) -> None:
    """The same, noted by her office for a pilot who calls or writes."""
    pilot = Pilot.objects.select_related("user", "office").filter(pk=pilot_id).first()
    if pilot is None:
        raise NotThere("pilot_unknown")
    permissions.check_may_manage(by, pilot)
    _withdraw(pilot.user, kind, by=by, now=now)


@command
def withdraw_consent_of_client(*, help_seeker_id: UUID, by: User, now: datetime) -> None:
    """The same for a help-seeker, noted by the office or by the organisation that has attested it."""
    help_seeker = HelpSeeker.objects.select_related("user").filter(pk=help_seeker_id).first()
    if help_seeker is None or not may_erase_client(by, help_seeker):
        raise NotThere("help_seeker_unknown")
    if help_seeker.user is not None:
        _withdraw(help_seeker.user, ConsentKind.DATA_PROTECTION, by=by, now=now)
        return
    hand_back_for_client(help_seeker_id=help_seeker.pk, by=by, now=now)
    _end(Consent.objects.filter(help_seeker=help_seeker, kind=ConsentKind.DATA_PROTECTION), at=now)
    record(
        EventKind.CONSENT_WITHDRAWN,
        subject=help_seeker,
        by=by,
        at=now,
        kind=ConsentKind.DATA_PROTECTION.value,
    )


@command
def give_consent(*, kind: str, by: User, now: datetime) -> None:
    """Agree anew, signed in and so proven; a pilot who paused for want of it ends the pause herself."""
    if kind not in ConsentKind.values:
        raise NotThere("consent_unknown")
    if own_consents(by, kind).filter(withdrawn_at=None).exists():
        return
    help_seeker = HelpSeeker.objects.filter(user=by).first()
    note_consents(
        ConsentKind(kind),
        of=by,
        by=by,
        at=now,
        help_seeker=help_seeker if kind == ConsentKind.DATA_PROTECTION else None,
    )
    record(EventKind.CONSENT_GIVEN, subject=by, by=by, at=now, kind=kind)


@command
def withdraw_again(*, consent_id: UUID, by: None, now: datetime) -> None:
    """After an older backup was restored: what had been taken back since then is taken back anew."""
    consent = Consent.objects.select_related("user", "help_seeker__user").filter(pk=consent_id).first()
    if consent is None or consent.withdrawn_at is not None:
        return
    if consent.help_seeker is not None and consent.help_seeker.user is None:
        hand_back_for_client(help_seeker_id=consent.help_seeker.pk, by=by, now=now)
        _end(Consent.objects.filter(pk=consent.pk), at=now)
        return
    _withdraw(consent.user, consent.kind, by=by, now=now)


def own_consents(user: User, *kinds: str) -> QuerySet[Consent]:
    """What she has agreed to for herself, and not attested for a client."""
    return Consent.objects.filter(user=user, kind__in=kinds).exclude(
        help_seeker__isnull=False, help_seeker__user=None
    )


def _withdraw(user: User, kind: str, *, by: User | None, now: datetime) -> None:
    consents = own_consents(user, kind).filter(withdrawn_at=None)
    if not consents.exists():
        raise RuleViolated("consent_not_given")
    hand_back(by=user, now=now)
    _end(consents, at=now)
    pilot = Pilot.objects.filter(user=user).first()
    if pilot is not None:
        stop_asking(pilot.pk, by=by, now=now)
    record(EventKind.CONSENT_WITHDRAWN, subject=user, by=by, at=now, kind=kind)


def _end(consents: QuerySet[Consent], *, at: datetime) -> None:
    for pk in list(consents.filter(withdrawn_at=None).values_list("pk", flat=True)):
        Consent.objects.filter(pk=pk).update(withdrawn_at=at)
        ledger.note_after_commit(ledger.CONSENT, pk, at=at)
