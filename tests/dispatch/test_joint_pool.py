"""Are many requests loaded at once the same as each of them alone, and at the same cost in queries?"""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.dispatch.commands.assignments import report_activity
from backend.dispatch.commands.offers import decline_offer
from backend.dispatch.matchmaking import reachable
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


def test_requests_of_several_offices_are_refused(cast: Cast) -> None:
    here = make.a_help_request(cast.samir, cast.rita)
    amal = make.a_help_seeker(
        cast.frauke, home=make.locate(private=True, postcode="26441"), organisation_id=None
    )
    there = make.a_help_request(amal, cast.frauke, postcode="26441")
    with pytest.raises(ValueError, match="one office"):
        load_joint([here, there], dates([here, there]), everybody(), now=NOW)
