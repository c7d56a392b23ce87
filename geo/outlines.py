"""Which municipalities does a GeoJSON file outline?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import MultiPolygon

from geo.address import GeoError
from geo.areas import read_area

KEYS = ("ags", "AGS", "key", "id")
NAMES = ("name", "GEN", "gen")
KEY_AT_MOST, NAME_AT_MOST = 20, 120


@dataclass(frozen=True)
class OutlineRow:
    """One municipality: its official key, name and area."""

    key: str
    name: str
    area: MultiPolygon


def read_outlines(text: str) -> list[OutlineRow]:
    """The features of a FeatureCollection (RFC 7946); raises GeoError, outlines_malformed or those of `read_area`."""
    try:
        drawn = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GeoError("outlines_malformed") from error
    match drawn:
        case {"type": "FeatureCollection", "features": [*features]}:
            rows = list(_rows(features))
        case _:
            raise GeoError("outlines_malformed")
    if not rows or len({row.key for row in rows}) < len(rows):
        raise GeoError("outlines_malformed")
    return rows


def read_file(path: Path) -> list[OutlineRow]:
    return read_outlines(path.read_text(encoding="utf-8"))


def _rows(features: list[Any]) -> Iterator[OutlineRow]:
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raise GeoError("outlines_malformed")
        key, name = _first(properties, KEYS), _first(properties, NAMES)
        if not key or not name or "\0" in key + name:
            raise GeoError("outlines_malformed")
        yield OutlineRow(key[:KEY_AT_MOST], name[:NAME_AT_MOST], read_area(feature))


def _first(properties: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((str(properties[name]) for name in names if properties.get(name)), "")
