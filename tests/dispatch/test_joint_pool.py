"""Are many requests loaded at once the same as each of them alone, and at the same cost in queries?"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.dispatch.commands.assignments import cancel_assignment, report_activity
from backend.dispatch.commands.help_requests import withdraw_help_request
from backend.dispatch.commands.offers import accept_offer, decline_offer
from backend.dispatch.matchmaking import rank_pilots, reachable
from backend.dispatch.models import HelpRequest, HelpRequestSlot
from backend.dispatch.pool import Pool, load_joint, load_pool
from backend.people.commands.availability import add_absence
from backend.people.commands.vetoes import add_veto
from backend.people.models import Pilot
from backend.people.profile import WeeklySpan
from matching.ranking import Candidate, rank, why
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at

MORNINGS = [WeeklySpan(day, time(8), time(12)) for day in range(5)]


def hour(day: int, start: int, **on: Any) -> tuple[Any, Any]:
    return at(day, start, **on), at(day, start + 1, **on)


@pytest.fixture
def town(cast: Cast) -> list[HelpRequest]:
    """Open requests of one office, and pilots of whom each is stopped by something else, somewhere."""
    ana, ben = cast.ana, cast.ben
    make.a_pilot("early", cast.kaya, skills={"kmr": 4, "ckb": 5}, week=MORNINGS, topics_wished=["school"])
    away = make.a_pilot("away", cast.kaya, skills={"kmr": 6}, topics_refused=["health"], gender="f")
    make.a_pilot("short", cast.kaya, skills={"prs": 5}, reach_km=5, monthly_hours=2, postcode="49324")
    full = make.a_pilot("full", cast.kaya, skills={"fa": 6, "kmr": 3}, monthly_hours=3, checked=None)
    make.a_pilot("weak", cast.kaya, skills={"kmr": 6}, german_level=2)
    add_absence(
        pilot_id=away.pk, start_date=date(2026, 11, 11), end_date=date(2026, 11, 13), by=cast.kaya, now=NOW
    )
    amal = make.a_help_seeker(cast.kaya, languages=["prs"])
    add_veto(pilot_id=full.pk, help_seeker_id=amal.pk, by=cast.kaya, now=NOW)
    add_veto(pilot_id=away.pk, organisation_id=cast.school.pk, by=cast.kaya, now=NOW)
    add_veto(pilot_id=ben.pk, postcode="49076", by=cast.kaya, now=NOW)

    past = make.an_assignment(
        make.a_help_request(cast.samir, cast.rita, slots=[hour(9, 10)]), ana, cast.kaya, now=NOW
    )
    report_activity(
        assignment_id=past.pk, done=True, not_done_reason="", minutes=60, km=None, by=ana.user, now=at(9, 12)
    )
    beside = make.a_help_request(cast.samir, cast.rita, slots=[hour(10, 9)], street="Markt 1")
    make.an_assignment(beside, ana, cast.kaya)
    spent = make.a_pilot("spent", cast.kaya, skills={"prs": 6, "kmr": 5}, monthly_hours=1)
    make.an_assignment(make.a_help_request(amal, cast.kaya, slots=[hour(12, 14)]), spent, cast.kaya)
    declined = make.a_help_request(cast.samir, cast.rita, slots=[hour(12, 10), hour(13, 15)])
    (offer,) = make.offers_to(declined, [ana], cast.kaya)
    decline_offer(offer_id=offer.pk, by=ana.user, now=NOW)

    return [
        make.a_help_request(
            cast.samir, cast.rita, street="Markt 1"
        ),  # right after Ana's other appointment there
        make.a_help_request(cast.samir, cast.rita, street="Markt 2", minors=True),
        declined,
        make.a_help_request(amal, cast.kaya, topic="health", slots=[hour(12, 14), hour(4, 9, month=12)]),
        make.a_help_request(amal, cast.kaya, setting="phone", gender_wish="f"),
        make.a_help_request(cast.samir, cast.rita, postcode="49076", languages=["kmr", "ckb"]),
        make.a_help_request(
            cast.samir, cast.rita, required_level=6, slots=[hour(11, 8), hour(30, 18), hour(1, 9, month=12)]
        ),
    ]


def dates(help_requests: Sequence[HelpRequest]) -> list[list[HelpRequestSlot]]:
    return [list(one.slots.all()) for one in help_requests]


def told(pool: Pool, slots: Sequence[HelpRequestSlot], candidates: Sequence[Candidate]) -> list[Any]:
    return [
        (pool.pilot_ids[one.pilot], one.score, [slots[row].pk for row in one.slots], one.contributions)
        for one in candidates
    ]


def everybody() -> Any:
    return Pilot.objects.values("pk")


def test_every_request_ranks_as_it_does_alone(town: list[HelpRequest]) -> None:
    slots = dates(town)
    joint = load_joint(town, slots, everybody(), now=NOW)
    sizes = []
    for row, (help_request, own) in enumerate(zip(town, slots, strict=True)):
        alone = load_pool(help_request, own, reachable(help_request).values("pilot"), now=NOW)
        expected = told(alone, own, rank(alone.problem, 0, limit=None).candidates)
        flat = [slot for of_request in slots for slot in of_request]
        assert told(joint, flat, rank(joint.problem, row, limit=None).candidates) == expected
        sizes.append(len(expected))
    assert len(set(sizes)) > 3, "a town in which the rules make no difference proves nothing"


def test_every_pair_is_refused_for_the_same_reasons(town: list[HelpRequest]) -> None:
    slots = dates(town)
    joint = load_joint(town, slots, everybody(), now=NOW, all_languages=True)
    codes = set()
    for row, (help_request, own) in enumerate(zip(town, slots, strict=True)):
        alone = load_pool(help_request, own, everybody(), now=NOW, all_languages=True)
        assert alone.pilot_ids == joint.pilot_ids
        for pilot in range(len(alone.pilot_ids)):
            expected = why(alone.problem, 0, pilot)
            assert why(joint.problem, row, pilot) == expected
            codes |= {refusal.code for refusal in expected}
    assert {"language", "german", "reach", "topic", "gender", "background_check"} <= codes
    assert {"veto", "availability", "double_booking", "capacity"} <= codes


def test_the_number_of_queries_does_not_grow(cast: Cast) -> None:
    def count(help_requests: Sequence[HelpRequest]) -> int:
        found = list(
            HelpRequest.objects.filter(pk__in=[one.pk for one in help_requests]).select_related(
                "office", "meeting_place", "help_seeker"
            )
        )
        slots = dates(found)
        with CaptureQueriesContext(connection) as captured:
            load_joint(found, slots, everybody(), now=NOW)
        return len(captured)

    assert cast.ana
    few = count([make.a_help_request(cast.samir, cast.rita)])
    for number in range(12):
        make.a_pilot(f"p{number}", cast.kaya)
    starts = [at(10, 9) + timedelta(days=number) for number in range(12)]
    asked = [
        make.a_help_request(cast.samir, cast.rita, slots=[(start, start + timedelta(hours=1))])
        for start in starts
    ]
    make.an_assignment(asked[0], cast.ana, cast.kaya)
    assert count(asked) == few


class TestPromises:
    """A yes to another open request takes its hour where that is asked for, and only there."""

    def is_free(self, help_request: HelpRequest, *, now: datetime = NOW, promises: bool = True) -> bool:
        _, ranking = rank_pilots(
            help_request, list(help_request.slots.all()), limit=None, now=now, promises=promises
        )
        return bool(ranking.candidates)

    def said_yes(self, cast: Cast, **need: Any) -> HelpRequest:
        asked = make.a_help_request(cast.samir, cast.rita, **need)
        (offer,) = make.offers_to(asked, [cast.ana], cast.kaya)
        accept_offer(offer_id=offer.pk, slot_id=asked.slots.all()[0].pk, by=cast.ana.user, now=NOW)
        return asked

    def test_takes_the_hour_of_the_yes_alone(self, cast: Cast) -> None:
        mine = self.said_yes(cast, slots=[hour(10, 10), hour(12, 10)])
        same = make.a_help_request(cast.samir, cast.rita, slots=[hour(10, 10)])
        other = make.a_help_request(cast.samir, cast.rita, slots=[hour(12, 10)])
        assert (self.is_free(same), self.is_free(other), self.is_free(mine)) == (False, True, True)
        assert self.is_free(same, promises=False)
        assert self.is_free(same, now=at(10, 10)), "a date that has begun is no promise any more"

    def test_a_question_takes_nothing(self, cast: Cast) -> None:
        make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
        assert self.is_free(make.a_help_request(cast.samir, cast.rita))

    @pytest.mark.parametrize(
        ("there", "here", "free"),
        [
            ({"street": "Markt 1"}, {"street": "Markt 2"}, False),
            ({"street": "Markt 1"}, {"street": "markt  1"}, True),
            ({"street": ""}, {"street": ""}, False),
            ({"setting": "phone"}, {"setting": "phone"}, True),
            ({"setting": "phone"}, {"street": "Markt 1"}, False),
        ],
        ids=str,
    )
    def test_needs_the_way_as_an_assignment_does(
        self, cast: Cast, there: dict[str, str], here: dict[str, str], free: bool
    ) -> None:
        asked = self.said_yes(cast, slots=[hour(10, 10)], **there)
        after = make.a_help_request(cast.samir, cast.rita, slots=[hour(10, 11)], **here)
        assert self.is_free(after) == free
        make.confirm(asked.offers.get(), cast.kaya)
        assert self.is_free(after, promises=False) == free

    def test_calls_at_one_time_are_at_no_one_address(self, cast: Cast) -> None:
        self.said_yes(cast, setting="phone")
        assert not self.is_free(make.a_help_request(cast.samir, cast.rita, setting="phone"))

    def test_ends_with_the_request(self, cast: Cast) -> None:
        asked = self.said_yes(cast)
        same = make.a_help_request(cast.samir, cast.rita)
        withdraw_help_request(help_request_id=asked.pk, reason="mistake", by=cast.rita, now=NOW)
        assert self.is_free(same)

    def test_ends_where_another_date_is_chosen(self, cast: Cast) -> None:
        several = self.said_yes(cast, seats=2, slots=[hour(10, 10), hour(12, 10)])
        same = make.a_help_request(cast.samir, cast.rita, slots=[hour(10, 10)])
        (offer,) = make.offers_to(several, [cast.ben], cast.kaya)
        accept_offer(offer_id=offer.pk, slot_id=several.slots.all()[1].pk, by=cast.ben.user, now=NOW)
        add_absence(
            pilot_id=cast.ben.pk,
            start_date=date(2026, 11, 10),
            end_date=date(2026, 11, 10),
            by=cast.kaya,
            now=NOW,
        )
        assert not self.is_free(same)
        make.confirm(offer, cast.kaya)
        assert self.is_free(same)

    def test_a_reserve_promises_once_asked_again(self, cast: Cast) -> None:
        asked = self.said_yes(cast)
        (offer,) = make.offers_to(asked, [cast.ben], cast.kaya)
        taken = make.confirm(make.accepted(offer), cast.kaya)
        same = make.a_help_request(cast.samir, cast.rita, languages=["tr"])
        assert self.is_free(same)
        cancel_assignment(assignment_id=taken.pk, reason="pilot_prevented", by=cast.ben.user, now=NOW)
        assert self.is_free(same)
        reserve = asked.offers.get(pilot=cast.ana)
        accept_offer(offer_id=reserve.pk, slot_id=reserve.accepted_slot_id, by=cast.ana.user, now=NOW)
        assert not self.is_free(same)

    def test_costs_one_query(self, cast: Cast) -> None:
        def count(*, promises: bool) -> int:
            wanted = HelpRequest.objects.select_related("office", "meeting_place").get(pk=same.pk)
            slots = list(wanted.slots.all())
            with CaptureQueriesContext(connection) as captured:
                load_pool(wanted, slots, everybody(), now=NOW, promises=promises)
            return len(captured)

        same = make.a_help_request(cast.samir, cast.rita)
        self.said_yes(cast)
        self.said_yes(cast, slots=[hour(11, 9)])
        assert count(promises=True) == count(promises=False) + 1


def test_requests_of_several_offices_are_refused(cast: Cast) -> None:
    here = make.a_help_request(cast.samir, cast.rita)
    amal = make.a_help_seeker(
        cast.frauke, home=make.locate(private=True, postcode="26441"), organisation_id=None
    )
    there = make.a_help_request(amal, cast.frauke, postcode="26441")
    with pytest.raises(ValueError, match="one office"):
        load_joint([here, there], dates([here, there]), everybody(), now=NOW)
