"""How somebody comes by a role: invited by mail, taken by the link in it, sent again or withdrawn before that."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.accounts import permissions
from backend.accounts.models import Invitation, InvitationLink, Membership, Organisation, User
from backend.accounts.permissions import Permission
from backend.accounts.queries import office_that_may
from backend.accounts.tokens import digest
from backend.errors import Conflict, DomainError, NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record


def invite_user(
    user: User,
    *,
    role: str,
    office_id: UUID | None,
    organisation: Organisation | None,
    by: User,
    now: datetime,
) -> Invitation:
    """One open invitation for a role: whoever has it, or is invited already, is not invited again."""
    wanted = {"role": role, "office_id": office_id, "organisation": organisation}
    if user.memberships.filter(**wanted).exists():
        raise Conflict("membership_exists")
    # What ran out unanswered makes room for a new one.
    user.invitations.open().filter(**wanted, expires_at__lte=now).update(revoked_at=now)
    invitation = Invitation.objects.create(
        user=user, invited_by=by, created_at=now, expires_at=now + Invitation.VALID, **wanted
    )
    record(EventKind.USER_INVITED, **_told_of(invitation), by=by, at=now)
    return invitation


@command
def resend_invitation(*, invitation_id: UUID, by: User, now: datetime) -> Invitation:
    """Send a new link; the earlier ones open nothing any more."""
    invitation = _locked(invitation_id, by=by)
    invitation.links.all().delete()
    invitation.expires_at = now + Invitation.VALID
    invitation.save(update_fields=["expires_at"])
    record(EventKind.INVITATION_RESENT, **_told_of(invitation), by=by, at=now)
    return invitation


@command
def revoke_invitation(*, invitation_id: UUID, by: User, now: datetime) -> None:
    """Take it back before it is accepted."""
    invitation = _locked(invitation_id, by=by)
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    record(EventKind.INVITATION_REVOKED, **_told_of(invitation), by=by, at=now)


@command
def accept_invitation(*, secret: str, by: None, now: datetime) -> Invitation:
    """Take the role. Whoever holds the link reads the mail of the invited address; it works once."""
    invitation = invitation_behind(secret, now=now, locked=True)
    _accept(invitation, now=now)
    record(EventKind.INVITATION_ACCEPTED, **_told_of(invitation), by=invitation.user, at=now)
    return invitation


@command
def accept_invited(*, offices: Collection[str], by: User, now: datetime) -> None:
    """Take what `by` is invited to in these offices, or in all: who she is was proven by her municipality's service."""
    invitations = by.invitations.open().filter(office__isnull=False, expires_at__gt=now)
    if offices:
        invitations = invitations.filter(office__slug__in=offices)
    for invitation in invitations.select_for_update(of=("self",)).select_related("user", "office"):
        _accept(invitation, now=now)
        record(EventKind.INVITATION_ACCEPTED, **_told_of(invitation), by=by, at=now)
    by.forget_memberships()


def invitation_behind(secret: str, *, now: datetime, locked: bool = False) -> Invitation:
    """The invitation that the link of a mail opens; raises what to say where it opens none any more."""
    link = InvitationLink.objects.filter(hash=digest(secret)).first()
    if link is None:
        raise NotThere("invitation_unknown")
    rows = Invitation.objects.select_for_update(of=("self",)) if locked else Invitation.objects.all()
    invitation = rows.select_related("user", "office", "organisation").get(pk=link.invitation_id)
    if error := _ended(invitation, now=now):
        raise error
    return invitation


def _accept(invitation: Invitation, *, now: datetime) -> None:
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    Membership.objects.get_or_create(
        user=invitation.user,
        role=invitation.role,
        office=invitation.office,
        organisation=invitation.organisation,
        defaults={"created_at": now},
    )
    invitation.user.forget_memberships()


def _ended(invitation: Invitation, *, now: datetime) -> DomainError | None:
    if not invitation.user.is_active:
        return NotThere("invitation_unknown")
    if invitation.accepted_at is not None:
        return RuleViolated("invitation_used")
    if invitation.revoked_at is not None:
        return RuleViolated("invitation_revoked")
    return RuleViolated("invitation_expired") if invitation.expires_at <= now else None


def _locked(invitation_id: UUID, *, by: User) -> Invitation:
    """An open invitation that `by` could have made; any other is not there."""
    invitation = (
        Invitation.objects.open()
        .select_for_update(of=("self",))
        .select_related("user", "organisation")
        .filter(pk=invitation_id)
        .first()
    )
    if invitation is None:
        raise NotThere("invitation_unknown")
    if invitation.organisation is not None:
        if invitation.organisation_id not in by.organisation_ids():
            office_that_may(by, Permission.MANAGE_ORGANISATIONS, invitation.organisation)
    elif not permissions.may(by, Permission.MANAGE_USERS, office_id=invitation.office_id):
        raise NotThere("invitation_unknown")
    return invitation


def _told_of(invitation: Invitation) -> dict[str, Any]:
    office_id = invitation.office_id
    if office_id is None and invitation.organisation is not None:
        office_id = invitation.organisation.offices.order_by("pk").values_list("pk", flat=True).first()
    return {
        "subject": invitation.user,
        "office_id": office_id,
        "role": str(invitation.role),
        "organisation_id": invitation.organisation_id,
        "invitation_id": invitation.pk,
    }
