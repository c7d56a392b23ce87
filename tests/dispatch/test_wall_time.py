"""Are weekly hours read by the clock on the wall, on the days that have 23 or 25 hours too?"""

from datetime import UTC, datetime, time, timedelta

import pytest

from backend.dispatch.commands.help_requests import suggest_pilots
from backend.people.models import Pilot
from backend.people.profile import WeeklySpan
from tests import factories as make
from tests.conftest import Cast
from tests.factories import BERLIN

SUNDAY = 6
NINE_TO_TEN = [WeeklySpan(SUNDAY, time(9), time(10))]
NIGHT = [WeeklySpan(SUNDAY, time(1), time(4))]
OCTOBER, MARCH = datetime(2026, 10, 25, tzinfo=BERLIN), datetime(2026, 3, 29, tzinfo=BERLIN)


def suits(cast: Cast, pilot: Pilot, starts: datetime, ends: datetime) -> bool:
    asked = starts - timedelta(days=9)
    help_request = make.a_help_request(cast.samir, cast.rita, slots=[(starts, ends)], now=asked)
    run = suggest_pilots(help_request_id=help_request.pk, by=cast.kaya, now=asked)
    return [s.pilot for s in run.suggestions.all()] == [pilot]


@pytest.fixture
def on_sundays(cast: Cast) -> Pilot:
    return make.a_pilot("sunny", cast.kaya, week=NINE_TO_TEN)


@pytest.mark.parametrize(
    ("day", "nine_in_utc"),
    [
        (datetime(2026, 10, 18, tzinfo=BERLIN), 7),  # the last Sunday of summer time
        (OCTOBER, 8),
        (datetime(2026, 3, 22, tzinfo=BERLIN), 8),
        (MARCH, 7),
    ],
)
def test_nine_is_nine_before_and_after_the_change(
    cast: Cast, on_sundays: Pilot, day: datetime, nine_in_utc: int
) -> None:
    starts = datetime(day.year, day.month, day.day, nine_in_utc, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert starts.astimezone(BERLIN).hour == 9
    assert suits(cast, on_sundays, starts, starts + hour)
    assert not suits(cast, on_sundays, starts - hour, starts)
    assert not suits(cast, on_sundays, starts + hour, starts + 2 * hour)
    assert not suits(cast, on_sundays, starts, starts + timedelta(minutes=61))


def test_the_hour_that_october_repeats(cast: Cast) -> None:
    """01:00 to 04:00 by the clock lasts four hours that night, and all of them count."""
    owl = make.a_pilot("owl", cast.kaya, week=NIGHT)
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0)
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    for starts in (first, second):
        begins = starts.astimezone(UTC)
        assert suits(cast, owl, begins, begins + timedelta(minutes=30))
    whole = datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert suits(cast, owl, whole, whole + timedelta(hours=4))
    assert not suits(cast, owl, whole, whole + timedelta(hours=4, minutes=1))


def test_the_hour_that_march_skips(cast: Cast) -> None:
    """01:00 to 04:00 by the clock lasts two hours that night."""
    owl = make.a_pilot("owl", cast.kaya, week=NIGHT)
    one = datetime(2026, 3, 29, 0, tzinfo=UTC)
    assert suits(cast, owl, one, one + timedelta(hours=2))
    assert not suits(cast, owl, one, one + timedelta(hours=2, minutes=1))


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (datetime(2028, 2, 29, tzinfo=BERLIN), datetime(2028, 2, 29, 19, tzinfo=BERLIN)),
        (datetime(2026, 12, 31, tzinfo=BERLIN), datetime(2026, 12, 31, 19, tzinfo=BERLIN)),
        (datetime(2027, 1, 31, tzinfo=BERLIN), datetime(2027, 1, 31, 19, tzinfo=BERLIN)),
    ],
)
def test_leap_day_and_ends_of_months(cast: Cast, day: datetime, last: datetime) -> None:
    pilot = make.a_pilot("lea", cast.kaya, checked=None)
    assert suits(cast, pilot, last, last + timedelta(hours=1))
    assert not suits(cast, pilot, last + timedelta(minutes=1), last + timedelta(minutes=61))
