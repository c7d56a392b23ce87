"""Do weekly hours, other assignments and monthly wishes reach through the adapter to the answer?"""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from backend.dispatch.commands.assignments import cancel_assignment
from backend.dispatch.models import HelpRequest
from backend.people.commands.availability import add_absence
from backend.people.models import Pilot
from backend.people.profile import WeeklySpan
from tests import factories as make
from tests.conftest import Cast
from tests.dispatch.suggesting import THURSDAY, TUESDAY, check, reasons, suggest, suggested
from tests.factories import NOW, at


class TestAvailability:
    def test_an_absence_covers_both_its_days(self, cast: Cast) -> None:
        add_absence(
            pilot_id=cast.ben.pk,
            start_date=date(2026, 11, 8),
            end_date=date(2026, 11, 10),
            by=cast.ben.user,
            now=NOW,
        )
        request = make.a_help_request(cast.samir, cast.rita)
        check(cast, request, fits=[cast.ana], out=cast.ben, code="availability", slots=1, slots_refused=1)
        thursday = make.a_help_request(cast.samir, cast.rita, slots=[(at(11, 10), at(11, 11))])
        assert suggested(thursday, cast) == {cast.ana, cast.ben}

    def test_of_several_dates_only_those_that_suit(self, cast: Cast) -> None:
        add_absence(
            pilot_id=cast.ana.pk,
            start_date=date(2026, 11, 12),
            end_date=date(2026, 11, 12),
            by=cast.kaya,
            now=NOW,
        )
        request = make.a_help_request(cast.samir, cast.rita, slots=[THURSDAY, TUESDAY])
        (suggestion,) = suggest(request, cast).suggestions.all()
        assert suggestion.slots == [request.slots.get(starts_at=TUESDAY[0]).pk]
        (offer,) = make.offers_to(request, [cast.ana], cast.kaya)
        assert [slot.starts_at for slot in offer.slots.all()] == [TUESDAY[0]]


class TestDoubleBooking:
    """Ana is confirmed on Tuesday, 10:00–11:00, with half of 30 minutes on each side."""

    @pytest.fixture
    def busy(self, cast: Cast) -> Pilot:
        make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
        return cast.ana

    def request(self, cast: Cast, hour: int, minute: int, minutes: int = 60, **need: Any) -> HelpRequest:
        starts = at(10, hour, minute)
        slots = [(starts, starts + timedelta(minutes=minutes))]
        return make.a_help_request(cast.samir, cast.rita, slots=slots, **need)

    @pytest.mark.parametrize(
        ("hour", "minute", "free"),
        [(10, 0, False), (11, 0, False), (11, 29, False), (11, 30, True), (8, 31, False), (8, 30, True)],
    )
    def test_counts_the_way(self, cast: Cast, busy: Pilot, hour: int, minute: int, free: bool) -> None:
        request = self.request(cast, hour, minute)
        assert suggested(request, cast) == ({busy} if free else set())
        if not free:
            (reason,) = reasons(request, busy)
            assert (reason["code"], reason["facts"]["half_buffer_minutes"]) == ("double_booking", 15)

    @pytest.mark.parametrize(("minute", "free"), [(14, False), (15, True)])
    def test_a_talk_by_phone_needs_only_the_others_way(
        self, cast: Cast, busy: Pilot, minute: int, free: bool
    ) -> None:
        request = self.request(cast, 11, minute, setting="phone")
        assert suggested(request, cast) == ({busy} if free else set())

    def test_a_long_session_around_it(self, cast: Cast, busy: Pilot) -> None:
        assert suggested(self.request(cast, 8, 0, 300), cast) == set()

    def test_a_cancelled_one_blocks_nobody(self, cast: Cast, busy: Pilot) -> None:
        cancel_assignment(assignment_id=busy.assignments.get().pk, reason="pilot_ill", by=cast.kaya, now=NOW)
        assert suggested(self.request(cast, 10, 0), cast) == {busy}


class TestHeavyTopics:
    def heavy(self, cast: Cast, *slots: tuple[datetime, datetime], topic: str = "conflict") -> HelpRequest:
        return make.a_help_request(cast.samir, cast.rita, topic=topic, slots=slots or [TUESDAY])

    def test_the_month_has_enough_of_them(self, cast: Cast) -> None:
        tired = make.a_pilot("tara", cast.kaya, heavy_per_month=1)
        make.an_assignment(self.heavy(cast, (at(9, 9), at(9, 10))), tired, cast.kaya)
        check(
            cast, self.heavy(cast), fits=[cast.ana], out=tired, code="heavy_topics",
            topic="conflict", sessions=1, heavy_per_month=1.0,
        )  # fmt: skip
        light = self.heavy(cast, topic="school")
        december = self.heavy(cast, (at(1, 10, month=12), at(1, 11, month=12)))
        assert suggested(light, cast) == suggested(december, cast) == {cast.ana, tired}

    def test_only_heavy_ones_count(self, cast: Cast) -> None:
        tara = make.a_pilot("tara", cast.kaya, heavy_per_month=1)
        make.an_assignment(self.heavy(cast, (at(9, 9), at(9, 10)), topic="school"), tara, cast.kaya)
        assert tara in suggested(self.heavy(cast), cast)

    def test_none_at_all(self, cast: Cast) -> None:
        tara = make.a_pilot("tara", cast.kaya, heavy_per_month=0)
        (reason,) = reasons(self.heavy(cast), tara)
        assert (reason["code"], reason["facts"]["sessions"]) == ("heavy_topics", 0)

    def test_the_office_says_which(self, cast: Cast) -> None:
        tara = make.a_pilot("tara", cast.kaya, heavy_per_month=0)
        cast.osnabrueck.heavy_topics = ["health"]
        cast.osnabrueck.save()
        assert tara in suggested(self.heavy(cast), cast)
        assert tara not in suggested(self.heavy(cast, topic="health"), cast)


class TestCapacity:
    def test_the_month_is_full(self, cast: Cast) -> None:
        rare = make.a_pilot("rosa", cast.kaya, monthly_hours=2)
        early = make.a_help_request(cast.samir, cast.rita, slots=[(at(9, 9), at(9, 10, 30))])
        make.an_assignment(early, rare, cast.kaya)
        request = make.a_help_request(cast.samir, cast.rita)
        check(
            cast, request, fits=[cast.ana], out=rare, code="capacity",
            committed_hours=1.5, session_hours=1.0, monthly_hours=2.0,
        )  # fmt: skip
        half_an_hour = make.a_help_request(cast.samir, cast.rita, slots=[(at(10, 10), at(10, 10, 30))])
        assert suggested(half_an_hour, cast) == {cast.ana, rare}
        december = make.a_help_request(
            cast.samir, cast.rita, slots=[(at(1, 10, month=12), at(1, 11, month=12))]
        )
        assert suggested(december, cast) == {cast.ana, rare}

    def test_a_month_is_one_on_the_wall(self, cast: Cast) -> None:
        """1 December 0:30 in Germany is 30 November in UTC."""
        always = [WeeklySpan(day, time(0), time(23, 59)) for day in range(7)]
        night = make.a_pilot("nora", cast.kaya, monthly_hours=1, week=always)
        november = make.a_help_request(
            cast.samir, cast.rita, slots=[(at(30, 22), at(30, 23))], setting="phone"
        )
        make.an_assignment(november, night, cast.kaya)
        december = make.a_help_request(
            cast.samir,
            cast.rita,
            slots=[(at(1, 0, 30, month=12), at(1, 1, 30, month=12))],
            setting="phone",
        )
        assert suggested(december, cast) == {night}
