"""The gazetteer finds what people type and asks back where a name is not enough."""

import pytest
from django.db import IntegrityError, transaction

from geo.address import Address
from geo.gazetteer import GazetteerGeocoder, find, resolve
from geo.geocoding import Precision
from geo.imports import read_places
from geo.models import GazetteerEntry
from tests.geo.place_rows import SMALL_LIST, geonames

pytestmark = pytest.mark.usefixtures("small_gazetteer")


def test_postcode_of_one_place():
    result = resolve(postcode="49324")
    assert (result.point.lat, result.point.lon) == (52.1977, 8.3389)
    assert result.precision is Precision.POSTCODE
    assert result.label == "49324 Melle"


def test_postcode_of_several_places_is_their_mean_unless_one_is_named():
    both = resolve(postcode="49577")
    assert both.point.lat == pytest.approx((52.5425 + 52.5667) / 2)
    assert both.point.lon == pytest.approx((7.8711 + 7.8333) / 2)
    assert both.label == "49577 Ankum, Kettenkamp"
    assert resolve(postcode="49577", place="ankum").point.lat == 52.5425
    # A part of the town that the list does not know leaves the postcode's middle.
    assert resolve(postcode="49577", place="Druchhorn").point == both.point


def test_place_of_several_postcodes_is_their_median():
    result = resolve(place="osnabrueck")
    assert (result.point.lat, result.point.lon) == (52.2738, 8.0521)
    assert result.precision is Precision.PLACE
    assert result.label == "Osnabrück"


def test_an_estimated_point_stands_for_the_place_only():
    assert resolve(postcode="53757").precision is Precision.PLACE


def test_names_are_found_as_people_write_them():
    assert resolve(place="St. Augustin").label == "Sankt Augustin"
    assert resolve(place="BAD ESSEN").label == "Bad Essen"


def test_a_name_of_several_towns_asks_back(refuses):
    error = refuses("place_ambiguous", resolve, place="Frankfurt")
    assert error.facts["count"] == 2
    assert error.facts["suggestions"] == [
        {"postcode": "60311", "place": "Frankfurt am Main", "district_code": "06412"},
        {"postcode": "15230", "place": "Frankfurt (Oder)", "district_code": "12053"},
    ]
    assert resolve(place="Frankfurt/Oder").label == "Frankfurt (Oder)"


def test_the_same_name_twice_asks_back_even_when_one_is_bare(refuses):
    checked = read_places([geonames("49632", "Essen (Oldenburg)", "03453", 52.72, 7.94)])
    GazetteerEntry.objects.save_rows(checked.accepted)
    assert resolve(place="Essen").label == "Essen (Oldenburg)"
    checked = read_places([geonames("45127", "Essen", "05113", 51.4575, 7.0123)])
    GazetteerEntry.objects.save_rows(checked.accepted)
    assert refuses("place_ambiguous", resolve, place="Essen").facts["count"] == 2


def test_parts_and_streets_across_the_border_belong_to_the_town():
    assert resolve(place="Dresden").point.lat == 51.0547
    assert resolve(place="Hamburg").label == "Hamburg"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"postcode": "99999"}, "postcode_unknown"),
        ({"postcode": "99999", "place": "Melle"}, "postcode_unknown"),
        ({"postcode": "4932"}, "postcode_malformed"),
        ({"place": "Mel"}, "place_unknown"),
        ({"place": "Atlantis"}, "place_unknown"),
        ({"place": " - "}, "place_missing"),
        ({}, "place_missing"),
    ],
)
def test_what_is_not_known_is_said(asked, code, refuses):
    refuses(code, resolve, **asked)


def test_geocoder_knows_or_does_not(refuses):
    geocoder = GazetteerGeocoder()
    assert geocoder.geocode(Address("Markt 1", "49324", "Melle")).label == "49324 Melle"
    assert geocoder.geocode(Address("", "99999", "Melle")) is None
    assert geocoder.geocode(Address("", "", "Atlantis")) is None
    assert geocoder.geocode(Address("", "49324", "Melle", country="AT")) is None
    refuses("place_ambiguous", geocoder.geocode, Address("", "", "Frankfurt"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("490", ["49074 Osnabrück", "49076 Osnabrück", "49084 Osnabrück"]),
        ("49324", ["49324 Melle"]),
        ("mel", ["49324 Melle"]),
        ("frankf", ["15230 Frankfurt (Oder)", "60311 Frankfurt am Main", "60313 Frankfurt am Main"]),
        ("49577 ket", ["49577 Kettenkamp"]),
        ("st. au", ["53757 Sankt Augustin"]),
        ("OSNABRUE", ["49074 Osnabrück", "49076 Osnabrück", "49084 Osnabrück"]),
        ("%", []),
        ("", []),
        ("   ", []),
        ("zzz", []),
    ],
)
def test_find_completes_what_is_typed(text, found):
    assert [str(entry) for entry in find(text)] == found


def test_find_stops_at_its_limit():
    assert len(find("49", limit=2)) == 2
    assert find("49", limit=0) == []


def test_prefixes_are_looked_up_through_an_index(django_assert_num_queries):
    with django_assert_num_queries(1):
        find("mel")
    # So few rows are read faster in sequence; the index must be usable, not preferred.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for field, index in (("place_key", "gazetteer_place_key"), ("postcode", "gazetteer_postcode")):
            plan = GazetteerEntry.objects.filter(**{f"{field}__startswith": "mel"}).explain()
            assert index in plan and "Index Cond" in plan


def test_saving_again_changes_nothing_and_a_new_point_changes_one():
    rows = read_places(SMALL_LIST).accepted
    ids = set(GazetteerEntry.objects.values_list("pk", flat=True))
    saved = GazetteerEntry.objects.save_rows(rows)
    assert (saved.added, saved.changed, saved.unchanged) == (0, 0, len(SMALL_LIST))
    moved = [geonames("49324", "Melle", "03459", 52.2, 8.35) if "Melle" in row else row for row in SMALL_LIST]
    saved = GazetteerEntry.objects.save_rows(read_places(moved).accepted)
    assert (saved.added, saved.changed, saved.unchanged) == (0, 1, len(SMALL_LIST) - 1)
    assert resolve(postcode="49324").point.lat == 52.2
    assert set(GazetteerEntry.objects.values_list("pk", flat=True)) == ids


@pytest.mark.parametrize(
    ("name", "value", "constraint"),
    [
        ("postcode", "4932", "gazetteer_postcode_form"),
        ("precision", "EXACT", "gazetteer_precision_known"),
        ("place", "Osnabrück", "gazetteer_place_unique"),
    ],
)
def test_the_database_refuses_what_the_import_would(name, value, constraint):
    entry = GazetteerEntry.objects.get(postcode="49076")
    entry.pk, entry.place = None, "Sutthausen"
    entry._state.adding = True
    setattr(entry, name, value)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        GazetteerEntry.objects.bulk_create([entry])


def test_every_field_is_classified():
    fields = {field.name for field in GazetteerEntry._meta.get_fields()}
    assert fields == {*GazetteerEntry.Privacy.plain, *GazetteerEntry.Privacy.personal}
