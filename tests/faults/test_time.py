"""Does everything happen once and in time, in the nights when clocks change, though workers' clocks are wrong?"""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab, schedule

from backend.celery import app
from backend.dispatch.models import Offer
from backend.keys import uuid7
from notifications import outbox
from notifications.models import Delivery
from tests.conftest import Cast
from tests.faults.nights import Clocks, Night, a_night, look_every, moved_clocks

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = {
    "an hour is left out": datetime(2026, 3, 29, tzinfo=BERLIN),
    "an hour comes twice": datetime(2026, 10, 25, tzinfo=BERLIN),
    "29 February": datetime(2028, 2, 29, tzinfo=BERLIN),
    "New Year's Eve": datetime(2027, 1, 1, tzinfo=BERLIN),
}
HOUR = timedelta(hours=1)
DUE_AT = (-2, 0, 1, 2, 3, 6, 23)  # hours after midnight


def live_through(cast: Cast, midnight: datetime) -> tuple[Night, Clocks, list[datetime]]:
    """The night, by hourly looks from some hours before midnight until the next day."""
    begin = midnight.astimezone(UTC)
    moments = [begin + hours * HOUR + timedelta(minutes=10) for hours in DUE_AT]
    night = a_night(moments, kaya=cast.kaya, rita=cast.rita, pilot=cast.ana, back_at=begin)
    with moved_clocks(begin - 3 * HOUR) as clocks:
        looks = look_every(clocks, HOUR, begin + 26 * HOUR)
    return night, clocks, looks


@pytest.mark.parametrize("midnight", NIGHTS.values(), ids=NIGHTS.keys())
def test_all_that_falls_due_happens_once_at_the_next_look(cast: Cast, midnight: datetime) -> None:
    night, clocks, looks = live_through(cast, midnight)

    assert night.faults(clocks, looks) == {}
    assert {clocks.error for _ in looks}  # the looks were those of workers with five different clocks


def test_control_ticks_that_trust_the_workers_clock_are_found_out(cast: Cast) -> None:
    """What the ticks did before they asked the database."""
    begin = NIGHTS["an hour comes twice"].astimezone(UTC)
    night = a_night([begin + HOUR / 2], kaya=cast.kaya, rita=cast.rita, pilot=cast.ana, back_at=begin)
    with (
        moved_clocks(begin - 3 * HOUR) as clocks,
        patch("backend.clock.database_now", lambda: clocks.wrong),
    ):
        looks = look_every(clocks, HOUR, begin + 26 * HOUR)

    assert night.faults(clocks, looks)["OFFER_EXPIRED at the wrong time"] == 1


def test_a_lease_runs_by_the_databases_clock(cast: Cast) -> None:
    """A worker that is a day late or early neither takes a row from its owner nor leaves it there for ever."""
    begin = datetime(2026, 11, 2, tzinfo=UTC)
    a_night([begin], kaya=cast.kaya, rita=cast.rita, pilot=cast.ana, back_at=begin)
    assert Offer.objects.exists()
    for wrong in (timedelta(days=1), timedelta(days=-1)):
        with moved_clocks(begin + HOUR) as clocks:
            clocks.error = wrong
            taken = outbox.claim(owner=uuid7(), now=clocks.now)
            assert taken is not None
            assert outbox.rescue(now=clocks.wrong) == 0
            Delivery.objects.filter(pk=taken.pk).update(lease_until=datetime(2000, 1, 1, tzinfo=UTC))
            assert outbox.rescue(now=clocks.wrong) == 1


# --- the clock that starts the looks


def runs(plan: schedule, begin: datetime, end: datetime) -> int:
    """How often beat would start it, looking every five minutes."""
    moment, last, count = begin, begin, 0
    plan.nowfun = lambda: moment
    while moment < end:
        if plan.is_due(last).is_due:
            last, count = moment, count + 1
        moment += timedelta(minutes=5)
    return count


def test_every_schedule_is_plain_seconds() -> None:
    for name, entry in app.conf.beat_schedule.items():
        assert isinstance(entry["schedule"], int | float), name
    assert app.conf.timezone == "UTC" and app.conf.enable_utc


@pytest.mark.parametrize("midnight", NIGHTS.values(), ids=NIGHTS.keys())
def test_an_hourly_look_drops_no_hour(midnight: datetime) -> None:
    begin = midnight.astimezone(UTC)
    assert runs(schedule(HOUR, app=app), begin, begin + 10 * HOUR) == 9


def test_control_celerys_crontab_drops_the_hour_that_comes_twice() -> None:
    """Why the schedules are plain seconds (Celery 5.7)."""
    midnight = NIGHTS["an hour comes twice"]
    local = app.__class__("local", set_as_current=False)
    local.conf.timezone, local.conf.enable_utc = "Europe/Berlin", True
    plan = crontab(minute="0", app=local)
    moment = last = midnight.astimezone(UTC)
    count = 0
    end = moment + 10 * HOUR
    plan.nowfun = lambda: moment.astimezone(BERLIN)
    while moment < end:
        moment += timedelta(minutes=5)
        if plan.is_due(last.astimezone(BERLIN)).is_due:
            last, count = moment, count + 1
    assert count < 10
