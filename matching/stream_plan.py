"""What if the requests of a day were planned together, and those planned asked first?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matching.assignment import assign
from matching.pairs import Pairs
from matching.stream import Stream

DAY_MINUTES = 24 * 60
TOO_SOON = DAY_MINUTES  # what begins within a day of the plan does not wait for it
REMEMBERED = 90 * DAY_MINUTES  # as long as the load counts in the score


def planned_daily(stream: Stream, *, hour: int = 17, buffer_minutes: int = 30) -> Stream:
    """The same requests, all filed since the last plan assigned jointly at this hour of each day, proven to be best.

    They are asked for from then on, and the planned pilot scores 1; the others stay askable in their order, at
    half their scores. A plan keeps off the times planned before and counts their load; it does not know who will say
    yes. What begins within a day of its plan does not wait for it.
    """
    due = _next(stream.filed, hour)
    waits = stream.start - due >= TOO_SOON
    score = stream.score / 2.0
    sessions: list[tuple[int, int, int]] = []  # pilot, start, end of what is planned already
    for minute in np.unique(due[waits]):
        sessions = [planned for planned in sessions if planned[2] > minute - REMEMBERED]
        batch = np.flatnonzero(waits & (due == minute))
        for pair in _best(stream, batch, sessions, buffer_minutes).tolist():
            request = int(stream.request[pair])
            score[pair] = 1.0
            sessions.append((int(stream.pilot[pair]), int(stream.start[request]), int(stream.end[request])))
    return replace(stream, score=score, asked_from=np.where(waits, due, stream.filed))


def _next(minute: NDArray[np.int64], hour: int) -> NDArray[np.int64]:
    today = minute // DAY_MINUTES * DAY_MINUTES + hour * 60
    return np.where(today >= minute, today, today + DAY_MINUTES)


def _best(
    stream: Stream, batch: NDArray[np.int64], sessions: list[tuple[int, int, int]], buffer_minutes: int
) -> NDArray[np.int64]:
    """The pairs of the plan for these requests."""
    pairs = np.concatenate([np.arange(stream.first[row], stream.first[row + 1]) for row in batch])
    people, pilot = np.unique(stream.pilot[pairs], return_inverse=True)
    of_batch = np.searchsorted(batch, stream.request[pairs])
    taken = np.array(sessions, dtype=np.int64).reshape(-1, 3)
    start, end = stream.start[batch][of_batch], stream.end[batch][of_batch]
    free = np.ones(len(pairs), dtype=np.bool_)
    for who, begins, ends in taken:
        clash = (start < ends + buffer_minutes) & (end + buffer_minutes > begins)
        free &= ~(clash & (people[pilot] == who))
    plan = assign(
        Pairs.build(
            pilots=len(people),
            requests=len(batch),
            slot=of_batch[free],
            pilot=pilot[free],
            score=stream.score[pairs][free],
            seats=stream.wanted[batch],
            slot_start=stream.start[batch],
            slot_end=stream.end[batch],
            half_buffer=buffer_minutes // 2,
            recent_sessions=np.bincount(
                np.searchsorted(people, taken[:, 0])[np.isin(taken[:, 0], people)], minlength=len(people)
            ),
        )
    )
    chosen: NDArray[np.int64] = pairs[free][plan.chosen]
    return chosen
