"""Points are checked, geocoders stand in for one another, and the settings choose among them."""

import math

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from geo.address import Address, GeoError
from geo.gazetteer import GazetteerGeocoder
from geo.geocoding import (
    FallbackGeocoder,
    GeocodeResult,
    GeocoderUnavailable,
    GeoPoint,
    Precision,
    answer_fits,
    configured_geocoder,
)
from geo.nominatim import NominatimGeocoder
from geo.photon import PhotonGeocoder

MELLE = Address(street="", postcode="49324", place="Melle")
HERE = GeocodeResult(GeoPoint(lat=52.2, lon=8.34), Precision.PLACE, "Melle")


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (8.0472, 52.2799, "coordinates_swapped"),
        (48.8566, 2.3522, "outside_service_country"),  # Paris
        (0.0, 0.0, "outside_service_country"),
        (55.2, 9.0, "outside_service_country"),
        (math.nan, 8.0, "coordinates_not_finite"),
        (52.0, math.inf, "coordinates_not_finite"),
        (91.0, 8.0, "coordinates_out_of_range"),
        (52.0, 181.0, "coordinates_out_of_range"),
    ],
)
def test_point_outside_germany_is_refused(lat, lon, code, refuses):
    refuses(code, GeoPoint, lat=lat, lon=lon)


@given(lat=st.floats(47.2, 55.1), lon=st.floats(5.8, 15.1))
def test_every_point_in_germany_is_refused_when_swapped(lat, lon):
    assert GeoPoint(lat=lat, lon=lon).lat == lat
    with pytest.raises(GeoError, match="coordinates_swapped"):
        GeoPoint(lat=lon, lon=lat)


class Says:
    def __init__(self, answer):
        self.answer = answer
        self.asked = 0

    def geocode(self, address):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_the_next_geocoder_is_asked_when_one_is_unavailable_or_does_not_know():
    geocoders = [Says(GeocoderUnavailable("geocoder_timeout")), Says(None), Says(HERE), Says(HERE)]
    assert FallbackGeocoder(geocoders).geocode(MELLE) is HERE
    assert [geocoder.asked for geocoder in geocoders] == [1, 1, 1, 0]


def test_nobody_knowing_is_an_answer_but_nobody_reachable_is_not(refuses):
    down = Says(GeocoderUnavailable("geocoder_timeout"))
    assert FallbackGeocoder([down, Says(None)]).geocode(MELLE) is None
    refuses("geocoder_timeout", FallbackGeocoder([down, down]).geocode, MELLE)


def test_a_refusal_that_is_no_outage_is_passed_on(refuses):
    ambiguous = Says(GeoError("place_ambiguous", suggestions=[]))
    refuses("place_ambiguous", FallbackGeocoder([ambiguous, Says(HERE)]).geocode, MELLE)


def test_the_log_names_the_reason_and_not_the_address(caplog):
    home = Address(street="Geheimweg 7", postcode="49324", place="Melle")
    FallbackGeocoder([Says(GeocoderUnavailable("geocoder_timeout")), Says(HERE)]).geocode(home)
    assert "geocoder_timeout" in caplog.text
    assert "Geheimweg" not in caplog.text and "49324" not in caplog.text


def test_a_fallback_of_nobody_is_a_mistake():
    with pytest.raises(ValueError, match="at least one"):
        FallbackGeocoder([])


@pytest.mark.parametrize(
    ("place", "postcode", "found_postcode", "found_names", "fits"),
    [
        ("Melle", "49324", "49326", ["Melle"], True),
        ("Melle", "49324", "20095", ["Melle"], False),
        ("Frankfurt", "", "60311", ["Frankfurt am Main"], True),
        ("Frankfurt am Main", "", "", ["Frankfurt"], True),
        ("Melle", "", "19309", ["Mellen"], False),
        ("Melle", "49324", "", ["Osnabrück"], False),
        ("Melle", "", "49324", [], False),
        ("", "49324", "", ["Melle"], True),
    ],
)
def test_answers_from_elsewhere_do_not_fit(place, postcode, found_postcode, found_names, fits):
    assert answer_fits(Address("", postcode, place), found_postcode, found_names) is fits


def test_without_a_server_the_gazetteer_answers(settings):
    settings.GEOCODER = "gazetteer"
    assert isinstance(configured_geocoder(), GazetteerGeocoder)


@pytest.mark.parametrize(("kind", "adapter"), [("nominatim", NominatimGeocoder), ("photon", PhotonGeocoder)])
def test_a_configured_server_has_the_gazetteer_behind_it(settings, kind, adapter):
    settings.GEOCODER = kind
    settings.GEOCODER_URL = "https://geocoder.example/base/"
    settings.GEOCODER_USER_AGENT = "ilos (office@example.org)"
    settings.GEOCODER_TIMEOUT_SECONDS = 4
    settings.GEOCODER_MIN_INTERVAL_SECONDS = 2
    geocoder = configured_geocoder()
    assert isinstance(geocoder, FallbackGeocoder)
    first, last = geocoder.geocoders
    assert isinstance(first, adapter) and isinstance(last, GazetteerGeocoder)
    assert first.client.base_url == "https://geocoder.example/base"
    assert (first.client.timeout_seconds, first.client.min_interval_seconds) == (4, 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GEOCODER", "google"),
        ("GEOCODER_URL", ""),
        ("GEOCODER_URL", "ftp://geocoder.example"),
        ("GEOCODER_URL", "file:///etc/passwd"),
        ("GEOCODER_URL", "https://"),
        ("GEOCODER_URL", "https://geocoder.example/?key=1"),
        ("GEOCODER_USER_AGENT", " "),
        ("GEOCODER_TIMEOUT_SECONDS", 0),
        ("GEOCODER_TIMEOUT_SECONDS", math.nan),
        ("GEOCODER_MIN_INTERVAL_SECONDS", -1),
    ],
)
def test_wrong_settings_are_refused(settings, name, value):
    settings.GEOCODER = "photon"
    settings.GEOCODER_URL = "https://geocoder.example"
    settings.GEOCODER_USER_AGENT = "ilos"
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured):
        configured_geocoder()
