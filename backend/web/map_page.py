"""How do the places of an office become a map without tiles: circles for what is asked for, diamonds for gaps?"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from django.contrib.gis.geos import MultiPolygon
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from backend.reporting.places import Area, PlaceFigures
from backend.reporting.sheets import Column, Kind, Line, Sheet, Value, discreet, sheet

WIDTH, TALLEST, MARGIN = 900.0, 1000.0, 60.0
LEAST, MOST = 5.0, 34.0  # radius of the smallest and the largest circle
LETTER, LINE = 9.0, 22.0  # room that a letter and a line of words take
NAMED_ON_A_PHONE = 8
SMALLEST_SPAN = 0.05  # degrees: a single place is not blown up to a whole map
REQUESTS, UNMET, OPEN, LIVING, COMING = 1, 2, 3, 4, 5


@dataclass(frozen=True)
class MapPage:
    """The drawing, and the same as a table."""

    drawn: SafeString
    sheet: Sheet
    sources: Sequence[str]


@dataclass(frozen=True)
class Grid:
    """Where a point of the Earth lies on the drawing; flat enough for a district."""

    west: float
    north: float
    scale: float
    squeeze: float
    height: float

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        return (
            MARGIN + (lon - self.west) * self.squeeze * self.scale,
            MARGIN + (self.north - lat) * self.scale,
        )


def map_page(places: Sequence[PlaceFigures], area: Area, *, for_office: bool) -> MapPage:
    """Outside the office small counts are hidden, in the drawing as in the table."""
    given = sheet(
        "places",
        _("Requests and pilots by place"),
        [
            Column(_("Place"), Kind.TEXT),
            Column(_("Requests"), of="requests"),
            Column(_("Not covered"), of="unmet"),
            Column(_("Open"), of="open"),
            Column(_("Live here"), of="living"),
            Column(_("Come here")),
        ],
        [
            Line(
                (f"{one.postcode} {one.place}", one.requests, one.unmet, one.open, one.living, one.coming),
                key=one.postcode,
            )
            for one in places
        ],
        by="postcode",
    )
    shown = given if for_office else discreet(given)
    return MapPage(_drawn(places, shown, area), shown, area.sources)


def _drawn(places: Sequence[PlaceFigures], shown: Sheet, area: Area) -> SafeString:
    grid = _grid(places, area)
    svg = ElementTree.Element(
        "svg",
        {
            "class": "drawn-map",
            "viewBox": f"0 0 {WIDTH:g} {grid.height:.0f}",
            "role": "img",
            "aria-label": _("Map of requests and pilots; the table has the same numbers."),
            "focusable": "false",
        },
    )
    for name, outline in area.outlines:
        path = _add(svg, "path", {"class": "outline", "d": _path(outline, grid)})
        _add(path, "title", {}).text = name
    if area.border is not None:
        _add(svg, "path", {"class": "border", "d": _path(area.border, grid)})
    rows = list(zip(places, shown.lines, strict=True))
    most = max((_number(line.values[REQUESTS]) for _, line in rows), default=0) or 1
    spots = [(place, line, *grid.at(place.lat, place.lon)) for place, line in rows]
    for place, line, x, y in spots:
        _spot(svg, place, line, x, y, most)
    for _place, line, x, y in spots:
        if size := _number(line.values[UNMET]):
            _diamond(svg, x, y, max(0.62 * _radius(size, most), LEAST))
    _labels(
        svg,
        [(place.place, x, y + _radius(_number(line.values[REQUESTS]), most)) for place, line, x, y in spots],
    )
    return mark_safe(ElementTree.tostring(svg, encoding="unicode"))  # noqa: S308  (built here; texts are escaped)


def _spot(svg: ElementTree.Element, place: PlaceFigures, line: Line, x: float, y: float, most: float) -> None:
    requests, coming = _number(line.values[REQUESTS]), _number(line.values[COMING])
    group = _add(svg, "g", {"class": "spot" if coming else "spot spot-alone"})
    circle = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{_radius(requests, most):.1f}"}
    _add(group, "circle", {"class": "demand" if requests else "demand none", **circle})
    if _number(line.values[LIVING]):
        _add(group, "circle", {"class": "supply", **circle, "r": "3.5"})
    _add(group, "title", {}).text = f"{place.postcode} {place.place}"


def _diamond(svg: ElementTree.Element, x: float, y: float, size: float) -> None:
    corners = [(x, y - size), (x + size, y), (x, y + size), (x - size, y)]
    _add(svg, "polygon", {"class": "gap", "points": " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)})


def _labels(svg: ElementTree.Element, spots: Iterable[tuple[str, float, float]]) -> None:
    """Each name once, at its largest circle; a name that would lie on another one is left to the table."""
    taken: list[tuple[float, float, float, float]] = []
    named: set[str] = set()
    for name, x, y in spots:
        half = len(name) * LETTER / 2
        box = (max(x, half), y + 3)
        box = (min(box[0], WIDTH - half), box[1])
        around = (box[0] - half, box[1], box[0] + half, box[1] + LINE)
        if name in named or any(_overlap(around, other) for other in taken):
            continue
        named.add(name)
        taken.append(around)
        kind = "name" if len(taken) <= NAMED_ON_A_PHONE else "name minor"
        words = _add(
            svg,
            "text",
            {
                "x": f"{box[0]:.1f}",
                "y": f"{box[1]:.1f}",
                "text-anchor": "middle",
                "class": kind,
            },
        )
        words.text = name


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _grid(places: Sequence[PlaceFigures], area: Area) -> Grid:
    extents = [outline.extent for _, outline in area.outlines]
    if area.border is not None:
        extents.append(area.border.extent)
    extents += [(one.lon, one.lat, one.lon, one.lat) for one in places]
    west, south, east, north = (
        min((one[0] for one in extents), default=8.0),
        min((one[1] for one in extents), default=52.0),
        max((one[2] for one in extents), default=8.0),
        max((one[3] for one in extents), default=52.0),
    )
    squeeze = math.cos(math.radians((south + north) / 2))
    wide = max((east - west) * squeeze, SMALLEST_SPAN)
    tall = max(north - south, SMALLEST_SPAN)
    scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
    return Grid(west, north, scale, squeeze, tall * scale + 2 * MARGIN)


def _path(area: MultiPolygon, grid: Grid) -> str:
    parts = []
    for polygon in area.coords:
        for ring in polygon:
            points = (grid.at(lat, lon) for lon, lat in ring)
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
    return "".join(parts)


def _radius(requests: float, most: float) -> float:
    return LEAST + (MOST - LEAST) * math.sqrt(requests / most) if requests else LEAST - 1


def _number(value: Value) -> float:
    return value if isinstance(value, int | float) else 0


def _add(parent: ElementTree.Element, tag: str, attributes: dict[str, str]) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)
