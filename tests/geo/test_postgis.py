"""The query helpers measure in metres, and the reach box finds all that the exact distance would."""

import math

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import F, Value
from hypothesis import given
from hypothesis import strategies as st

from geo.distances import distance_km
from geo.geocoding import GeoPoint
from geo.models import GazetteerEntry
from geo.postgis import (
    METRIC_SRID,
    WGS84_SRID,
    DistanceKm,
    from_point,
    reach_box,
    to_geopoint,
    to_metric,
    to_point,
)

OSNABRUECK = GeoPoint(lat=52.2738, lon=8.0521)
points = st.builds(GeoPoint, lat=st.floats(47.2, 55.1), lon=st.floats(5.8, 15.1))


def test_x_is_the_longitude():
    assert to_point(OSNABRUECK).coords == (8.0521, 52.2738)
    assert to_point(OSNABRUECK).srid == WGS84_SRID


def test_the_central_meridian_lies_at_500_km_east():
    metric = to_metric(GeoPoint(lat=52.0, lon=9.0))
    assert metric.srid == METRIC_SRID
    assert metric.x == pytest.approx(500_000, abs=0.001)
    # Northing of 52° N, 9° E in EPSG:25832
    assert metric.y == pytest.approx(5_761_038.21, abs=0.01)


@given(point=points)
def test_there_and_back_is_the_same_point(point):
    lat, lon = from_point(to_metric(point))
    assert (lat, lon) == (pytest.approx(point.lat, abs=1e-8), pytest.approx(point.lon, abs=1e-8))


def test_stored_points_are_checked_when_read(refuses):
    assert to_geopoint(to_point(OSNABRUECK)) == OSNABRUECK
    refuses("coordinates_swapped", to_geopoint, Point(52.2738, 8.0521, srid=WGS84_SRID))


@pytest.mark.parametrize("srid", [None, 3857])
def test_points_of_unknown_systems_are_refused(srid):
    with pytest.raises(ValueError, match="EPSG"):
        to_metric(Point(8.0, 52.0, srid=srid))


@given(one=points, other=points)
def test_the_grid_agrees_with_the_sphere_within_half_a_percent(one, other):
    grid_km = to_metric(one).distance(to_metric(other)) / 1000
    assert grid_km == pytest.approx(distance_km(one, other), rel=0.006, abs=0.001)


@given(home=points, other=points, radius_km=st.floats(0.5, 100))
def test_the_box_holds_everything_within_the_radius(home, other, radius_km):
    box, metric = reach_box(home, radius_km), to_metric(other)
    assert box.srid == METRIC_SRID
    assert box.area == pytest.approx((2 * radius_km * 1000) ** 2)
    if to_metric(home).distance(metric) <= radius_km * 1000 - 0.001:
        assert box.covers(metric)


@pytest.mark.parametrize("radius_km", [0, -1, math.nan, math.inf])
def test_a_radius_is_above_zero(radius_km):
    with pytest.raises(ValueError, match="radius"):
        reach_box(OSNABRUECK, radius_km)


@pytest.mark.django_db
def test_the_box_is_what_st_expand_makes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsEWKB(ST_Expand(%s::geometry, 5000)) = ST_AsEWKB(%s::geometry)",
            [to_metric(OSNABRUECK).hexewkb.decode(), reach_box(OSNABRUECK, 5).hexewkb.decode()],
        )
        assert cursor.fetchone() == (True,)


@pytest.mark.usefixtures("small_gazetteer")
def test_distance_km_in_a_query():
    from django.contrib.gis.db.models.functions import Transform

    home = to_metric(OSNABRUECK)
    by_name = dict(
        GazetteerEntry.objects.annotate(metric=Transform("point", METRIC_SRID))
        .annotate(km=DistanceKm("metric", home), back=DistanceKm(home, F("metric")))
        .filter(km__lt=50, km=F("back"))
        .order_by("km")
        .values_list("postcode", "km")
    )
    assert next(iter(by_name)) == "49074"
    assert by_name["49074"] == 0
    assert by_name["49324"] == pytest.approx(
        distance_km(OSNABRUECK, GeoPoint(lat=52.1977, lon=8.3389)), rel=0.005
    )
    assert "20095" not in by_name


def test_distances_of_degrees_are_refused():
    with pytest.raises(ValueError, match="25832"):
        DistanceKm("metric", to_point(OSNABRUECK))
    assert DistanceKm(Value(1), "metric").output_field is DistanceKm.output_field
