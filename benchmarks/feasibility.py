"""Is the answer to "how likely is help, and what would raise it?" fast enough to follow somebody's typing?

The baseline is one plain ranking of the same request. The request is one that nobody can take, so that every change,
every other date and where nothing helps every pair of changes is counted.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.dispatch.feasibility import Chances, Sketch, chances_of
from backend.dispatch.matchmaking import rank_pilots
from backend.dispatch.models import HelpRequest, HelpRequestSlot
from benchmarks import crowd, town
from benchmarks.database import scratch_database
from benchmarks.rows import Row
from geo.geocoding import GeoPoint, Precision
from geo.locating import Located

REPEATS = 9
TOWN = 1_000  # pilots
AT_NIGHT = town.TUESDAY.replace(hour=3)


def run(quick: bool) -> list[Row]:
    """One answer against one ranking at 100 and 10,000 pilots (1,000 with `quick`), and their SQL queries."""
    small, large = 100, 1_000 if quick else 10_000
    with scratch_database():
        at_small = _measure(small)
    with scratch_database():
        at_large = _measure(large)
    return [
        *(row for figures in (at_small, at_large) for row in figures.rows()),
        Row(
            "F3",
            f"SQL queries of one answer more at {large:,} than at {small:,} pilots",
            at_large.queries - at_small.queries,
            0,
        ),
        Row("F4", "SQL queries of one answer", at_large.queries),
    ]


@dataclass(frozen=True)
class Figures:
    """Medians at one size."""

    pilots: int
    answer: float
    hopeless: float
    ranking: float
    queries: int
    repairs: int

    def rows(self) -> list[Row]:
        size = f"{self.pilots:,} pilots"
        # Targets for a town; nobody's office has ten thousand pilots, so the large size only informs.
        own = self.pilots <= TOWN
        answer, hopeless = self.answer / self.ranking, self.hopeless / self.ranking
        return [
            Row(
                f"F1-{self.pilots}",
                f"answer with all repairs / plain ranking, {size}",
                answer,
                3 if own else None,
            ),
            Row(f"F2-{self.pilots}", f"the same where only pairs help, {size}", hopeless, 6 if own else None),
            Row(f"F-ms-{self.pilots}", f"answer with all repairs, {size}: ms", self.answer * 1000),
            Row(f"F-n-{self.pilots}", f"repairs found, {size}", self.repairs, 1, at_least=True),
        ]


def _measure(pilots: int) -> Figures:
    print(f"  building {pilots:,} pilots …", flush=True)
    built = crowd.build(pilots)
    town.analyze()
    coordinator = built.coordinator
    help_request = HelpRequest.objects.select_related("office", "meeting_place").get(pk=built.help_request.pk)
    slots = _at_night(help_request)
    sketch = _sketch_of(help_request, slots)
    # At night and out of everybody's reach: no single change helps, so that all pairs are tried.
    out_of_reach = replace(sketch, where=_at(lat=crowd.CENTRE_LAT - 4, lon=crowd.CENTRE_LON))

    def answer(of: Sketch = sketch) -> Chances:
        return chances_of(of, by=coordinator, now=town.NOW)

    actions: list[Callable[[], object]] = [
        answer,
        lambda: answer(out_of_reach),
        lambda: rank_pilots(help_request, slots, limit=10, now=town.NOW),
    ]
    for action in actions:
        action()  # warm
    with CaptureQueriesContext(connection) as captured:
        found = answer()
    # In turn, so that a busy moment of the machine meets all three.
    times = [[_timed(action) for action in actions] for _ in range(REPEATS)]
    medians = [median(column) for column in zip(*times, strict=True)]
    return Figures(pilots, *medians, queries=len(captured), repairs=len(found.repairs))


def _at_night(help_request: HelpRequest) -> list[HelpRequestSlot]:
    """The request's dates, moved to an hour at which nobody has time."""
    help_request.help_seeker.languages = ["kmr", "tr", "ar"]
    help_request.help_seeker.save(update_fields=["languages"])
    help_request.gender_wish = "f"
    help_request.save(update_fields=["gender_wish"])
    slots = list(help_request.slots.order_by("starts_at"))
    for hours, slot in enumerate(slots):
        slot.starts_at = AT_NIGHT + timedelta(hours=hours)
        slot.ends_at = slot.starts_at + timedelta(hours=1)
        slot.save()
    return slots


def _sketch_of(help_request: HelpRequest, slots: list[HelpRequestSlot]) -> Sketch:
    """What somebody typed who was about to file just this."""
    return Sketch(
        office=help_request.office,
        help_seeker=help_request.help_seeker,
        languages=help_request.languages,
        required_level=help_request.required_level,
        topic=help_request.topic,
        gender_wish=help_request.gender_wish,
        minors=help_request.minors,
        slots=[(slot.starts_at, slot.ends_at) for slot in slots],
        where=_at(lat=crowd.CENTRE_LAT, lon=crowd.CENTRE_LON),
    )


def _at(*, lat: float, lon: float) -> Located:
    return Located("", "49074", "Osnabrück", GeoPoint(lat=lat, lon=lon), Precision.ADDRESS, private=False)


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
