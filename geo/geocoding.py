"""Where on the map is an address, how sure are we, and whom do we ask in which order?"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from geo.address import Address, GeoError, normalise_place

logger = logging.getLogger(__name__)

# Germany with a margin of about 4 km on each side, in degrees.
SOUTH, NORTH = 47.2, 55.1
WEST, EAST = 5.8, 15.1


class Precision(TextChoices):
    """What the point stands for, finest first."""

    ADDRESS = "ADDRESS", _("house number")
    STREET = "STREET", _("street")
    CELL = "CELL", _("square kilometre")
    POSTCODE = "POSTCODE", _("postcode area")
    PLACE = "PLACE", _("town or village")


@dataclass(frozen=True)
class GeoPoint:
    """A point in Germany, WGS 84, degrees; raises GeoError for anything else."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lat) and math.isfinite(self.lon)):
            raise GeoError("coordinates_not_finite")
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise GeoError("coordinates_out_of_range")
        if not lies_in_germany(self.lat, self.lon):
            swapped = lies_in_germany(self.lon, self.lat)
            raise GeoError("coordinates_swapped" if swapped else "outside_service_country")


def lies_in_germany(lat: float, lon: float) -> bool:
    """Whether the point, in degrees, lies in the box around Germany."""
    return SOUTH <= lat <= NORTH and WEST <= lon <= EAST


@dataclass(frozen=True)
class GeocodeResult:
    """A point, what it stands for, and the words to show so that a person can check it."""

    point: GeoPoint
    precision: Precision
    label: str


class GeocoderUnavailable(GeoError):
    """The geocoder gave no usable answer this time; another may."""


class Geocoder(Protocol):
    """Anything that turns an address into a point."""

    def geocode(self, address: Address) -> GeocodeResult | None:
        """The best answer; None when there is none; raises GeocoderUnavailable when it cannot tell."""
        ...


class FallbackGeocoder:
    """Asks one geocoder after the other until one knows."""

    def __init__(self, geocoders: Sequence[Geocoder]) -> None:
        if not geocoders:
            raise ValueError("a FallbackGeocoder needs at least one geocoder")
        self.geocoders = tuple(geocoders)

    def geocode(self, address: Address) -> GeocodeResult | None:
        """The first answer; None when nobody knows; GeocoderUnavailable when nobody could be asked."""
        unavailable: GeocoderUnavailable | None = None
        asked = False
        for geocoder in self.geocoders:
            try:
                result = geocoder.geocode(address)
            except GeocoderUnavailable as error:
                # The address stays out of the log: it may be somebody's home.
                logger.warning("%s gave no answer: %s %s", type(geocoder).__name__, error.code, error.facts)
                unavailable = error
                continue
            asked = True
            if result is not None:
                return result
        if unavailable is not None and not asked:
            raise unavailable
        return None


def answer_fits(address: Address, postcode: str, names: Sequence[str]) -> bool:
    """Whether an answer lies where it was asked for, by postcode region, else by name.

    Geocoders match loosely: a street unknown in Melle comes back from another town.
    """
    if address.postcode and postcode:
        return address.postcode[:2] == postcode[:2]
    if not address.place:
        return True
    asked = normalise_place(address.place).split()
    return any(_share_start(asked, normalise_place(name).split()) for name in names)


def _share_start(asked: list[str], found: list[str]) -> bool:
    """Whether one name begins with all words of the other: "Frankfurt" and "Frankfurt am Main"."""
    shorter = min(len(asked), len(found))
    return shorter > 0 and asked[:shorter] == found[:shorter]


def point_from_answer(lat: Any, lon: Any) -> GeoPoint | None:
    """A server's coordinates as a point; None outside Germany; raises GeocoderUnavailable if senseless."""
    try:
        return GeoPoint(lat=float(lat), lon=float(lon))
    except GeoError as error:
        if error.code == "outside_service_country":
            return None
        raise GeocoderUnavailable("geocoder_bad_answer", reason=error.code) from None
    except (TypeError, ValueError, OverflowError):
        raise GeocoderUnavailable("geocoder_bad_answer", reason="coordinates_malformed") from None


def configured_geocoder() -> Geocoder:
    """The geocoder of the settings, with the offline gazetteer behind it; raises ImproperlyConfigured."""
    # Here and not above: these modules build on this one, and the gazetteer needs the app registry.
    from geo.gazetteer import GazetteerGeocoder
    from geo.nominatim import NominatimGeocoder
    from geo.photon import PhotonGeocoder
    from geo.polite_http import PoliteClient

    kind = getattr(settings, "GEOCODER", "gazetteer")
    if kind == "gazetteer":
        return GazetteerGeocoder()
    adapters: dict[str, type[NominatimGeocoder] | type[PhotonGeocoder]] = {
        "nominatim": NominatimGeocoder,
        "photon": PhotonGeocoder,
    }
    if kind not in adapters:
        raise ImproperlyConfigured(f"GEOCODER is {kind!r}; known are gazetteer, nominatim and photon")
    try:
        client = PoliteClient(
            base_url=getattr(settings, "GEOCODER_URL", ""),
            user_agent=getattr(settings, "GEOCODER_USER_AGENT", ""),
            timeout_seconds=float(getattr(settings, "GEOCODER_TIMEOUT_SECONDS", 3.0)),
            min_interval_seconds=float(getattr(settings, "GEOCODER_MIN_INTERVAL_SECONDS", 1.0)),
            inside=getattr(settings, "OUTBOUND_INSIDE", ()),
        )
    except ValueError as error:
        raise ImproperlyConfigured(f"GEOCODER={kind}: {error}") from error
    return FallbackGeocoder([adapters[kind](client), GazetteerGeocoder()])
