"""Distances are right and symmetric; a private place moves to the middle of its cell and no further."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distances import distance_band, distance_km, haversine_km, snap_to_cell
from geo.geocoding import GeoPoint
from geo.postgis import to_metric

OSNABRUECK = GeoPoint(lat=52.2799, lon=8.0472)
MUNICH = GeoPoint(lat=48.1374, lon=11.5755)

points = st.builds(GeoPoint, lat=st.floats(47.2, 55.1), lon=st.floats(5.8, 15.1))
# Germany itself keeps 4 km of distance from the box around it.
inland_points = st.builds(GeoPoint, lat=st.floats(47.27, 55.06), lon=st.floats(5.866, 15.042))


def test_a_degree_of_latitude_is_111_km():
    assert haversine_km(50, 8, 51, 8) == pytest.approx(111.195, abs=0.001)


def test_known_distance():
    assert distance_km(OSNABRUECK, MUNICH) == pytest.approx(525, abs=2)


def test_arrays_broadcast_to_a_matrix():
    km = haversine_km(np.array([[50.0], [51.0]]), np.array([[8.0], [8.0]]), np.array([50.0, 52.0, 51.0]), 8.0)
    assert km.shape == (2, 3)
    assert km[0, 0] == 0
    assert km[0, 1] == pytest.approx(2 * km[0, 2])


def test_antipodes_and_nan():
    assert haversine_km(0, 0, 0, 180) == pytest.approx(np.pi * 6371.0088)
    assert np.isnan(haversine_km(np.nan, 0, 0, 0))


@given(one=points, other=points)
def test_distance_is_symmetric_and_never_negative(one, other):
    assert distance_km(one, other) == distance_km(other, one) >= 0
    assert distance_km(one, one) == 0


@given(one=points, other=points, third=points)
def test_a_detour_is_never_shorter(one, other, third):
    assert distance_km(one, third) <= distance_km(one, other) + distance_km(other, third) + 1e-9


@given(point=inland_points)
def test_snapping_moves_at_most_half_a_diagonal_and_only_once(point):
    snapped = snap_to_cell(point)
    assert distance_km(point, snapped) <= 0.71
    assert snap_to_cell(point) == snapped == snap_to_cell(snapped)
    metric = to_metric(snapped)
    # On the middle of a cell, but for the rounding to 0.1 m.
    assert metric.x % 1000 == pytest.approx(500, abs=0.2)
    assert metric.y % 1000 == pytest.approx(500, abs=0.2)


@given(point=points)
def test_even_at_the_rim_snapping_stays_in_the_box(point):
    assert distance_km(point, snap_to_cell(point)) <= 0.71


def test_neighbours_in_a_cell_become_one_point():
    home = GeoPoint(lat=52.2790, lon=8.0399)
    assert snap_to_cell(GeoPoint(lat=52.2820, lon=8.0430)) == snap_to_cell(home)
    assert snap_to_cell(GeoPoint(lat=52.2880, lon=8.0399)) != snap_to_cell(home)


@pytest.mark.parametrize(
    ("km", "band"),
    [
        (0, "under_2"),
        (1.999, "under_2"),
        (2, "2_5"),
        (5, "5_10"),
        (9.99, "5_10"),
        (10, "10_20"),
        (20, "over_20"),
        (500, "over_20"),
    ],
)
def test_bands_begin_at_their_lower_end(km, band):
    assert distance_band(km) == band


@pytest.mark.parametrize("km", [-0.1, float("nan"), float("inf")])
def test_no_band_for_what_is_no_distance(km):
    with pytest.raises(ValueError, match="distance"):
        distance_band(km)
