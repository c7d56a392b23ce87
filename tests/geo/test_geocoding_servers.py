"""Nominatim and Photon, played by a real HTTP server: their formats, their failures, and our manners."""

import copy
import gzip
import json
import logging

import pytest
from django.core.cache import cache

from geo.address import Address
from geo.gazetteer import GazetteerGeocoder
from geo.geocoding import FallbackGeocoder, GeoPoint, Precision, configured_geocoder
from geo.nominatim import NominatimGeocoder
from geo.photon import PhotonGeocoder
from geo.polite_http import MAX_ANSWER_BYTES, PoliteClient
from tests.geo.geocoding_server import Answer

TOWN_HALL = Address(street="Natruper-Tor-Wall 2", postcode="49076", place="Osnabrück")

# The shape of Nominatim's jsonv2 answers, numbers as text where it sends text.
NOMINATIM_HOUSE = {
    "place_id": 134412345,
    "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
    "osm_type": "way",
    "osm_id": 23456789,
    "lat": "52.2781234",
    "lon": "8.0412345",
    "category": "building",
    "type": "yes",
    "place_rank": 30,
    "importance": 0.00008,
    "addresstype": "building",
    "name": "",
    "display_name": "2, Natruper-Tor-Wall, Westerberg, Osnabrück, Niedersachsen, 49076, Deutschland",
    "address": {
        "house_number": "2",
        "road": "Natruper-Tor-Wall",
        "suburb": "Westerberg",
        "city": "Osnabrück",
        "state": "Niedersachsen",
        "ISO3166-2-lvl4": "DE-NI",
        "postcode": "49076",
        "country": "Deutschland",
        "country_code": "de",
    },
    "boundingbox": ["52.2780234", "52.2782234", "8.0411345", "8.0413345"],
}
PHOTON_HOUSE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [8.0412345, 52.2781234]},
    "properties": {
        "osm_type": "W",
        "osm_id": 23456789,
        "osm_key": "building",
        "osm_value": "yes",
        "type": "house",
        "countrycode": "DE",
        "housenumber": "2",
        "street": "Natruper-Tor-Wall",
        "district": "Westerberg",
        "city": "Osnabrück",
        "state": "Niedersachsen",
        "country": "Deutschland",
        "postcode": "49076",
        "extent": [8.0411345, 52.2782234, 8.0413345, 52.2780234],
    },
}


def nominatim(remove=(), **changes):
    answer = copy.deepcopy(NOMINATIM_HOUSE) | changes
    for name in remove:
        del answer["address"][name]
    return answer


def photon(coordinates=(8.0412345, 52.2781234), remove=(), **properties):
    feature = copy.deepcopy(PHOTON_HOUSE)
    feature["geometry"]["coordinates"] = list(coordinates)
    feature["properties"] |= properties
    for name in remove:
        del feature["properties"][name]
    return feature


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.fixture(params=["nominatim", "photon"])
def kind(request):
    return request.param


@pytest.fixture
def geocoder(kind, client):
    return {"nominatim": NominatimGeocoder, "photon": PhotonGeocoder}[kind](client)


def house_of(kind):
    return [nominatim()] if kind == "nominatim" else collection(photon())


# --- what is asked, and what the answers mean


def test_nominatim_is_asked_in_its_structured_form(server, client):
    server.answers = [Answer([nominatim()])]
    result = NominatimGeocoder(client).geocode(TOWN_HALL)
    (asked,) = server.asked
    assert asked.path == "/search"
    assert asked.user_agent == "ilos-tests"
    assert asked.params == {
        "format": "jsonv2",
        "addressdetails": "1",
        "limit": "5",
        "countrycodes": "de",
        "accept-language": "de",
        "street": "2 Natruper-Tor-Wall",
        "postalcode": "49076",
        "city": "Osnabrück",
    }
    assert result.point == GeoPoint(lat=52.2781234, lon=8.0412345)
    assert result.precision is Precision.ADDRESS
    assert result.label.startswith("2, Natruper-Tor-Wall")


