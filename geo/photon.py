"""How is Photon asked, and what do its answers mean?

Format: https://github.com/komoot/photon/blob/master/docs/api-v1.md (GeoJSON: longitude comes first).
"""

from __future__ import annotations

from typing import Any

from geo.address import Address
from geo.geocoding import (
    EAST,
    NORTH,
    SOUTH,
    WEST,
    GeocodeResult,
    GeocoderUnavailable,
    Precision,
    answer_fits,
    point_from_answer,
)
from geo.polite_http import PoliteClient

_TOWNS = frozenset({"city", "district", "locality"})
_TOWN_TAGS = frozenset(
    {"city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "municipality"}
)


class PhotonGeocoder:
    """Addresses through a Photon server's free-text search."""

    def __init__(self, client: PoliteClient) -> None:
        self.client = client

    def geocode(self, address: Address) -> GeocodeResult | None:
        """The first answer that fits; None when there is none; raises GeocoderUnavailable."""
        if address.country != "DE":
            return None
        # Older servers refuse parameters they do not know, so the box stands in for `countrycode`.
        box = f"{WEST},{SOUTH},{EAST},{NORTH}"
        answer = self.client.get_json("/api", {"q": address.text, "limit": "5", "bbox": box})
        features = answer.get("features") if isinstance(answer, dict) else None
        if not isinstance(features, list):
            raise GeocoderUnavailable("geocoder_bad_answer", reason="no_features")
        results = (_result(address, feature) for feature in features)
        return next((result for result in results if result is not None), None)


def _result(address: Address, feature: Any) -> GeocodeResult | None:
    """One feature as a result; None when it is too coarse, elsewhere, or outside Germany."""
    try:
        lon, lat = feature["geometry"]["coordinates"][:2]
        properties = feature["properties"]
    except (KeyError, TypeError, ValueError):
        raise GeocoderUnavailable("geocoder_bad_answer", reason="no_coordinates") from None
    if not isinstance(properties, dict):
        raise GeocoderUnavailable("geocoder_bad_answer", reason="no_properties")
    precision = _precision(properties)
    point = point_from_answer(lat, lon)
    in_germany = str(properties.get("countrycode", "DE")).upper() == "DE"
    keys = ["city", "district", "locality"] + (["name"] if precision is Precision.PLACE else [])
    names = [str(properties[key]) for key in keys if key in properties]
    fits = answer_fits(address, str(properties.get("postcode", "")), names)
    if precision is None or point is None or not (in_germany and fits):
        return None
    return GeocodeResult(point, precision, _label(properties) or address.text)


def _precision(properties: dict[str, Any]) -> Precision | None:
    # Whatever the server sends: a list is no name of a kind, and cannot be looked up as one.
    kind, key, value = (_word(properties.get(name)) for name in ("type", "osm_key", "osm_value"))
    if (key, value) in (("place", "postcode"), ("boundary", "postal_code")):
        return Precision.POSTCODE
    if properties.get("housenumber"):
        return Precision.ADDRESS
    # Servers before 0.4 send no `type`; the OSM tag says the same.
    if kind in ("house", "street") or (kind is None and key == "highway"):
        return Precision.STREET
    if kind in _TOWNS or (kind is None and key == "place" and value in _TOWN_TAGS):
        return Precision.PLACE
    return None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _label(properties: dict[str, Any]) -> str:
    def words(*keys: str) -> str:
        return " ".join(str(properties[key]) for key in keys if properties.get(key))

    parts = (words("name"), words("street", "housenumber"), words("postcode", "city"))
    return ", ".join(dict.fromkeys(part for part in parts if part))[:300]
