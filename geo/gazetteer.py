"""Where is a postcode or a place, answered from our own table?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import mean, median

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from geo.address import Address, GeoError, check_postcode, normalise_place
from geo.distances import distance_km
from geo.geocoding import GeocodeResult, GeoPoint, Precision
from geo.models import GazetteerEntry

MAX_FOUND = 50
_SUGGESTIONS = 10
_ACROSS_THE_BORDER_KM = 25.0


class GazetteerGeocoder:
    """Answers from the gazetteer: never finer than a postcode, never unavailable."""

    def geocode(self, address: Address) -> GeocodeResult | None:
        """The point of the postcode or place; None if unknown; raises GeoError("place_ambiguous")."""
        if address.country != "DE":
            return None
        try:
            return resolve(postcode=address.postcode or None, place=address.place or None)
        except GeoError as error:
            if error.code in ("postcode_unknown", "place_unknown"):
                return None
            raise


def find(text_or_postcode: str, limit: int = 10) -> list[GazetteerEntry]:
    """Entries whose postcode, place, or postcode and place begin like this; shortest names first."""
    words = text_or_postcode[:200].split()
    digits = words.pop(0) if words and words[0].isascii() and words[0].isdigit() else ""
    key = normalise_place(" ".join(words))
    if not digits and not key:
        return []
    entries: QuerySet[GazetteerEntry] = GazetteerEntry.objects.all()
    if digits:
        entries = entries.filter(postcode__startswith=digits)
    if key:
        entries = entries.filter(place_key__startswith=key)
    order = ("postcode", "place_key") if digits else (Length("place_key"), "place_key", "postcode")
    return list(entries.order_by(*order)[: max(0, min(limit, MAX_FOUND))])


def postcodes_of_district(district_code: str) -> list[str]:
    """The postal codes of a Kreis or kreisfreie Stadt by its official key (AGS, five digits), ascending."""
    found = GazetteerEntry.objects.filter(district_code=district_code).values_list("postcode", flat=True)
    return sorted(set(found))


def resolve(postcode: str | None = None, place: str | None = None) -> GeocodeResult:
    """The point of a postcode, of a place, or of the place within the postcode; raises GeoError.

    Codes: place_missing, postcode_malformed, postcode_unknown, place_unknown, and place_ambiguous with
    `suggestions`, one {postcode, place, district_code} per place of that name. The postcode leads: a
    place unknown within it, such as a part of the town, leaves the middle of the postcode's places.
    """
    if postcode:
        return _in_postcode(check_postcode(postcode), normalise_place(place or ""))
    key = normalise_place(place or "")
    if not key:
        raise GeoError("place_missing")
    return _by_name(key)


def _in_postcode(postcode: str, key: str) -> GeocodeResult:
    entries = list(GazetteerEntry.objects.filter(postcode=postcode).order_by("place_key"))
    if not entries:
        raise GeoError("postcode_unknown", postcode=postcode)
    named = [entry for entry in entries if key and entry.place_key == key]
    chosen = named or entries
    return GeocodeResult(
        point=_mean(chosen),
        precision=_coarsest(chosen),
        label=f"{postcode} {', '.join(dict.fromkeys(entry.place for entry in chosen[:3]))}",
    )


def _by_name(key: str) -> GeocodeResult:
    # "Frankfurt" also means "Frankfurt am Main" and "Frankfurt (Oder)"; "Mel" does not mean "Melle".
    meant = Q(place_key=key) | Q(place_key__startswith=f"{key} ")
    found = list(GazetteerEntry.objects.filter(meant).order_by("place_key", "postcode"))
    if not found:
        raise GeoError("place_unknown", place=key)
    towns = _towns(found, key)
    if len(towns) > 1:
        raise GeoError("place_ambiguous", place=key, count=len(towns), suggestions=_suggest(towns))
    return GeocodeResult(point=_middle(towns[0]), precision=Precision.PLACE, label=towns[0][0].place)


def _towns(entries: Iterable[GazetteerEntry], key: str) -> list[list[GazetteerEntry]]:
    """Entries of one town together; towns of many postcodes first, for they are meant most often."""
    groups: dict[tuple[str, str], list[GazetteerEntry]] = defaultdict(list)
    for entry in entries:
        groups[entry.place_key, entry.district_code].append(entry)
    towns: list[list[GazetteerEntry]] = []
    for group in sorted(groups.values(), key=len, reverse=True):
        first = group[0]
        # "Dresden Friedrichstadt" is a part of Dresden; "Neustadt (Hessen)" is another Neustadt.
        part = first.place_key != key and (key, first.district_code) in groups
        # A few streets and quarters of Hamburg lie across the border of its district.
        across = any(
            town[0].place_key in (key, first.place_key)
            and distance_km(_middle(town), _middle(group)) < _ACROSS_THE_BORDER_KM
            for town in towns
        )
        if not (part or across):
            towns.append(group)
    return towns


def _suggest(towns: Sequence[Sequence[GazetteerEntry]]) -> list[dict[str, str]]:
    """The first postcode of each town."""
    firsts = [town[0] for town in towns[:_SUGGESTIONS]]
    return [
        {"postcode": entry.postcode, "place": entry.place, "district_code": entry.district_code}
        for entry in firsts
    ]


def _middle(entries: Sequence[GazetteerEntry]) -> GeoPoint:
    """The median, so that one postcode with a wrong point does not move the town."""
    points = [entry.coordinates for entry in entries]
    return GeoPoint(lat=median(point.lat for point in points), lon=median(point.lon for point in points))


def _mean(entries: Sequence[GazetteerEntry]) -> GeoPoint:
    """The arithmetic middle: within one postcode the Earth is flat enough."""
    points = [entry.coordinates for entry in entries]
    return GeoPoint(lat=mean(point.lat for point in points), lon=mean(point.lon for point in points))


def _coarsest(entries: Sequence[GazetteerEntry]) -> Precision:
    """POSTCODE where every point stands for the postcode, PLACE as soon as one stands for its town."""
    exact = all(entry.precision == Precision.POSTCODE for entry in entries)
    return Precision.POSTCODE if exact else Precision.PLACE