def test_photon_is_asked_with_the_whole_line(server, client):
    server.answers = [Answer(collection(photon()))]
    result = PhotonGeocoder(client).geocode(TOWN_HALL)
    (asked,) = server.asked
    assert asked.path == "/api"
    assert asked.params == {
        "q": "Natruper-Tor-Wall 2, 49076 Osnabrück",
        "limit": "5",
        "bbox": "5.8,47.2,15.1,55.1",
    }
    assert result.point == GeoPoint(lat=52.2781234, lon=8.0412345)
    assert result.precision is Precision.ADDRESS
    assert result.label == "Natruper-Tor-Wall 2, 49076 Osnabrück"


@pytest.mark.parametrize(
    ("answer", "precision"),
    [
        (nominatim(), Precision.ADDRESS),
        (nominatim(remove=["house_number"]), Precision.STREET),
        (nominatim(remove=["house_number"], place_rank=26, addresstype="road"), Precision.STREET),
        (nominatim(place_rank=21, type="postcode", addresstype="postcode"), Precision.POSTCODE),
        (nominatim(place_rank=16, type="administrative", addresstype="city"), Precision.PLACE),
        (nominatim(place_rank=19, type="suburb", addresstype="suburb"), Precision.PLACE),
        (nominatim(place_rank=12, type="administrative", addresstype="county"), None),
        (nominatim(place_rank=8, type="administrative", addresstype="state"), None),
    ],
)
def test_nominatim_ranks_become_precisions(server, client, answer, precision):
    server.answers = [Answer([answer])]
    result = NominatimGeocoder(client).geocode(TOWN_HALL)
    assert (result.precision if result else None) is precision


@pytest.mark.parametrize(
    ("feature", "precision"),
    [
        (photon(), Precision.ADDRESS),
        (photon(remove=["housenumber"], name="Rathaus"), Precision.STREET),
        (photon(remove=["housenumber"], type="street", osm_key="highway"), Precision.STREET),
        (photon(remove=["housenumber", "type"], osm_key="highway"), Precision.STREET),
        (photon(remove=["housenumber"], osm_key="place", osm_value="postcode"), Precision.POSTCODE),
        (photon(remove=["housenumber"], type="city", osm_key="place", osm_value="city"), Precision.PLACE),
        (photon(remove=["housenumber", "type"], osm_key="place", osm_value="town"), Precision.PLACE),
        (photon(remove=["housenumber"], type="county", osm_key="place", osm_value="county"), None),
        (photon(remove=["housenumber"], type="other", osm_key="natural", osm_value="water"), None),
    ],
)
def test_photon_types_become_precisions(server, client, feature, precision):
    server.answers = [Answer(collection(feature))]
    result = PhotonGeocoder(client).geocode(TOWN_HALL)
    assert (result.precision if result else None) is precision


def test_no_answer_is_none(server, geocoder, kind):
    server.answers = [Answer([] if kind == "nominatim" else collection())]
    assert geocoder.geocode(TOWN_HALL) is None


def test_only_german_addresses_are_asked_for(server, geocoder):
    assert geocoder.geocode(Address("", "49074", "Osnabrück", country="NL")) is None
    assert server.asked == []


def test_an_answer_from_elsewhere_is_passed_over(server, geocoder, kind):
    wrong = {"postcode": "20095", "city": "Hamburg"}
    if kind == "nominatim":
        elsewhere = nominatim(lat="53.55", lon="10.0", address=NOMINATIM_HOUSE["address"] | wrong)
        server.answers = [Answer([elsewhere, nominatim()])]
    else:
        server.answers = [Answer(collection(photon((10.0, 53.55), **wrong), photon()))]
    assert geocoder.geocode(TOWN_HALL).point == GeoPoint(lat=52.2781234, lon=8.0412345)


