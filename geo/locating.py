"""How what somebody typed becomes a place we may keep: no finer than needed when it is private."""

from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance

from geo.address import Address, GeoError, check_postcode
from geo.distances import snap_to_cell
from geo.gazetteer import resolve
from geo.geocoding import GeoPoint, Precision, configured_geocoder
from geo.models import GazetteerEntry
from geo.postgis import to_point


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
        known = found or known
    postcode, place = _completed(known.point, postcode, place)
    return Located("" if private else street, postcode, place, known.point, known.precision, private)


def _completed(point: GeoPoint, postcode: str, place: str) -> tuple[str, str]:
    """Postcode and place, with what was not given taken from the nearest entry of the gazetteer.

    An office may serve a list of postcodes: without one, a place would be served by nobody.
    """
    if postcode and place:
        return postcode, place
    nearest = _nearest_entry(point, postcode)
    return postcode or nearest.postcode, place or nearest.place


def _nearest_entry(point: GeoPoint, postcode: str) -> GazetteerEntry:
    entries = GazetteerEntry.objects.filter(postcode=postcode) if postcode else GazetteerEntry.objects.all()
    entry = entries.order_by(Distance("point", to_point(point)), "pk").first()
    if entry is None:
        raise GeoError("postcode_unknown", postcode=postcode) if postcode else GeoError("gazetteer_empty")
    return entry
