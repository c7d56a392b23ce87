"""Is quiet time where it should be, around midnight too, and left out of the time to answer?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.quiet import DAY_MINUTES, QuietHours

HOUR = 60
hours = st.integers(0, 23)
minutes = st.integers(-3 * DAY_MINUTES, 3 * DAY_MINUTES)


@pytest.mark.parametrize(
    ("quiet", "hour", "ends"),
    [
        (QuietHours(20, 8), 19, 19),
        (QuietHours(20, 8), 20, 32),
        (QuietHours(20, 8), 3, 8),
        (QuietHours(20, 8), 8, 8),
        (QuietHours(13, 15), 14, 15),
        (QuietHours(13, 15), 16, 16),
        (QuietHours(9, 9), 9, 9),
    ],
)
def test_quiet_hours_end(quiet: QuietHours, hour: int, ends: int) -> None:
    assert quiet.end_of(hour * HOUR) == ends * HOUR
    assert quiet.holds(hour * HOUR) == (ends != hour)


@given(hours, hours, minutes, minutes)
def test_waking_time_is_the_minutes_that_are_not_quiet(begin: int, end: int, one: int, other: int) -> None:
    quiet = QuietHours(begin, end)
    since, until = sorted((one, other))
    until = min(until, since + 2 * DAY_MINUTES)
    counted = sum(not quiet.holds(minute) for minute in range(since, until))
    assert quiet.waking_hours(since, until) == pytest.approx(counted / 60)