def test_an_answer_outside_germany_is_passed_over(server, geocoder, kind):
    if kind == "nominatim":
        server.answers = [Answer([nominatim(lat="52.37", lon="4.90")])]
    else:
        server.answers = [Answer(collection(photon((4.90, 52.37)), photon(countrycode="NL")))]
    assert geocoder.geocode(TOWN_HALL) is None


# --- what goes wrong


def test_swapped_coordinates_are_no_answer(server, geocoder, kind, refuses):
    if kind == "nominatim":
        server.answers = [Answer([nominatim(lat="8.0412345", lon="52.2781234")])]
    else:
        server.answers = [Answer(collection(photon((52.2781234, 8.0412345))))]
    error = refuses("geocoder_bad_answer", geocoder.geocode, TOWN_HALL)
    assert error.facts == {"reason": "coordinates_swapped"}


@pytest.mark.parametrize(
    "body",
    [
        b"<html>busy</html>",
        b"",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"null",
        b'"text"',
        b"[null]",
        b'{"error": {"code": 400, "message": "bad"}}',
        b'{"features": 3}',
        b'{"features": [{"geometry": null, "properties": {}}]}',
        b'{"features": [{"geometry": {"coordinates": [8.0]}, "properties": {}}]}',
        b'{"features": [{"geometry": {"coordinates": [8.0, 52.2]}, "properties": []}]}',
        b'[{"lat": "52.2"}]',
        b'[{"lat": "north", "lon": "8", "place_rank": 30}]',
        b'[{"lat": NaN, "lon": 8, "place_rank": 30}]',
        b'[{"lat": "52.2", "lon": "8.0"}]',
        b'[{"lat": "52.2", "lon": "8.0", "place_rank": true, "address": []}]',
    ],
)
def test_senseless_answers_are_unavailability(server, geocoder, body, refuses):
    server.answers = [Answer(body)]
    refuses("geocoder_bad_answer", geocoder.geocode, TOWN_HALL)


@pytest.mark.parametrize("status", [204, 301, 400, 403, 429, 500, 503])
def test_any_other_status_is_unavailability(server, geocoder, kind, status, refuses):
    elsewhere = {"Location": f"{server.url}/elsewhere"}
    server.answers = [Answer(house_of(kind) if status != 204 else b"", status=status, headers=elsewhere)]
    error = refuses("geocoder_http_error", geocoder.geocode, TOWN_HALL)
    assert error.facts == {"status": status}
    assert len(server.asked) == 1  # a redirect is not followed


def test_an_oversized_answer_is_not_read_to_its_end(server, geocoder, refuses):
    server.answers = [Answer(b"[" + b" " * (MAX_ANSWER_BYTES + 1) + b"]")]
    refuses("geocoder_answer_too_large", geocoder.geocode, TOWN_HALL)


def test_a_small_answer_that_unpacks_to_a_huge_one_is_refused(server, geocoder, refuses):
    packed = gzip.compress(b" " * (20 * MAX_ANSWER_BYTES))
    assert len(packed) < MAX_ANSWER_BYTES
    server.answers = [Answer(packed, headers={"Content-Encoding": "gzip"})]
    error = refuses("geocoder_bad_answer", geocoder.geocode, TOWN_HALL)
    assert error.facts == {"reason": "packed"}


@pytest.mark.parametrize("drip_seconds", [30.0, 0.05], ids=["silent", "dripping"])
def test_a_slow_server_is_left(server, geocoder, kind, drip_seconds, refuses):
    server.answers = [Answer(house_of(kind), drip_seconds=drip_seconds)]
    geocoder.client.timeout_seconds = 0.3
    refuses("geocoder_timeout", geocoder.geocode, TOWN_HALL)


def test_nobody_listening_is_unavailability(server, kind, geocoder, refuses):
    geocoder.client.base_url = "http://127.0.0.1:1"
    refuses("geocoder_unreachable", geocoder.geocode, TOWN_HALL)


