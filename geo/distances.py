"""How far is it, how coarsely may we say so, and how coarsely do we keep a private place?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.geocoding import EAST, NORTH, SOUTH, WEST, GeoPoint

EARTH_RADIUS_KM = 6371.0088  # mean radius R1 of the GRS 80 ellipsoid, (2a + b) / 3
CELL_METRES = 1000

_BANDS = ((2.0, "under_2"), (5.0, "2_5"), (10.0, "5_10"), (20.0, "10_20"))


def haversine_km(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> NDArray[np.float64]:
    """Great-circle distance in km of points in degrees; shapes broadcast, NaN stays NaN.

    On a sphere, so up to 0.4 % off the ellipsoid in Germany. Source: R. W. Sinnott, "Virtues of the
    Haversine", Sky & Telescope 68 (1984), p. 159.
    """
    phi1, lambda1, phi2, lambda2 = (
        np.radians(np.asarray(degrees, dtype=np.float64)) for degrees in (lat1, lon1, lat2, lon2)
    )
    half_chord = (
        np.sin((phi2 - phi1) / 2) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin((lambda2 - lambda1) / 2) ** 2
    )
    # Rounding can lift antipodes above 1, where arcsin ends.
    kilometres: NDArray[np.float64] = np.asarray(
        2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half_chord, 1.0)))
    )
    return kilometres


def distance_km(one: GeoPoint, other: GeoPoint) -> float:
    """Great-circle distance of two points in km."""
    return float(haversine_km(one.lat, one.lon, other.lat, other.lon))


def distance_band(km: float) -> str:
    """The code of the band a distance in km falls into; the upper end belongs to the next band."""
    if not km >= 0 or math.isinf(km):
        raise ValueError(f"a distance must be finite and not negative, not {km}")
    return next((code for upper, code in _BANDS if km < upper), "over_20")


def snap_to_cell(point: GeoPoint) -> GeoPoint:
    """The centre of the point's 1-km cell in ETRS89 / UTM 32N: the same for all points in the cell.

    Moves a point by at most half the cell's diagonal (0.71 km). Rounded to 6 decimals (0.1 m), so that
    snapping twice changes nothing.
    """
    # Here and not above: only this function needs GDAL, the rest of the module needs NumPy alone.
    from django.contrib.gis.geos import Point

    from geo.postgis import METRIC_SRID, from_point, to_metric

    metric = to_metric(point)
    x, y = ((math.floor(v / CELL_METRES) + 0.5) * CELL_METRES for v in (metric.x, metric.y))
    lat, lon = from_point(Point(x, y, srid=METRIC_SRID))
    # A cell on the rim of the box around Germany, kilometres from the border, may have its centre outside.
    return GeoPoint(
        lat=round(min(max(lat, SOUTH), NORTH), 6),
        lon=round(min(max(lon, WEST), EAST), 6),
    )
