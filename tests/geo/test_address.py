"""Address text is understood as people write it, and refused with a code where it cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.address import Address, GeoError, check_postcode, normalise_place, parse_address


@pytest.mark.parametrize(
    ("text", "street", "postcode", "place"),
    [
        ("Natruper-Tor-Wall 2, 49076 Osnabrück", "Natruper-Tor-Wall 2", "49076", "Osnabrück"),
        ("Natruper-Tor-Wall 2 49076 Osnabrück", "Natruper-Tor-Wall 2", "49076", "Osnabrück"),
        ("49076 Osnabrück, Natruper-Tor-Wall 2", "Natruper-Tor-Wall 2", "49076", "Osnabrück"),
        ("  49324   Melle ", "", "49324", "Melle"),
        ("Melle", "", "", "Melle"),
        ("49324", "", "49324", ""),
        ("D-49076 Osnabrück", "", "49076", "Osnabrück"),
        ("DE 49076 Osnabrück", "", "49076", "Osnabrück"),
        ("Melle 49324", "", "49324", "Melle"),
        ("Markt 1, Melle 49324", "Markt 1", "49324", "Melle"),
        ("Osnabrück, Markt 1", "Markt 1", "", "Osnabrück"),
        ("Am Markt, Melle, Deutschland", "Am Markt", "", "Melle"),
        ("Straße des 17. Juni 135, 10623 Berlin", "Straße des 17. Juni 135", "10623", "Berlin"),
        ("B 7, 3, 68159 Mannheim", "B 7, 3", "68159", "Mannheim"),
        ("Frankfurt (Oder)", "", "", "Frankfurt (Oder)"),
    ],
)
def test_reads_one_line(text, street, postcode, place):
    assert parse_address(text) == Address(street=street, postcode=postcode, place=place, country="DE")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "address_empty"),
        (" , ,", "address_empty"),
        ("Hauptstraße 5", "place_missing"),
        ("4932 Melle", "postcode_malformed"),
        ("490761 Osnabrück", "postcode_malformed"),
        ("49 324 Melle", "postcode_malformed"),
        ("00123 Nirgendwo", "postcode_malformed"),
        ("12345678", "postcode_malformed"),
        ("M" * 301, "address_too_long"),
    ],
)
def test_refuses_what_is_no_address(text, code, refuses):
    refuses(code, parse_address, text)


@given(st.text(max_size=320))
def test_any_text_is_an_address_or_a_geo_error(text):
    try:
        address = parse_address(text)
    except GeoError as error:
        assert error.code.islower()
    else:
        assert address.postcode or address.place


@given(
    postcode=st.integers(1000, 99999),
    house=st.integers(1, 999),
    place=st.sampled_from(["Melle", "Bad Essen", "Frankfurt (Oder)"]),
)
def test_what_is_written_out_is_read_back(postcode, house, place):
    address = Address(street=f"Lange Straße {house}", postcode=f"{postcode:05}", place=place)
    assert parse_address(address.text) == address
    assert address.street_and_number == ("Lange Straße", str(house))


@pytest.mark.parametrize(
    ("street", "parts"),
    [
        ("Natruper-Tor-Wall 2", ("Natruper-Tor-Wall", "2")),
        ("Straße des 17. Juni 135 a", ("Straße des 17. Juni", "135 a")),
        ("Am Wall 3-5", ("Am Wall", "3-5")),
        ("Am Markt", ("Am Markt", "")),
        ("", ("", "")),
    ],
)
def test_house_number_stands_at_the_end(street, parts):
    assert Address(street=street, postcode="49076", place="Osnabrück").street_and_number == parts


def test_address_needs_a_town(refuses):
    refuses("place_missing", Address, street="Markt 1", postcode="", place="")


def test_postcode_is_five_digits(refuses):
    assert check_postcode(" 01067 ") == "01067"
    for wrong in ("", "1067", "490760", "4907a", "00100", "٤٩٠٧٦"):
        refuses("postcode_malformed", check_postcode, wrong)


@pytest.mark.parametrize(
    "spellings",
    [
        ("Osnabrück", "OSNABRÜCK", "Osnabrueck", "Osnabru\N{COMBINING DIAERESIS}ck"),
        ("Bonn", "𝗕𝗼𝗻𝗻", "Ｂｏｎｎ"),
        ("St. Augustin", "Sankt Augustin", "St Augustin", "sankt-augustin", "Sankt  Augustin"),
        ("Groß Görnow", "Gross-Goernow"),
        ("Frankfurt (Oder)", "Frankfurt/Oder"),
    ],
)
def test_spellings_of_a_place_share_a_key(spellings):
    assert len({normalise_place(spelling) for spelling in spellings}) == 1


def test_different_places_keep_different_keys():
    assert normalise_place("Stade") == "stade"
    assert normalise_place("Melle") != normalise_place("Mellen")
