"""Which yes counts, and do waves go on when it falls away?"""

from datetime import timedelta

import pytest

from backend.dispatch import asking
from backend.dispatch.codes import CancellationReason, WavesStopped
from backend.dispatch.commands.assignments import cancel_assignment
from backend.dispatch.commands.offers import accept_offer, decline_offer
from backend.dispatch.commands.waves import send_next_wave, start_waves
from backend.dispatch.models import Assignment, HelpRequest, Offer, WaveSeries
from backend.dispatch.states import OfferStatus
from backend.people.models import Pilot
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at

SOON = NOW + timedelta(minutes=3)
TWO_DATES = [(at(10, 10), at(10, 11)), (at(17, 10), at(17, 11))]


@pytest.fixture
def crowd(cast: Cast) -> list[Pilot]:
    return [make.a_pilot(f"pilot{number}", cast.kaya) for number in range(12)]


def start(help_request: HelpRequest, cast: Cast) -> WaveSeries:
    return start_waves(help_request_id=help_request.pk, by=cast.kaya, now=NOW)


def tick(help_request: HelpRequest, *, now=SOON) -> WaveSeries:
    series = (
        help_request.wave_series.get() if help_request.wave_series.count() == 1 else running(help_request)
    )
    return send_next_wave(series_id=series.pk, by=None, now=now)


def running(help_request: HelpRequest) -> WaveSeries:
    return help_request.wave_series.running().get()


def say_yes(offer: Offer, *, date: int = 0) -> None:
    slot = offer.slots.order_by("starts_at")[date]
    accept_offer(offer_id=offer.pk, slot_id=slot.pk, by=offer.pilot.user, now=SOON)


def drop_out(assignment: Assignment) -> None:
    cancel_assignment(
        assignment_id=assignment.pk,
        reason=CancellationReason.PILOT_PREVENTED.value,
        by=assignment.pilot.user,
        now=SOON + timedelta(hours=1),
    )


def test_two_seats_want_two_on_the_same_date(cast: Cast, crowd: list[Pilot]) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita, seats=2, slots=TWO_DATES)
    start(help_request, cast)
    first, second, third = help_request.offers.all()[:3]
    say_yes(first, date=0)
    say_yes(second, date=1)
    assert tick(help_request).status == "RUNNING"
    say_yes(third, date=1)
    assert tick(help_request).stopped_reason == WavesStopped.ENOUGH_ACCEPTED


def test_a_yes_for_a_date_that_is_over_does_not_count(cast: Cast, crowd: list[Pilot]) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita, slots=TWO_DATES)
    start(help_request, cast)
    say_yes(help_request.offers.first(), date=0)
    tick(help_request)
    series = start_waves(help_request_id=help_request.pk, by=cast.kaya, now=at(10, 12))
    assert series.status == "RUNNING"


def test_a_yes_taken_back_lets_them_go_on(cast: Cast, crowd: list[Pilot]) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    start(help_request, cast)
    offer = help_request.offers.first()
    say_yes(offer)
    tick(help_request)
    decline_offer(offer_id=offer.pk, by=offer.pilot.user, now=SOON + timedelta(hours=1))
    assert running(help_request).next_at == SOON + timedelta(hours=1)


def test_a_no_while_others_have_said_yes_does_not(cast: Cast, crowd: list[Pilot]) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    start(help_request, cast)
    first, second = help_request.offers.all()[:2]
    say_yes(first)
    say_yes(second)
    tick(help_request)
    decline_offer(offer_id=first.pk, by=first.pilot.user, now=SOON + timedelta(hours=1))
    assert not help_request.wave_series.running().exists()


def test_confirmed_before_the_clock_looked_then_dropped_out(cast: Cast, crowd: list[Pilot]) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    series = start(help_request, cast)
    offer = help_request.offers.first()
    say_yes(offer)
    assignment = make.confirm(Offer.objects.get(pk=offer.pk), cast.kaya, now=SOON)
    series.refresh_from_db()
    assert series.stopped_reason == WavesStopped.ENOUGH_ACCEPTED
    drop_out(assignment)
    assert running(help_request) != series


def test_one_of_two_drops_out_while_the_second_seat_is_open(cast: Cast, crowd: list[Pilot]) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita, seats=2)
    start(help_request, cast)
    first, second = help_request.offers.all()[:2]
    say_yes(first)
    say_yes(second)
    tick(help_request)
    assignment = make.confirm(Offer.objects.get(pk=first.pk), cast.kaya, now=SOON)
    drop_out(assignment)
    assert running(help_request)


def test_those_who_were_told_somebody_else_goes_may_be_asked_again(cast: Cast, crowd: list[Pilot]) -> None:
    cast.osnabrueck.message_price_percent, cast.osnabrueck.wave_target_percent = 0, 99
    cast.osnabrueck.save()
    help_request = make.a_help_request(cast.samir, cast.rita)
    start(help_request, cast)
    offer = help_request.offers.first()
    say_yes(offer)
    drop_out(make.confirm(Offer.objects.get(pk=offer.pk), cast.kaya, now=SOON))
    taken_back = set(help_request.offers.filter(status=OfferStatus.RETRACTED).values_list("pilot", flat=True))
    assert taken_back
    now = max(running(help_request).next_at, SOON + timedelta(hours=1))
    send_next_wave(series_id=running(help_request).pk, by=None, now=now)
    asked = set(help_request.offers.pending().values_list("pilot", flat=True))
    assert asked & taken_back
    assert offer.pilot_id not in asked


def test_whoever_is_not_worth_a_message_does_not_hide_the_next(
    cast: Cast, crowd: list[Pilot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "CONSIDERED", 3)
    cast.osnabrueck.message_price_percent = 40
    cast.osnabrueck.save()
    keen = crowd[-1]
    chances = asking.training.chances

    def only_one_is_keen(pool, *args, rows=None, **kwargs):
        found = chances(pool, *args, rows=rows, **kwargs)
        if rows is not None:
            found.chance[:] = [0.9 if pool.pilot_ids[row] == keen.pk else 0.05 for row in rows]
        return found

    monkeypatch.setattr(asking.training, "chances", only_one_is_keen)
    help_request = make.a_help_request(cast.samir, cast.rita)
    start(help_request, cast)
    assert [offer.pilot for offer in help_request.offers.all()] == [keen]
