"""Which rows of a place list can be trusted, and why are the others refused?

Two formats are read: GeoNames postal codes (https://download.geonames.org/export/zip/readme.txt, twelve
columns, CC BY 4.0) and six columns under the header `plz ort kreis_ags lat lon n_orte`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.address import GeoError, check_postcode, normalise_place
from geo.distances import haversine_km
from geo.geocoding import GeoPoint, Precision

ATTRIBUTION = "Postal codes: GeoNames (geonames.org), CC BY 4.0 (creativecommons.org/licenses/by/4.0)"
CENTROID_HEADER = ("plz", "ort", "kreis_ags", "lat", "lon", "n_orte")

# A right place may lie at the rim of its district, 50 km from the middle, but other places of the same
# district and of the same postcode area are around it. Of 16,477 packaged rows, "more than 25 km from the
# district's median" would refuse 1,700 right ones; "not two neighbours within 25 km" refuses no right one.
NEIGHBOUR_KM = 25.0
# Two must vouch: a pair of mistaken rows would vouch for each other.
VOUCHERS = 2
# Where villages are scarce (Hochsauerland: 11 km apart) a neighbour may be this many usual gaps away.
USUAL_GAPS = 3.0
# Fewer neighbours say nothing: a file may hold only a few places.
MIN_NEIGHBOURS = 5
# Lone in the sea by nature: held against their own position instead. Borkum, Helgoland, Neuwerk.
ISLANDS = {"26757": (53.59, 6.67), "27498": (54.18, 7.89), "27499": (53.92, 8.50)}
ISLAND_KM = 10.0

# The first two digits of a district's key name its state.
STATES = {
    f"{number:02}": code
    for number, code in enumerate(
        ("SH", "HH", "NI", "HB", "NW", "HE", "RP", "BW", "BY", "SL", "BE", "BB", "MV", "SN", "ST", "TH"),
        start=1,
    )
}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of a list, each value checked by itself."""

    line: int
    country: str
    postcode: str
    place: str
    district_code: str
    state_code: str
    lat: float
    lon: float
    precision: Precision
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line that was not taken, and the code of the reason."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class CheckedList:
    """What a place list brought."""

    accepted: list[PlaceRow]
    refused: list[Refusal]
    other_countries: int

    @property
    def reasons(self) -> Counter[str]:
        """How many lines were refused for which reason."""
        return Counter(refusal.reason for refusal in self.refused)


def read_places(lines: Iterable[str], *, country: str = "DE") -> CheckedList:
    """Parse and check a list's lines; every line ends up accepted, refused, or as another country's."""
    rows: list[PlaceRow] = []
    refused: list[Refusal] = []
    other_countries = 0
    parse: Callable[[int, str, list[str]], PlaceRow] = _geonames_row
    seen: set[tuple[str, str]] = set()
    prefix = f"{country}\t"
    for number, text, in_header in _content(lines):
        if in_header:
            parse = _centroid_row
            continue
        if parse is _geonames_row and not text.startswith(prefix) and _names_another_country(text):
            other_countries += 1
            continue
        try:
            row = parse(number, text, text.split("\t"))
            if (row.postcode, row.place) in seen:
                raise GeoError("duplicate")
        except GeoError as error:
            refused.append(Refusal(number, error.code, text))
            continue
        seen.add((row.postcode, row.place))
        rows.append(row)
    misplaced = dict(_misplaced(rows))
    refused += [Refusal(row.line, misplaced[i], row.text) for i, row in enumerate(rows) if i in misplaced]
    accepted = [row for i, row in enumerate(rows) if i not in misplaced]
    return CheckedList(accepted, sorted(refused, key=lambda refusal: refusal.line), other_countries)


def _content(lines: Iterable[str]) -> Iterator[tuple[int, str, bool]]:
    """Line number, text, and whether it is the six columns' header; without blank and comment lines."""
    first = True
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        if not text.strip() or text.startswith("#"):
            continue
        yield number, text, first and tuple(text.split("\t")) == CENTROID_HEADER
        first = False


