"""How much is asked for at each place of an office's area, how much of it fails, and who could come there?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.gis.geos import MultiPoint, MultiPolygon, Point
from django.db.models import Count, Q

from backend.accounts.models import Office
from backend.dispatch.codes import Setting
from backend.dispatch.states import HelpRequestStatus
from backend.people.models import Pilot
from backend.people.states import PilotStatus
from backend.reporting.periods import Period
from backend.reporting.rows import requests_filed
from geo.distances import haversine_km
from geo.models import GazetteerEntry, Outline
from geo.postgis import WGS84_SRID, from_point

DETAIL_DEGREES = 0.002  # corners closer than ~150 m are not seen on a map of a district


@dataclass(frozen=True)
class PlaceFigures:
    """One postal code: requests of the period, those not covered, those open now, and pilots."""

    postcode: str
    place: str
    lat: float
    lon: float
    requests: int
    unmet: int
    open: int
    living: int
    coming: int  # active pilots whose reach covers it


@dataclass(frozen=True)
class Area:
    """What the map draws below the places."""

    outlines: Sequence[tuple[str, MultiPolygon]]
    border: MultiPolygon | None  # the office's own area, where it was drawn
    sources: Sequence[str]


def places_of(office: Office, period: Period) -> list[PlaceFigures]:
    """Every postal code of the area or with a request; most requests first. Fixed number of queries."""
    came, unmet, open_now = Counter[str](), Counter[str](), Counter[str]()
    on_site = requests_filed(office, period).filter(setting=Setting.ON_SITE)
    counted = on_site.values_list("meeting_place__postcode", "status").annotate(count=Count("pk"))
    for postcode, status, count in counted:
        came[postcode] += count
        unmet[postcode] += count if status == HelpRequestStatus.UNFILLED else 0
        open_now[postcode] += count if status == HelpRequestStatus.OPEN else 0
    middles = _middles(office, set(came) - {""})
    living, (lat, lon, reach) = _homes(office)
    found = []
    for postcode, (name, y, x) in middles.items():
        coming = int((haversine_km(lat, lon, y, x) <= reach).sum()) if len(lat) else 0
        found.append(
            PlaceFigures(
                postcode,
                name,
                y,
                x,
                came[postcode],
                unmet[postcode],
                open_now[postcode],
                living[postcode],
                coming,
            )
        )
    return sorted(found, key=lambda one: (-one.requests, -one.unmet, one.postcode))


def area_of(office: Office, places: Sequence[PlaceFigures]) -> Area:
    """The outlines of the municipalities in which the places lie."""
    if not places:
        return Area((), office.service_area, ())
    points = MultiPoint([Point(one.lon, one.lat) for one in places], srid=WGS84_SRID)
    outlines = list(Outline.objects.filter(area__intersects=points))
    return Area(
        [(one.name, _coarse(one.area)) for one in outlines],
        _coarse(office.service_area) if office.service_area else None,
        sorted({one.source for one in outlines}),
    )


def _middles(office: Office, asked: set[str]) -> dict[str, tuple[str, float, float]]:
    """Name and middle of each postal code: of those the office serves, and of those where somebody asked."""
    known = Q(postcode__in=[*office.service_postcodes, *asked])
    if office.service_area:
        known |= Q(point__within=office.service_area)
    points: dict[str, list[tuple[float, float]]] = {}
    names: dict[str, str] = {}
    for entry in GazetteerEntry.objects.filter(known).order_by("postcode", "place_key"):
        names.setdefault(entry.postcode, entry.place)
        points.setdefault(entry.postcode, []).append(from_point(entry.point))
    return {
        postcode: (names[postcode], float(np.mean([y for y, _ in at])), float(np.mean([x for _, x in at])))
        for postcode, at in points.items()
    }


def _homes(office: Office) -> tuple[Counter[str], np.ndarray]:
    """Of the active pilots: how many live at each postal code; latitudes, longitudes and reach in km."""
    active = Pilot.objects.filter(pilot_offices__office=office, status=PilotStatus.ACTIVE)
    found = list(active.order_by().values_list("home__postcode", "home__point", "reach_km"))
    table = np.array([(*from_point(point), reach) for _, point, reach in found], dtype=np.float64)
    return Counter(postcode for postcode, _, _ in found), table.reshape(-1, 3).T


def _coarse(area: MultiPolygon) -> MultiPolygon:
    simple = area.simplify(DETAIL_DEGREES, preserve_topology=True)
    return simple if isinstance(simple, MultiPolygon) else MultiPolygon(simple, srid=WGS84_SRID)
