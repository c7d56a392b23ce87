"""Is what is asked within a day planned together, held against what was planned before, and asked first?"""

from __future__ import annotations

from typing import Any

import numpy as np

from matching.policies import FixedWaves
from matching.simulation import simulate
from matching.stream import Stream
from matching.stream_plan import planned_daily

DAY = 1440


def stream(pairs: list[tuple[int, int, float]], **changes: Any) -> Stream:
    """Requests filed on the first morning for ten o'clock of the fourth day, with (request, pilot, score)."""
    count = 1 + max(request for request, *_ in pairs)
    of, pilot, score = zip(*sorted(pairs), strict=True)
    given = {
        "pilots": 4,
        "filed": np.full(count, 9 * 60),
        "start": np.full(count, 3 * DAY + 600),
        "end": np.full(count, 3 * DAY + 660),
        "first": np.searchsorted(of, np.arange(count + 1)),
        "pilot": np.array(pilot),
        "score": np.array(score),
        "distance_km": np.ones(len(pairs)),
        "chance": np.ones(len(pairs)),
    }
    return Stream(**{**given, **{name: np.array(value) for name, value in changes.items()}})


def first_asked(planned: Stream) -> list[int]:
    """The pilot with the best score of each request."""
    return [
        int(planned.pilot[begin + planned.score[begin:end].argmax()])
        for begin, end in zip(planned.first, planned.first[1:], strict=False)
    ]


TWO_FOR_ONE = [(0, 0, 0.9), (0, 1, 0.8), (1, 0, 0.7)]


def test_requests_of_a_day_do_not_take_each_others_only_pilot() -> None:
    alone = stream(TWO_FOR_ONE)
    assert first_asked(alone) == [0, 0]
    assert first_asked(planned_daily(alone)) == [1, 0]


def test_they_are_asked_for_at_five_and_the_wait_counts() -> None:
    planned = planned_daily(stream(TWO_FOR_ONE))
    assert planned.filed.tolist() == [540, 540]
    assert planned.asked_from.tolist() == [1020, 1020]
    outcome = simulate(planned, FixedWaves(sizes=(1,)), seed=1)
    assert outcome.message_at.min() == 1020
    assert outcome.filled.all()
    assert (outcome.filled_at > 1020).all()


def test_what_comes_after_five_is_planned_the_next_day_around_what_is_planned() -> None:
    later = planned_daily(stream([(0, 0, 0.9), (1, 0, 0.9), (1, 1, 0.2)], filed=[900, 1100]))
    assert later.asked_from.tolist() == [1020, 1020 + DAY]
    assert first_asked(later) == [0, 1]


def test_travel_between_two_appointments_is_part_of_the_plan() -> None:
    near_in_time = {"start": [3 * DAY + 600, 3 * DAY + 680], "end": [3 * DAY + 660, 3 * DAY + 740]}
    pairs = [(0, 0, 0.9), (1, 0, 0.9), (1, 1, 0.2)]
    assert first_asked(planned_daily(stream(pairs, **near_in_time), buffer_minutes=10)) == [0, 0]
    assert first_asked(planned_daily(stream(pairs, **near_in_time), buffer_minutes=30)) == [0, 1]


def test_what_begins_soon_does_not_wait_for_the_plan() -> None:
    soon = planned_daily(
        stream([(0, 0, 0.4), (1, 1, 0.6)], start=[DAY + 600, 3 * DAY], end=[DAY + 660, 3 * DAY + 60])
    )
    assert soon.asked_from.tolist() == [540, 1020]
    assert soon.score.tolist() == [0.2, 1.0]


def test_only_askable_pilots_and_chances_as_before() -> None:
    before = stream(TWO_FOR_ONE)
    planned = planned_daily(before)
    for name in ("pilot", "chance", "first", "start", "end"):
        assert getattr(planned, name).tolist() == getattr(before, name).tolist()
    assert planned.score.tolist() == [0.45, 1.0, 1.0]
