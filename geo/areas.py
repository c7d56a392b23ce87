"""Which area did somebody draw as GeoJSON?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon

from geo.address import GeoError
from geo.geocoding import GeoPoint
from geo.postgis import WGS84_SRID

POINTS_AT_MOST = 100_000


def read_area(drawn: object) -> MultiPolygon:
    """The polygons of a GeoJSON geometry, Feature or FeatureCollection (RFC 7946: longitude first) as one area.

    Raises GeoError("area_malformed") for what is no area, and the codes of GeoPoint for corners out of the country.
    """
    polygons = [polygon for geometry in _geometries(drawn) for polygon in _polygons(geometry)]
    if not polygons or sum(polygon.num_points for polygon in polygons) > POINTS_AT_MOST:
        raise GeoError("area_malformed")
    area = MultiPolygon(polygons, srid=WGS84_SRID).unary_union
    west, south, east, north = area.extent
    for lat, lon in ((south, west), (north, east)):
        GeoPoint(lat=lat, lon=lon)
    area = area if isinstance(area, MultiPolygon) else MultiPolygon(area, srid=WGS84_SRID)
    area.srid = WGS84_SRID
    return area


def _geometries(drawn: object) -> Iterator[dict[str, Any]]:
    match drawn:
        case {"type": "FeatureCollection", "features": list() as features}:
            for feature in features:
                yield from _geometries(feature)
        case {"type": "Feature", "geometry": dict() as geometry}:
            yield geometry
        case {"type": ("Polygon" | "MultiPolygon") as kind, "coordinates": list() as coordinates}:
            yield {"type": kind, "coordinates": coordinates}
        case _:
            raise GeoError("area_malformed")


def _polygons(geometry: dict[str, Any]) -> list[Polygon]:
    try:
        read = GEOSGeometry(json.dumps(geometry), srid=WGS84_SRID)
    except (GDALException, GEOSException, ValueError, TypeError) as error:
        raise GeoError("area_malformed") from error
    parts = [read] if isinstance(read, Polygon) else list(read) if isinstance(read, MultiPolygon) else []
    if not parts or read.empty or not read.valid:
        raise GeoError("area_malformed")
    return [part for part in parts if isinstance(part, Polygon)]
