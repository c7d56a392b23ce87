"""How do we ask PostGIS who is near, in metres and through an index?

Distances are measured in ETRS89 / UTM 32N (EPSG:25832), the grid of the German surveys: plain geometry,
so its operators use a GiST index. The grid is up to 0.04 % short near 9° E and 0.25 % long near 15° E.

Three traps, all measured:

* ST_DWithin(point, home, radius_of_this_row) cannot use an index on `home`, because the radius differs
  from row to row. Store `reach_box(home, radius_km)` in the row, index that box, ask `box && point`
  (Django: `reach_box__bboverlaps=point`), and test the exact distance of the few survivors.
* A composite GiST(language, box) over an integer language needs btree_gist, whose int4 class serves int4
  only: a parameter that the driver binds as int2 is eleven times slower. Write `%s::int` in SQL and
  `Cast(n, IntegerField())` in the ORM.
* `ORDER BY geom <-> point LIMIT 10` walks the whole index when fewer than ten rows are eligible.
"""

from __future__ import annotations

import math
from typing import Any

from django.contrib.gis.db.models import PointField
from django.contrib.gis.gdal import CoordTransform, SpatialReference
from django.contrib.gis.geos import GEOSGeometry, Point, Polygon
from django.db.models import F, FloatField, Func, Value
from django.db.models.expressions import Combinable

from geo.geocoding import GeoPoint

WGS84_SRID = 4326
METRIC_SRID = 25832


def to_point(point: GeoPoint) -> Point:
    """The point as PostGIS stores it: x is the longitude."""
    return Point(point.lon, point.lat, srid=WGS84_SRID)


def to_geopoint(point: Point) -> GeoPoint:
    """A stored point, in whichever of our reference systems, as checked coordinates; raises GeoError."""
    lat, lon = from_point(point)
    return GeoPoint(lat=lat, lon=lon)


def from_point(point: Point) -> tuple[float, float]:
    """Latitude and longitude in degrees of a stored point."""
    degrees = _transformed(point, WGS84_SRID)
    return float(degrees.y), float(degrees.x)


def to_metric(point: GeoPoint | Point) -> Point:
    """The point in metres on the grid of EPSG:25832."""
    return _transformed(to_point(point) if isinstance(point, GeoPoint) else point, METRIC_SRID)


def reach_box(point: GeoPoint | Point, radius_km: float) -> Polygon:
    """The square around the circle of this radius, in METRIC_SRID: what ST_Expand makes."""
    if not (math.isfinite(radius_km) and radius_km > 0):
        raise ValueError(f"a radius must be finite and above 0 km, not {radius_km}")
    centre, radius = to_metric(point), radius_km * 1000
    box = Polygon.from_bbox((centre.x - radius, centre.y - radius, centre.x + radius, centre.y + radius))
    box.srid = METRIC_SRID
    return box


class DistanceKm(Func):
    """Distance in km of two geometries in METRIC_SRID; each a field's name, an expression or a geometry."""

    function = "ST_Distance"
    template = "(%(function)s(%(expressions)s) / 1000.0)"
    arity = 2
    output_field = FloatField()

    def __init__(
        self, one: str | Combinable | GEOSGeometry, other: str | Combinable | GEOSGeometry, **extra: Any
    ) -> None:
        super().__init__(_operand(one), _operand(other), **extra)


def _operand(operand: str | Combinable | GEOSGeometry) -> Combinable | F:
    if isinstance(operand, GEOSGeometry):
        if operand.srid != METRIC_SRID:
            raise ValueError(f"distances are measured in EPSG:{METRIC_SRID}, not in EPSG:{operand.srid}")
        return Value(operand, output_field=PointField(srid=METRIC_SRID))
    return F(operand) if isinstance(operand, str) else operand


def _transformed(point: Point, srid: int) -> Point:
    if point.srid == srid:
        return point
    if point.srid not in (WGS84_SRID, METRIC_SRID):
        raise ValueError(f"a point needs EPSG:{WGS84_SRID} or EPSG:{METRIC_SRID}, not EPSG:{point.srid}")
    # Not cached: PROJ's transformation objects must not be shared between threads.
    transform = CoordTransform(SpatialReference(point.srid), SpatialReference(srid))
    moved = point.transform(transform, clone=True)
    assert isinstance(moved, Point)
    return moved
