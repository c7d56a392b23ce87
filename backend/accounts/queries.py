"""Which office serves a place, which one may decide about an organisation, and whom may a sign-in service vouch for?"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db.models import F, Q
from django.db.models.lookups import IsNull

from backend.accounts import permissions
from backend.accounts.entry.openid import Person
from backend.accounts.models import Office, Organisation, User
from backend.accounts.permissions import Permission
from backend.errors import NotThere, RuleViolated
from backend.sign_in_providers import Provider


def office_for(*, postcode: str, point: Point | None, among: set[UUID] | None = None) -> Office:
    """The office whose service area covers the place; an area drawn as a polygon wins over postal codes.

    Raises RuleViolated("no_office_serves_place") when there is none.
    """
    offices = Office.objects.all() if among is None else Office.objects.filter(pk__in=among)
    by_postcode = Q(service_area=None, service_postcodes__contains=[postcode])
    match = Q(service_area__covers=point) | by_postcode if point else by_postcode
    drawn_first = IsNull(F("service_area"), True)
    office = offices.filter(match).order_by(drawn_first, "created_at", "pk").first()
    if office is None:
        raise RuleViolated("no_office_serves_place", field="postcode", postcode=postcode)
    return office


def office_that_may(by: User, permission: Permission, organisation: Organisation) -> Office:
    """The first office of the organisation in which `by` may do it; foreign organisations are not there."""
    for office in organisation.offices.order_by("pk"):
        if permissions.may(by, permission, office_id=office.pk):
            return office
    raise NotThere("organisation_unknown")


def user_vouched_for(
    provider: Provider, person: Person, *, linked: User | None, now: datetime
) -> User | None:
    """Whom a municipality's service may sign in: somebody known here who belongs to one of its offices.

    Without an earlier link only by an address that it calls proven. Nobody gets an account by signing in.
    """
    user = linked
    if user is None and person.email_verified and provider.vouches_for(person.email):
        user = User.objects.filter(email__iexact=person.email).first()
        if user is not None and user.sign_ins_elsewhere.filter(provider=provider.key).exists():
            return None  # the address went on to another account of that service: it is not hers any more
    if user is None or not user.is_active or not provider.vouches_for(user.email):
        return None
    belongs = not provider.offices or _belongs_to(user, provider.offices, now=now)
    return user if belongs else None


def _belongs_to(user: User, slugs: Collection[str], *, now: datetime) -> bool:
    """Works in one of the offices, is invited there, or asks for an organisation that one of them serves."""
    for membership in user.live_memberships:
        served: list[Office] = [membership.office] if membership.office else []
        if membership.organisation:
            served = list(membership.organisation.offices.all())
        if any(office.slug in slugs for office in served):
            return True
    return user.invitations.open().filter(office__slug__in=slugs, expires_at__gt=now).exists()
