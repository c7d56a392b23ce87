"""What changes users, offices and organisations."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from backend.accounts import permissions
from backend.accounts.entry.commands.invitations import invite_user
from backend.accounts.entry.commands.tokens import SCOPES as SCOPES
from backend.accounts.entry.commands.tokens import TOKEN_DAYS_AT_MOST as TOKEN_DAYS_AT_MOST
from backend.accounts.entry.commands.tokens import IssuedToken as IssuedToken
from backend.accounts.entry.commands.tokens import issue_api_token as issue_api_token
from backend.accounts.entry.commands.tokens import revoke_api_token as revoke_api_token
from backend.accounts.models import (
    Invitation,
    Membership,
    Office,
    Organisation,
    User,
    default_weights,
)
from backend.accounts.names import check_name
from backend.accounts.office_rules import checked_rules
from backend.accounts.permissions import Permission
from backend.accounts.queries import office_for, office_that_may
from backend.accounts.roles import STAFF_ROLES, Role
from backend.errors import NotPermitted, NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from geo.locating import Located
from geo.postgis import to_point


def user_for(email: str, *, language: str, at: datetime) -> User:
    """The user with this address, made if there is none yet; locked, so that a double click registers once."""
    return _found_or_made(email, language=language, at=at)[0]


def registrant(email: str, *, language: str, by: User | None, at: datetime) -> User | None:
    """The user whom a public registration may bind: a new one, or `by` herself.

    None for anybody else's account: an address in a form proves nothing. Its owner hears of it by mail.
    """
    user, is_new = _found_or_made(email, language=language, at=at)
    if is_new:
        return user
    if by is not None and by.pk == user.pk:
        return by  # the very object, which remembers whether she is a pilot: it has to learn of it
    record(EventKind.REGISTERED_AGAIN, subject=user, by=by, at=at)
    return None


@command
def open_office(
    *,
    name: str,
    slug: str,
    email: str,
    phone: str,
    postcodes: Collection[str],
    admin_email: str,
    by: None,
    now: datetime,
    **rules: Any,
) -> Office:
    """Set up a Leitstelle with its service area and its first administrator, who is invited by mail."""
    if Office.objects.filter(slug=slug).exists():
        raise RuleViolated("slug_taken", field="slug", slug=slug)
    rules |= {"email": email, "phone": phone, "service_postcodes": postcodes}
    office = Office(name=name, slug=slug, created_at=now, **checked_rules(rules, weights=default_weights()))
    _check_serves_somewhere(office)
    office.save()
    admin = user_for(admin_email, language="de", at=now)
    Membership.objects.create(user=admin, role=Role.ADMIN, office=office, created_at=now)
    record(EventKind.OFFICE_OPENED, subject=office, by=by, at=now, office_id=office.pk)
    record(EventKind.USER_INVITED, subject=admin, by=by, at=now, office_id=office.pk, role=Role.ADMIN.value)
    return office


@command
def change_office(*, office_id: UUID, by: User, now: datetime, **rules: Any) -> Office:
    """Change the rules that are given; what asks and matches reads them the next time it runs."""
    office = Office.objects.visible_to(by).select_for_update(no_key=True).filter(pk=office_id).first()
    if office is None:
        raise NotThere("office_unknown")
    permissions.check(by, Permission.MANAGE_OFFICE, office_id=office.pk)
    checked = checked_rules(rules, weights=office.weights)
    changed = sorted(name for name, value in checked.items() if getattr(office, name) != value)
    for name in changed:
        setattr(office, name, checked[name])
    _check_serves_somewhere(office)
    if changed:
        office.save(update_fields=changed)
        record(EventKind.OFFICE_CHANGED, subject=office, by=by, at=now, office_id=office.pk, fields=changed)
    return office


@command
def register_organisation(
    *,
    name: str,
    kind: str,
    where: Located,
    contact_email: str,
    language: str,
    by: User | None,
    now: datetime,
) -> Organisation | None:
    """Register a requesting service with its first member; it may ask as soon as its office approves.

    None where the address has an account that is not `by`'s, unless the office itself registers.
    """
    check_name(name)
    point = to_point(where.point)
    office = office_for(postcode=where.postcode, point=point)
    by_office = by is not None and permissions.may(by, Permission.MANAGE_ORGANISATIONS, office_id=office.pk)
    if by_office:
        member: User | None = user_for(contact_email, language=language, at=now)
    else:
        member = registrant(contact_email, language=language, by=by, at=now)
    if member is None:
        return None
    organisation = Organisation.objects.create(
        name=name,
        kind=kind,
        street=where.street,
        postcode=where.postcode,
        place=where.place,
        point=point,
        created_at=now,
    )
    organisation.offices.add(office)
    Membership.objects.create(user=member, role=Role.REQUESTER, organisation=organisation, created_at=now)
    record(EventKind.ORGANISATION_REGISTERED, subject=organisation, by=by, at=now, office_id=office.pk)
    if by is not None and by_office:
        _approve(organisation, office_id=office.pk, by=by, now=now)
    return organisation


@command
def approve_organisation(*, organisation_id: UUID, by: User, now: datetime) -> Organisation:
    """Let a registered organisation ask for pilots."""
    organisation = Organisation.objects.select_for_update().filter(pk=organisation_id).first()
    if organisation is None:
        raise NotThere("organisation_unknown")
    office = office_that_may(by, Permission.MANAGE_ORGANISATIONS, organisation)
    if organisation.approved_at is None:
        _approve(organisation, office_id=office.pk, by=by, now=now)
    return organisation


@command
def invite(
    *,
    email: str,
    role: str,
    language: str,
    office_id: UUID | None,
    organisation_id: UUID | None,
    by: User,
    now: datetime,
) -> Invitation:
    """Offer somebody a role; the link of the mail accepts it, and until then nobody has it."""
    if role == Role.PILOT:
        raise RuleViolated("pilots_register_themselves", field="role")
    if role not in Role.values:
        raise RuleViolated("role_not_changeable", field="role")
    if role == Role.REQUESTER:
        organisation = Organisation.objects.filter(pk=organisation_id).first() if organisation_id else None
        if organisation is None:
            raise NotThere("organisation_unknown")
        if organisation.pk not in by.organisation_ids():
            office_that_may(by, Permission.MANAGE_ORGANISATIONS, organisation)
        elif organisation.approved_at is None:
            raise NotPermitted("organisation_not_approved")
        office_id = None
    else:
        permissions.check(by, Permission.MANAGE_USERS, office_id=office_id)
        organisation = None
    user = user_for(email, language=language, at=now)
    return invite_user(user, role=role, office_id=office_id, organisation=organisation, by=by, now=now)


@command
def change_role(*, membership_id: UUID, role: str, by: User, now: datetime) -> Membership:
    """Change what a member of an office is."""
    membership = lock_member(membership_id, by=by)
    if role not in STAFF_ROLES or membership.role == Role.PILOT:
        raise RuleViolated("role_not_changeable", field="role")
    if role == membership.role:
        return membership
    if role != Role.ADMIN:
        check_admin_remains([membership])
    membership.role = role
    membership.save(update_fields=["role"])
    record(
        EventKind.ROLE_CHANGED,
        subject=membership.user,
        by=by,
        at=now,
        office_id=membership.office_id,
        role=role,
    )
    return membership


@command
def choose_language(*, language: str, by: User, now: datetime) -> User:
    """Set the language in which we write to this user; a preference, of which nobody else needs to hear."""
    if language not in dict(settings.LANGUAGES):
        raise RuleViolated("reader_language_unknown", field="language", known=list(dict(settings.LANGUAGES)))
    user = User.objects.select_for_update().get(pk=by.pk)
    user.language = language
    user.save(update_fields=["language"])
    return user


def lock_member(membership_id: UUID, *, by: User) -> Membership:
    """A membership in an office that `by` administers, locked; elsewhere there is none."""
    membership = (
        Membership.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=membership_id)
        .first()
    )
    if membership is None or membership.office_id is None:
        raise NotThere("membership_unknown")
    permissions.check(by, Permission.MANAGE_USERS, office_id=membership.office_id)
    return membership


def check_admin_remains(leaving: Collection[Membership]) -> None:
    """Whoever leaves: each office keeps an administrator who can sign in. The offices are locked, in order."""
    offices = {m.office_id for m in leaving if m.office_id and m.role == Role.ADMIN}
    for office in Office.objects.select_for_update(no_key=True).filter(pk__in=offices).order_by("pk"):
        staying = office.memberships.filter(role=Role.ADMIN, user__is_active=True)
        if not staying.exclude(pk__in=[m.pk for m in leaving]).exists():
            raise RuleViolated("last_admin", office=office.name)


def _check_serves_somewhere(office: Office) -> None:
    if office.service_area is None and not office.service_postcodes:
        raise RuleViolated("service_area_missing", field="service_postcodes")


def _found_or_made(email: str, *, language: str, at: datetime) -> tuple[User, bool]:
    """The user with this address, locked, and whether it was made just now."""
    email = email.strip().lower()
    try:
        with transaction.atomic():
            return User.objects.create_user(email, language=language, created_at=at), True
    except IntegrityError:
        return User.objects.select_for_update(no_key=True).get(email__iexact=email), False


def _approve(organisation: Organisation, *, office_id: UUID, by: User, now: datetime) -> None:
    organisation.approved_at = now
    organisation.save(update_fields=["approved_at"])
    record(EventKind.ORGANISATION_APPROVED, subject=organisation, by=by, at=now, office_id=office_id)
