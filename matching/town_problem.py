"""How do requests of an invented town become a matching.Problem?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.languages import Level
from matching.problem import LATEST_MINUTE, Problem
from matching.town import HOURS_OF_WEEK, Town
from matching.town_requests import Requests

MONDAY = 3 * 24  # hours from the start of a week to minute 0, which lies on a Thursday
HALF_BUFFER_MINUTES = 15


def problem_of(
    town: Town, requests: Requests, rows: NDArray[np.int64], *, half_buffer: int = HALF_BUFFER_MINUTES
) -> Problem:
    """These rows of `requests` against all pilots of the town, nobody busy yet; row r of the Problem is rows[r].

    Offices help each other out: whoever would come this far is considered, whichever office she belongs to.
    """
    rows = np.asarray(rows, dtype=np.int64)
    count = len(rows)
    asked, column = np.unique(requests.language[rows], return_inverse=True)
    required = np.zeros((count, len(asked)), dtype=np.int8)
    required[np.arange(count), column] = requests.level[rows]
    first = requests.first_slot
    many = first[rows + 1] - first[rows]
    slots = np.repeat(first[rows] - np.cumsum(many) + many, many) + np.arange(many.sum())
    remote = requests.remote[rows]
    slot_request = np.repeat(np.arange(count), many)
    effective = town.effective
    distance = np.hypot(
        requests.x_km[rows, np.newaxis] - town.x_km, requests.y_km[rows, np.newaxis] - town.y_km
    )
    return Problem.build(
        pilots=town.pilots,
        requests=count,
        languages=tuple(town.languages[row] for row in asked),
        required_level=required,
        speaks=effective.speaks[:, asked],
        understands=effective.understands[:, asked],
        via=effective.via[:, asked],
        via_languages=town.languages,
        required_german=np.full(count, Level.B1),
        german_level=town.german,
        remote=remote,
        distance_km=np.where(remote[:, np.newaxis], np.nan, distance),
        reach_km=town.reach_km,
        slot_request=slot_request,
        slot_start=requests.slot_start[slots],
        slot_end=requests.slot_end[slots],
        half_buffer=np.where(remote[slot_request], 0, half_buffer),
        available=available(town.week, requests.slot_start[slots], requests.slot_end[slots]),
        topic=tuple(town.topics[row] for row in requests.topic[rows]),
        topic_stance=town.topic_stance[:, requests.topic[rows]].T,
        gender_wanted=tuple(requests.gender_wanted[row] for row in rows),
        gender=town.gender,
        minors=requests.minors[rows],
        check_valid_until=np.where(town.checked, LATEST_MINUTE, -1),
        monthly_hours=town.monthly_hours,
    )


def available(week: NDArray[np.bool_], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.bool_]:
    """[S, P]: every hour that the slot touches is free in the pilot's week [P, 168]."""
    hours = np.ascontiguousarray(week.T)
    first, last = start // 60 + MONDAY, (end - 1) // 60 + MONDAY
    free: NDArray[np.bool_] = hours[first % HOURS_OF_WEEK]
    for later in range(1, int((last - first).max(initial=0)) + 1):
        touched = first + later <= last
        free[touched] &= hours[(first + later)[touched] % HOURS_OF_WEEK]
    return free
