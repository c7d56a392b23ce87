"""How is Nominatim asked, and what do its answers mean?

Format: https://nominatim.org/release-docs/latest/api/Search/ and …/Output/ (jsonv2).
"""

from __future__ import annotations

from typing import Any

from geo.address import Address
from geo.geocoding import (
    GeocodeResult,
    GeocoderUnavailable,
    Precision,
    answer_fits,
    point_from_answer,
)
from geo.polite_http import PoliteClient

# Search ranks of https://nominatim.org/release-docs/latest/customize/Ranking/
_RANK_OF_TOWNS = 13
_RANK_OF_STREETS = 26
_TOO_COARSE = frozenset({"country", "state", "region", "state_district", "county"})
_NAMES_OF_PLACES = (
    *("city", "town", "village", "municipality", "hamlet"),
    *("city_district", "district", "borough", "suburb", "quarter", "neighbourhood"),
)


class NominatimGeocoder:
    """Addresses through a Nominatim server's structured search."""

    def __init__(self, client: PoliteClient) -> None:
        self.client = client

    def geocode(self, address: Address) -> GeocodeResult | None:
        """The first answer that fits; None when there is none; raises GeocoderUnavailable."""
        if address.country != "DE":
            return None
        answers = self.client.get_json("/search", _query(address))
        if not isinstance(answers, list):
            raise GeocoderUnavailable("geocoder_bad_answer", reason="not_a_list")
        results = (_result(address, answer) for answer in answers)
        return next((result for result in results if result is not None), None)


def _query(address: Address) -> dict[str, str]:
    name, number = address.street_and_number
    query = {
        "format": "jsonv2",
        "addressdetails": "1",
        "limit": "5",
        "countrycodes": "de",
        "accept-language": "de",
        "street": f"{number} {name}".strip(),
        "postalcode": address.postcode,
        "city": address.place,
    }
    return {key: value for key, value in query.items() if value}


def _result(address: Address, answer: Any) -> GeocodeResult | None:
    """One answer as a result; None when it is too coarse, elsewhere, or outside Germany."""
    if not isinstance(answer, dict) or "lat" not in answer or "lon" not in answer:
        raise GeocoderUnavailable("geocoder_bad_answer", reason="no_coordinates")
    details = answer.get("address")
    if not isinstance(details, dict):
        details = {}
    precision = _precision(answer, details)
    point = point_from_answer(answer["lat"], answer["lon"])
    names = [str(details[key]) for key in _NAMES_OF_PLACES if key in details]
    fits = answer_fits(address, str(details.get("postcode", "")), names)
    if precision is None or point is None or not fits:
        return None
    return GeocodeResult(point, precision, str(answer.get("display_name", ""))[:300] or address.text)


def _precision(answer: dict[str, Any], details: dict[str, Any]) -> Precision | None:
    kind = str(answer.get("addresstype") or answer.get("type", ""))
    if "postcode" in (kind, answer.get("type")) or "postal_code" in (kind, answer.get("type")):
        return Precision.POSTCODE
    rank = answer.get("place_rank")
    # GeoJSON-like servers send the rank as text, and json has true and false, which are ints in Python.
    if isinstance(rank, bool) or not str(rank).isdecimal():
        raise GeocoderUnavailable("geocoder_bad_answer", reason="no_place_rank")
    if kind in _TOO_COARSE or int(str(rank)) < _RANK_OF_TOWNS:
        return None
    if int(str(rank)) < _RANK_OF_STREETS:
        return Precision.PLACE
    return Precision.ADDRESS if details.get("house_number") else Precision.STREET
