"""When could each pilot come, by weekly hours and absences?"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import time, timedelta
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from backend.dispatch.pool_axes import Asked, PilotRows
from backend.people.models import Absence, Availability

NEAR = timedelta(hours=12)  # no appointment with its travel buffer reaches further
LONGEST_MONTH = timedelta(days=32)


def available(asked: Asked, pilots: PilotRows) -> NDArray[np.bool_]:
    """[S, P]: one weekly span covers the slot's wall time, and the day is not within an absence."""
    starts, ends = asked.starts(), asked.ends()
    found = np.zeros((len(starts), len(pilots)), dtype=np.bool_)
    on_weekday: Mapping[int, list[int]] = defaultdict(list)
    for slot, start in enumerate(starts):
        on_weekday[start.weekday()].append(slot)
    useful = reduce(
        or_,
        (
            Q(
                weekday=weekday,
                starts__lte=max(starts[slot].time() for slot in slots),
                ends__gte=min(ends[slot].time() for slot in slots),
            )
            for weekday, slots in on_weekday.items()
        ),
    )
    spans = Availability.objects.filter(useful, pilot__in=pilots.ids)
    rows, weekday, span_start, span_end = _columns(
        (row, weekday, _microseconds(start), _microseconds(end))
        for row, weekday, start, end in pilots.known(spans.values_list("pilot", "weekday", "starts", "ends"))
    )
    for slot, (start, end) in enumerate(zip(starts, ends, strict=True)):
        covers = (weekday == start.weekday()) & (span_start <= _microseconds(start.time()))
        found[slot, rows[covers & (span_end >= _microseconds(end.time()))]] = True

    days = [start.date().toordinal() for start in starts]
    absences = Absence.objects.filter(
        pilot__in=pilots.ids, start_date__lte=max(starts).date(), end_date__gte=min(starts).date()
    )
    away, first, last, _ = _columns(
        (row, first.toordinal(), last.toordinal(), 0)
        for row, first, last in pilots.known(absences.values_list("pilot", "start_date", "end_date"))
    )
    for slot, day in enumerate(days):
        found[slot, away[(first <= day) & (day <= last)]] = False
    return found


def _columns(table: Any) -> NDArray[np.int64]:
    """[4, N] the rows of a table with four whole numbers each, as columns."""
    return np.array(list(table), dtype=np.int64).reshape(-1, 4).T


def _microseconds(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond
