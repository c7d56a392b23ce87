"""Many at once, in small: `bin/bench races` runs the same with a thousand people, hundreds of times."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from backend.dispatch.models import Assignment, Commission, Offer
from backend.dispatch.proof import prove
from backend.errors import Conflict
from tests import factories as make
from tests.conftest import Cast
from tests.dispatch.racing import (
    HOUR,
    Town,
    all_at_once,
    confirming,
    nobody_waits,
    offered,
    race_for_a_pilot,
    race_for_a_request,
    without,
)
from tests.factories import at

pytestmark = pytest.mark.django_db(transaction=True)
RACES, WIDTH = 5, 8


@pytest.fixture
def town(cast: Cast) -> Town:
    karl = make.a_coordinator("karl", cast.osnabrueck)
    pilots = [make.a_pilot(f"p{number}", cast.kaya) for number in range(10)]
    return Town(cast.rita, cast.samir, [cast.kaya, karl], pilots)


def test_one_request_many_who_say_yes_and_many_who_confirm(cast: Cast, town: Town) -> None:
    for number in range(RACES):
        came = race_for_a_request(town, at(10 + number, 10), confirms=4, width=WIDTH, seed=number)
        assert (came.winners, came.faults) == (1, [])
    assert prove(cast.osnabrueck).holds
    assert Commission.objects.count() == RACES


def test_control_without_lock_and_index_several_win(town: Town) -> None:
    with without("dispatch_assignment", "seat_taken"), nobody_waits(4):
        # Two seats, so that nobody settles the others' offers meanwhile; all four take the first.
        slots = [(at(10, 10), at(10, 11))]
        _request, offers = offered(town, slots, town.pilots[:4], accepted=4, seats=2)
        answers, _times = all_at_once([confirming(offer, town.coordinators[0]) for offer in offers], width=4)
        assert sum(isinstance(answer, Assignment) for answer in answers) > 1
        assert Assignment.objects.live().filter(seat=1).count() > 1


def test_one_pilot_wanted_many_times_at_once(cast: Cast, town: Town) -> None:
    for number in range(RACES):
        came = race_for_a_pilot(town, at(10 + number, 10), requests=6, width=6)
        assert (came.winners, came.faults) == (1, [])
    assert prove(cast.osnabrueck).holds


# --- nights in which the clock on the wall repeats an hour, or leaves one out

BACK, FORWARD = datetime(2027, 10, 31, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)


@pytest.fixture
def wanted(town: Town) -> Callable[[datetime, timedelta], Offer]:
    """A pilot has said yes to a date, given in universal time."""

    def ask(starts_at: datetime, length: timedelta) -> Offer:
        _request, (offer,) = offered(town, [(starts_at, starts_at + length)], town.pilots[:1], accepted=1)
        return offer

    return ask


def test_nights_of_the_changing_clock(
    cast: Cast, town: Town, wanted: Callable[[datetime, timedelta], Offer]
) -> None:
    """What overlaps is decided by the moment and not by the wall: 02:30 comes twice, and 03:00 follows 01:59."""
    cast.osnabrueck.travel_buffer_minutes = 0
    cast.osnabrueck.save()
    half = HOUR / 2
    # Back: 02:30 summer time to 02:00 winter time, then 02:00 to 02:30: back to back, though the wall goes backwards.
    make.confirm(wanted(BACK + half, half), cast.kaya)
    make.confirm(wanted(BACK + HOUR, half), cast.kaya)
    # 02:45 summer time overlaps the first, though 02:45 winter time is free.
    with pytest.raises(Conflict) as caught:
        make.confirm(wanted(BACK + half + half / 2, half), cast.kaya)
    assert caught.value.code == "pilot_double_booked"
    make.confirm(wanted(BACK + HOUR + half, half), cast.kaya)
    # Forward: 01:30 to 03:00 on the wall is half an hour; 03:00 follows at once.
    make.confirm(wanted(FORWARD + half, half), cast.kaya)
    make.confirm(wanted(FORWARD + HOUR, half), cast.kaya)
    assert Assignment.objects.live().count() == Commission.objects.count() == 5
    assert prove(cast.osnabrueck).holds