def _names_another_country(text: str) -> bool:
    code = text.partition("\t")[0]
    return len(code) == 2 and code.isalpha() and code.isupper() and code.isascii()


def _geonames_row(line: int, text: str, columns: list[str]) -> PlaceRow:
    if len(columns) != 12:
        raise GeoError("column_count")
    country, postcode, place, *_names, district_code, lat, lon, accuracy = columns
    if accuracy not in ("", "1", "2", "3", "4", "5", "6"):
        raise GeoError("accuracy_unknown")
    # 1 is "estimated" and blank says nothing: then the point is only the place's, not the postcode's.
    precision = Precision.PLACE if accuracy in ("", "1") else Precision.POSTCODE
    return _row(line, text, country, postcode, place, district_code, lat, lon, precision)


def _centroid_row(line: int, text: str, columns: list[str]) -> PlaceRow:
    if len(columns) != len(CENTROID_HEADER):
        raise GeoError("column_count")
    postcode, place, district_code, lat, lon, _count = columns
    return _row(line, text, "DE", postcode, place, district_code, lat, lon, Precision.POSTCODE)


def _row(
    line: int,
    text: str,
    country: str,
    postcode: str,
    place: str,
    district_code: str,
    lat: str,
    lon: str,
    precision: Precision,
) -> PlaceRow:
    """The row, each value checked by itself; raises GeoError with the reason."""
    name = " ".join(place.split())
    if not name:
        raise GeoError("place_missing")
    if len(name) > 180 or "\0" in name or not 0 < len(normalise_place(name)) <= 400:
        raise GeoError("place_malformed")
    state_code = STATES.get(district_code[:2], "")
    if not district_code:
        raise GeoError("district_missing")
    if len(district_code) != 5 or not (district_code.isascii() and district_code.isdigit()) or not state_code:
        raise GeoError("district_malformed")
    try:
        point = GeoPoint(lat=float(lat), lon=float(lon))
    except GeoError:
        raise
    except ValueError:
        raise GeoError("coordinates_malformed") from None
    return PlaceRow(
        line=line,
        country=country,
        postcode=check_postcode(postcode),
        place=name,
        district_code=district_code,
        state_code=state_code,
        lat=point.lat,
        lon=point.lon,
        precision=precision,
        text=text,
    )


def _misplaced(rows: list[PlaceRow]) -> Iterator[tuple[int, str]]:
    """Index and reason of each row whose point lies far from everything it should be among."""
    far_from_area = _lonely(rows, lambda row: row.postcode[:2])
    far_from_district = _lonely(rows, lambda row: row.district_code)
    for i, row in enumerate(rows):
        if island := ISLANDS.get(row.postcode):
            if haversine_km(row.lat, row.lon, *island) > ISLAND_KM:
                yield i, "far_from_island"
        elif far_from_area[i]:
            yield i, "far_from_postcode_area"
        elif far_from_district[i]:
            yield i, "far_from_district"


def _lonely(rows: list[PlaceRow], group_of: Callable[[PlaceRow], str]) -> NDArray[np.bool_]:
    """Per row, shape (len(rows),): whether too few places of its group are near enough.

    Distances in km. Places of the same name do not count: one mistaken name puts all postcodes of a town
    at the same wrong spot. A group of few places makes nobody lonely.
    """
    lonely = np.zeros(len(rows), dtype=np.bool_)
    groups: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        groups[group_of(row)].append(i)
    for members in groups.values():
        names = np.array([rows[i].place for i in members])
        if len(set(names)) <= MIN_NEIGHBOURS:
            continue
        lat = np.array([rows[i].lat for i in members])
        lon = np.array([rows[i].lon for i in members])
        km = haversine_km(lat[:, None], lon[:, None], lat, lon)
        km[names[:, None] == names] = math.inf
        gap = np.partition(km, VOUCHERS - 1, axis=1)[:, VOUCHERS - 1]
        lonely[members] = gap > max(NEIGHBOUR_KM, USUAL_GAPS * float(np.median(gap)))
    return lonely
