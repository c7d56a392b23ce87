"""Does the clock ask few, at decent hours, and stop by itself when enough have said yes?"""

from datetime import datetime, timedelta

import pytest

from backend.dispatch.codes import CancellationReason, WavesStopped
from backend.dispatch.commands.assignments import cancel_assignment
from backend.dispatch.commands.help_requests import withdraw_help_request
from backend.dispatch.commands.offers import accept_offer, decline_offer, expire_offer
from backend.dispatch.commands.waves import send_next_wave, start_waves, stop_waves
from backend.dispatch.models import HelpRequest, Offer, WaveSeries
from backend.dispatch.states import OfferStatus, WaveSeriesStatus
from backend.errors import Conflict, NotPermitted, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.commands.availability import add_absence
from backend.people.models import Pilot
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW, at

MANY = 24


@pytest.fixture
def crowd(cast: Cast) -> list[Pilot]:
    """More pilots than anybody would ask."""
    return [make.a_pilot(f"pilot{number}", cast.kaya) for number in range(MANY)]


@pytest.fixture
def help_request(cast: Cast) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita)


def start(help_request: HelpRequest, cast: Cast, *, now: datetime = NOW) -> WaveSeries:
    return start_waves(help_request_id=help_request.pk, by=cast.kaya, now=now)


def look(series: WaveSeries, *, now: datetime) -> WaveSeries:
    return send_next_wave(series_id=series.pk, by=None, now=now)


def say_yes(offer: Offer, *, now: datetime) -> None:
    accept_offer(offer_id=offer.pk, slot_id=None, by=offer.pilot.user, now=now)


class TestAsking:
    def test_first_wave_asks_as_many_as_the_target_needs(
        self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest
    ) -> None:
        series = start(help_request, cast)
        (wave,) = series.waves.all()
        offers = list(help_request.offers.all())
        assert 2 <= len(offers) == wave.asked < MANY
        assert all(offer.wave == wave and offer.status == OfferStatus.PENDING for offer in offers)
        assert wave.chance_before == 0 < wave.chance <= 1
        assert series.status == WaveSeriesStatus.RUNNING
        assert series.next_at > NOW
        assert recorded(EventKind.WAVES_STARTED, series).facts == {"target_percent": 90}
        sent = recorded(EventKind.WAVE_SENT, series).facts
        assert (sent["number"], sent["asked"]) == (1, wave.asked)
        assert Event.objects.filter(kind=EventKind.OFFER_MADE).count() == wave.asked

    def test_a_higher_target_asks_more(self, cast: Cast, crowd: list[Pilot]) -> None:
        asked = {}
        for target in (50, 99):
            cast.osnabrueck.wave_target_percent = target
            cast.osnabrueck.message_price_percent = 0
            cast.osnabrueck.save()
            case = make.a_help_seeker(cast.rita)
            asked[target] = start(make.a_help_request(case, cast.rita), cast).waves.get().asked
        assert asked[50] < asked[99]

    def test_nobody_is_asked_before_the_next_look_is_due(
        self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest
    ) -> None:
        series = start(help_request, cast)
        before = help_request.offers.count()
        look(series, now=series.next_at - timedelta(minutes=1))
        assert help_request.offers.count() == before

    def test_silence_and_refusals_bring_the_next_wave_to_others(
        self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest
    ) -> None:
        series = start(help_request, cast)
        first = {offer.pilot_id for offer in help_request.offers.all()}
        for offer in help_request.offers.all():
            decline_offer(offer_id=offer.pk, by=offer.pilot.user, now=NOW + timedelta(minutes=5))
        series = look(WaveSeries.objects.get(), now=NOW + timedelta(minutes=6))
        second = help_request.offers.pending()
        assert [wave.number for wave in series.waves.all()] == [1, 2]
        assert second.exists()
        assert not first & {offer.pilot_id for offer in second}

    def test_the_dates_offered_are_those_that_suit(self, cast: Cast) -> None:
        days = [(at(10, 10), at(10, 11)), (at(12, 10), at(12, 11))]
        help_request = make.a_help_request(cast.samir, cast.rita, slots=days)
        away = days[0][0].date()
        add_absence(pilot_id=cast.ana.pk, start_date=away, end_date=away, by=cast.kaya, now=NOW)
        start(help_request, cast)
        (offer,) = help_request.offers.all()
        assert [slot.starts_at for slot in offer.slots.all()] == [days[1][0]]

    def test_who_was_asked_by_hand_is_not_asked_again(
        self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest
    ) -> None:
        (by_hand,) = make.offers_to(help_request, crowd[:1], cast.kaya)
        start(help_request, cast)
        assert help_request.offers.filter(pilot=by_hand.pilot).count() == 1