def test_a_server_inside_is_asked_only_if_the_operator_named_it(server, kind, settings, refuses):
    settings.GEOCODER, settings.GEOCODER_URL, settings.GEOCODER_MIN_INTERVAL_SECONDS = kind, server.url, 0
    geocoder = configured_geocoder().geocoders[0]
    error = refuses("geocoder_unreachable", geocoder.geocode, TOWN_HALL)
    assert error.facts == {"reason": "refused inside"}
    assert server.asked == []


def test_the_address_stays_out_of_the_logs(server, geocoder, kind, caplog):
    server.answers = [Answer(house_of(kind))]
    with caplog.at_level(logging.INFO):
        geocoder.geocode(TOWN_HALL)
    assert "Natruper" not in caplog.text


# --- manners and fallback


@pytest.fixture
def patient(server):
    """Asks at most once in 30 seconds, and waits for its turn no longer than 0.2."""
    client = PoliteClient(
        base_url=server.url,
        user_agent="ilos-tests",
        timeout_seconds=0.2,
        min_interval_seconds=30,
        inside=["127.0.0.1"],
    )
    cache.delete(client.turn_key)
    yield client
    cache.delete(client.turn_key)


def test_the_throttle_holds_for_every_client_of_a_server(server, patient, refuses):
    server.answers = [Answer(collection(photon()))]
    assert PhotonGeocoder(patient).geocode(TOWN_HALL) is not None
    another = PoliteClient(
        base_url=server.url + "/", user_agent="x", timeout_seconds=0.2, min_interval_seconds=30
    )
    refuses("geocoder_busy", PhotonGeocoder(another).geocode, TOWN_HALL)
    assert len(server.asked) == 1


def test_a_turn_that_comes_in_time_is_waited_for(server, patient, monkeypatch):
    server.answers = [Answer(collection(photon()))]
    cache.add(patient.turn_key, 1, timeout=30)
    monkeypatch.setattr("geo.polite_http.time.sleep", lambda seconds: cache.delete(patient.turn_key))
    assert PhotonGeocoder(patient).geocode(TOWN_HALL) is not None
    assert len(server.asked) == 1


def test_fractions_of_a_second_are_rounded_up(server, patient, monkeypatch):
    server.answers = [Answer(collection(photon()))]
    lifetimes = []
    monkeypatch.setattr(
        "geo.polite_http.cache.add", lambda key, value, timeout: lifetimes.append(timeout) or True
    )
    patient.min_interval_seconds = 1.5
    PhotonGeocoder(patient).geocode(TOWN_HALL)
    assert lifetimes == [2]


def test_without_the_shared_throttle_the_server_is_left_alone(server, patient, settings, refuses):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nonexistent/redis.sock",
        }
    }
    refuses("geocoder_throttle_failed", PhotonGeocoder(patient).geocode, TOWN_HALL)
    assert server.asked == []


@pytest.mark.usefixtures("small_gazetteer")
def test_the_gazetteer_answers_while_the_server_fails(server, geocoder):
    server.answers = [Answer(b"", status=503)]
    result = FallbackGeocoder([geocoder, GazetteerGeocoder()]).geocode(TOWN_HALL)
    assert result.precision is Precision.POSTCODE
    assert result.label == "49076 Osnabrück"
    assert len(server.asked) == 1


@pytest.mark.usefixtures("small_gazetteer")
def test_the_settings_alone_make_it_work(server, kind, settings):
    settings.GEOCODER, settings.GEOCODER_URL, settings.GEOCODER_USER_AGENT = kind, server.url, "ilos"
    settings.GEOCODER_MIN_INTERVAL_SECONDS = 0
    settings.OUTBOUND_INSIDE = ["127.0.0.1"]
    server.answers = [Answer(house_of(kind)), Answer(json.dumps(None).encode())]
    geocoder = configured_geocoder()
    assert geocoder.geocode(TOWN_HALL).precision is Precision.ADDRESS
    assert geocoder.geocode(TOWN_HALL).precision is Precision.POSTCODE
