"""Do postcode, place and point of a located place mean the same place?"""

from collections.abc import Callable
from typing import Any

import pytest

from geo.locating import NEAR_KM, locate
from tests import factories as make
from tests.geo.geocoding_server import Answer, GeocodingServer

OSNABRUECK = {"lat": 52.2738, "lon": 8.0521}
MUNICH = {"lat": 48.14, "lon": 11.58}


@pytest.fixture(autouse=True)
def places(db: None) -> None:
    make.a_gazetteer()


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("place", ["Nirgendwo", "Osnabrück", ""])
def test_a_point_far_from_its_postcode_is_refused(refuses: Any, private: bool, place: str) -> None:
    error = refuses(
        "postcode_far_from_point", locate, private=private, postcode="49074", place=place, **MUNICH
    )
    assert error.facts == {"postcode": "49074", "at_most": NEAR_KM}


def test_the_line_lies_at_thirty_kilometres(refuses: Any) -> None:
    a_degree_km = 111.195  # of latitude
    north = {"lon": OSNABRUECK["lon"]}
    within = OSNABRUECK["lat"] + (NEAR_KM - 0.1) / a_degree_km
    assert locate(private=False, postcode="49074", lat=within, **north).postcode == "49074"
    beyond = OSNABRUECK["lat"] + (NEAR_KM + 0.1) / a_degree_km
    refuses("postcode_far_from_point", locate, private=False, postcode="49074", lat=beyond, **north)


def test_a_postcode_nobody_knows_cannot_be_checked(refuses: Any) -> None:
    refuses("postcode_unknown", locate, private=False, postcode="99999", place="Irgendwo", **OSNABRUECK)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"postcode": "49074", "place": "Nirgendwo"}, ("49074", "Osnabrück")),
        ({"postcode": "49074", "place": "Rosenweg 3, bei Sommer"}, ("49074", "Osnabrück")),
        ({"postcode": "49074", "place": "OSNABRUECK"}, ("49074", "Osnabrück")),
        ({"postcode": "49074", "place": "Nirgendwo", **OSNABRUECK}, ("49074", "Osnabrück")),
        ({"place": "Rosenweg 3", **OSNABRUECK}, ("49074", "Osnabrück")),
        ({"place": "Melle", **OSNABRUECK}, ("49324", "Melle")),
        ({"place": "Jever", **OSNABRUECK}, ("49074", "Osnabrück")),
        ({"place": "melle"}, ("49324", "Melle")),
        (OSNABRUECK, ("49074", "Osnabrück")),
    ],
    ids=str,
)
def test_names_are_those_of_the_gazetteer(typed: dict[str, Any], kept: tuple[str, str]) -> None:
    found = locate(private=True, **typed)
    assert (found.postcode, found.place) == kept


def test_an_answer_of_the_geocoder_from_far_away_is_left(settings: Any, server: GeocodingServer) -> None:
    settings.GEOCODER, settings.GEOCODER_URL = "nominatim", server.url
    settings.GEOCODER_MIN_INTERVAL_SECONDS = 0  # turns are counted by address, and ports come round again
    settings.OUTBOUND_INSIDE = ["127.0.0.1"]

    def answer(lat: float) -> Answer:
        address = {"postcode": "49074", "house_number": "1"}
        return Answer(
            [
                {
                    "lat": str(lat),
                    "lon": "8.05",
                    "addresstype": "building",
                    "place_rank": 30,
                    "address": address,
                }
            ]
        )

    find: Callable[[], Any] = lambda: locate(private=False, postcode="49074", street="Markt 1")  # noqa: E731
    server.answers = [answer(52.28)]
    assert (find().point.lat, find().precision) == (52.28, "ADDRESS")
    server.answers = [answer(52.9)]
    assert (find().point.lat, find().precision, find().street) == (52.2738, "POSTCODE", "Markt 1")