class TestConsideration:
    def test_budget_of_the_week_is_kept(
        self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest
    ) -> None:
        cast.osnabrueck.contact_budget_week = 1
        cast.osnabrueck.save()
        other = make.a_help_request(make.a_help_seeker(cast.rita), cast.rita)
        make.offers_to(other, crowd[:20], cast.kaya)
        start(help_request, cast)
        asked = {offer.pilot_id for offer in help_request.offers.all()}
        assert asked
        assert asked <= {pilot.pk for pilot in crowd[20:]}

    @pytest.mark.parametrize(
        ("hour", "morning"),
        [(at(2, 20), at(3, 8)), (at(3, 7, 59), at(3, 8)), (at(2, 23), at(3, 8))],
    )
    def test_quiet_hours_wait_for_the_morning(
        self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest, hour: datetime, morning: datetime
    ) -> None:
        series = start(help_request, cast, now=hour)
        assert not help_request.offers.exists()
        assert series.next_at == morning
        look(series, now=morning)
        assert help_request.offers.exists()

    def test_quiet_hours_of_a_night_with_a_clock_change(self, cast: Cast, crowd: list[Pilot]) -> None:
        spring = at(27, 21, month=3, year=2027)  # summer time begins that night
        monday = at(5, 10, month=4, year=2027)
        help_request = make.a_help_request(
            cast.samir, cast.rita, slots=[(monday, monday + timedelta(hours=1))], now=spring
        )
        assert start(help_request, cast, now=spring).next_at == at(28, 8, month=3, year=2027)

    def test_own_quiet_hours_are_kept(self, cast: Cast, help_request: HelpRequest) -> None:
        early, late = cast.ana, cast.ben
        Pilot.objects.filter(pk=late.pk).update(quiet_from_hour=9, quiet_until_hour=16)
        series = start(help_request, cast)
        assert [offer.pilot for offer in help_request.offers.all()] == [early]
        decline_offer(offer_id=help_request.offers.get().pk, by=early.user, now=NOW)
        assert look(series, now=NOW + timedelta(hours=1)).status == WaveSeriesStatus.RUNNING
        look(WaveSeries.objects.get(), now=at(2, 17))
        assert help_request.offers.filter(pilot=late).exists()


class TestEnding:
    def test_enough_acceptances_end_it_at_the_next_tick(
        self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest
    ) -> None:
        series, soon = start(help_request, cast), NOW + timedelta(minutes=3)
        say_yes(help_request.offers.first(), now=soon)
        series = look(series, now=soon)
        assert (series.status, series.stopped_reason) == ("STOPPED", WavesStopped.ENOUGH_ACCEPTED)
        assert recorded(EventKind.WAVES_STOPPED, series).facts == {"reason": "enough_accepted"}
        assert look(series, now=soon + timedelta(days=1)).waves.count() == 1

    def test_two_seats_want_two(self, cast: Cast, crowd: list[Pilot]) -> None:
        help_request = make.a_help_request(cast.samir, cast.rita, seats=2)
        series, soon = start(help_request, cast), NOW + timedelta(minutes=3)
        first, second = help_request.offers.all()[:2]
        say_yes(first, now=soon)
        assert look(series, now=soon).status == WaveSeriesStatus.RUNNING
        say_yes(second, now=soon + timedelta(minutes=1))
        assert look(series, now=soon + timedelta(minutes=1)).status == WaveSeriesStatus.STOPPED

    def test_nobody_left_is_said_once_the_last_has_answered(
        self, cast: Cast, help_request: HelpRequest
    ) -> None:
        series = start(help_request, cast) if cast.ana else None
        assert series
        look(series, now=series.next_at)
        assert WaveSeries.objects.get().status == WaveSeriesStatus.RUNNING  # Ana may still say yes
        offer = help_request.offers.get()
        expire_offer(offer_id=offer.pk, by=None, now=offer.expires_at)
        series = look(series, now=offer.expires_at)
        assert (series.status, series.stopped_reason) == ("STOPPED", WavesStopped.NOBODY_LEFT)

    def test_nobody_at_all(self, cast: Cast, help_request: HelpRequest) -> None:
        assert start(help_request, cast).stopped_reason == WavesStopped.NOBODY_LEFT

    def test_a_withdrawn_request_ends_it(
        self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest
    ) -> None:
        series = start(help_request, cast)
        withdraw_help_request(help_request_id=help_request.pk, reason="mistake", by=cast.rita, now=NOW)
        series = look(series, now=series.next_at)
        assert series.stopped_reason == WavesStopped.REQUEST_CLOSED

    def test_the_office_stops_it(self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest) -> None:
        start(help_request, cast)
        series = stop_waves(help_request_id=help_request.pk, by=cast.kaya, now=NOW)
        assert series.stopped_reason == WavesStopped.BY_OFFICE
        assert help_request.offers.pending().exists()
        with refused(Conflict, "waves_not_running"):
            stop_waves(help_request_id=help_request.pk, by=cast.kaya, now=NOW)

    def test_after_a_drop_out_it_goes_on(
        self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest
    ) -> None:
        series, soon = start(help_request, cast), NOW + timedelta(minutes=3)
        offer = help_request.offers.first()
        say_yes(offer, now=soon)
        look(series, now=soon)
        assignment = make.confirm(Offer.objects.get(pk=offer.pk), cast.kaya, now=soon)
        cancel_assignment(
            assignment_id=assignment.pk,
            reason=CancellationReason.PILOT_PREVENTED.value,
            by=offer.pilot.user,
            now=soon + timedelta(hours=1),
        )
        again = help_request.wave_series.running().get()
        assert again.policy == series.policy
        before = help_request.offers.count()
        look(again, now=again.next_at)
        assert help_request.offers.count() > before
        assert not help_request.offers.pending().filter(pilot=offer.pilot).exists()


class TestWhoMay:
    def test_only_the_office(self, cast: Cast, help_request: HelpRequest) -> None:
        for by, error, code in (
            (cast.rita, NotPermitted, "not_permitted"),
            (cast.frauke, NotThere, "help_request_unknown"),
        ):
            for act in (start_waves, stop_waves):
                with refused(error, code):
                    act(help_request_id=help_request.pk, by=by, now=NOW)

    def test_not_twice(self, cast: Cast, crowd: list[Pilot], help_request: HelpRequest) -> None:
        start(help_request, cast)
        with refused(Conflict, "waves_already_running"):
            start(help_request, cast)

    def test_not_for_what_is_over(self, cast: Cast, help_request: HelpRequest) -> None:
        with refused(RuleViolated, "no_date_left"):
            start(help_request, cast, now=at(10, 10))

    def test_unknown_series(self, cast: Cast) -> None:
        with refused(NotThere, "waves_unknown"):
            send_next_wave(series_id=cast.osnabrueck.pk, by=None, now=NOW)
