"""How what somebody typed becomes a place we may keep: no finer than needed when it is private."""

from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance
from django.db.models import Q

from geo.address import Address, GeoError, check_postcode, normalise_place
from geo.distances import distance_km, snap_to_cell
from geo.gazetteer import resolve
from geo.geocoding import GeoPoint, Precision, configured_geocoder
from geo.models import GazetteerEntry
from geo.postgis import to_point

NEAR_KM = 30  # farther apart, a point and a postcode do not mean the same place


@dataclass(frozen=True)
class Located:
    """A place with its point. Private: no street, and a point no finer than a postal code or a 1-km cell."""

    street: str
    postcode: str
    place: str
    point: GeoPoint
    precision: Precision
    private: bool


def locate(
    *,
    private: bool,
    postcode: str = "",
    place: str = "",
    street: str = "",
    lat: float | None = None,
    lon: float | None = None,
) -> Located:
    """Find the point of an address or check the one given; raises GeoError with a code that says what to mend.

    A private address never leaves for a geocoder: its postal code is enough.
    """
    postcode = check_postcode(postcode) if postcode.strip() else ""
    if lat is not None or lon is not None:
        if lat is None or lon is None:
            raise GeoError("coordinates_incomplete")
        point = GeoPoint(lat=lat, lon=lon)
        postcode, place = _completed(point, postcode, place)
        if private:
            return Located("", postcode, place, snap_to_cell(point), Precision.CELL, private=True)
        return Located(street, postcode, place, point, Precision.ADDRESS, private=False)

    known = resolve(postcode=postcode or None, place=place or None)
    if street and not private:
        found = configured_geocoder().geocode(Address(street=street, postcode=postcode, place=place))
        # Geocoders match loosely: a street of that name in another town is worse than the middle of this one.
        if found and (not postcode or _is_near(found.point, known.point)):
            known = found
    postcode, place = _completed(known.point, postcode, place)
    return Located("" if private else street, postcode, place, known.point, known.precision, private)


def _completed(point: GeoPoint, postcode: str, place: str) -> tuple[str, str]:
    """Postcode and place in the gazetteer's words, what was not given taken from its entry nearest to the point.

    An office may serve a list of postcodes: without one, a place would be served by nobody. A name that nobody knows
    there may be anything, a street or a person; a point far from its postcode belongs to another office.
    """
    entries = GazetteerEntry.objects.filter(postcode=postcode) if postcode else GazetteerEntry.objects.all()
    entries = entries.order_by(Distance("point", to_point(point)), "pk")
    nearest = entries.first()
    if nearest is None:
        raise GeoError("postcode_unknown", postcode=postcode) if postcode else GeoError("gazetteer_empty")
    if postcode and not _is_near(point, nearest.coordinates):
        raise GeoError("postcode_far_from_point", postcode=postcode, at_most=NEAR_KM)
    key = normalise_place(place)
    named = entries.filter(Q(place_key=key) | Q(place_key__startswith=f"{key} ")).first() if key else None
    meant = named if named and _is_near(point, named.coordinates) else nearest
    return meant.postcode, meant.place


def _is_near(point: GeoPoint, entry: GeoPoint) -> bool:
    return distance_km(point, entry) <= NEAR_KM
