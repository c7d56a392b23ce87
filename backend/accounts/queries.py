"""Which office serves a place."""

from uuid import UUID

from django.contrib.gis.geos import Point
from django.db.models import F, Q
from django.db.models.lookups import IsNull

from backend.accounts.models import Office
from backend.errors import RuleViolated


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
