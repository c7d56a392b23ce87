"""On which days is an office's neighbourhood closed? Public holidays by the federal state it lies in."""

from collections import Counter
from datetime import date
from functools import lru_cache

import holidays

from backend.accounts.models import Office
from backend.reader import reader_language
from geo.models import GazetteerEntry

# By the first two digits of the official key of a district.
STATES = {
    "01": "SH", "02": "HH", "03": "NI", "04": "HB", "05": "NW", "06": "HE", "07": "RP", "08": "BW",
    "09": "BY", "10": "SL", "11": "BE", "12": "BB", "13": "MV", "14": "SN", "15": "ST", "16": "TH",
}  # fmt: skip
SPOKEN = {"en": "en_US", "uk": "uk"}  # in other languages the German name is how the holiday is called


def federal_state(office: Office) -> str | None:
    """The state in which most of its places lie; None where nothing is known, and only what all states keep counts."""
    office.refresh_from_db(fields=["service_area", "service_postcodes"])  # one query for what pages defer
    places = GazetteerEntry.objects.filter(country="DE")
    if office.service_area is not None:
        places = places.filter(point__coveredby=office.service_area)
    else:
        places = places.filter(postcode__in=office.service_postcodes)
    counted = Counter(places.values_list("state_code", flat=True))
    return STATES.get(counted.most_common(1)[0][0]) if counted else None


def holidays_near(office: Office, days: set[date]) -> dict[date, str]:
    """Which of these days are public holidays there, by their names."""
    # On most days no state has any: then nobody needs to know which one the office lies in.
    if not any(day in _anywhere(day.year) for day in days):
        return {}
    language = SPOKEN.get(reader_language(), "de")
    state = federal_state(office)
    return {day: name for day in days if (name := _of_year(state, day.year, language).get(day))}


@lru_cache(maxsize=16)
def _anywhere(year: int) -> frozenset[date]:
    return frozenset().union(*(_of_year(state, year, "de") for state in STATES.values()))


@lru_cache(maxsize=128)
def _of_year(state: str | None, year: int, language: str) -> dict[date, str]:
    return dict(holidays.Germany(subdiv=state, years=year, language=language))
