"""Does each hard constraint refuse exactly whom it should, and give the facts for it?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from matching.constraints import (
    CONSTRAINTS,
    Availability,
    BackgroundCheck,
    Capacity,
    Constraint,
    DoubleBooking,
    Gender,
    German,
    HeavyTopics,
    Language,
    Reach,
    Topic,
    Veto,
)
from matching.problem import Problem
from matching.ranking import rank, why

FourPilots = Callable[..., Problem]


def allowed(constraint: Constraint, problem: Problem) -> list[bool]:
    """Of the only slot, by pilot."""
    assert problem.slot_count == 1
    return np.broadcast_to(constraint.allows(problem, 0), (1, problem.pilot_count))[0].tolist()


def test_codes_are_in_the_agreed_order() -> None:
    assert [constraint.code for constraint in CONSTRAINTS] == [
        "language",
        "german",
        "reach",
        "topic",
        "gender",
        "background_check",
        "veto",
        "availability",
        "double_booking",
        "capacity",
        "heavy_topics",
    ]


def test_without_wishes_nobody_is_refused(four_pilots: FourPilots) -> None:
    for constraint in CONSTRAINTS:
        assert allowed(constraint, four_pilots()) == [True] * 4, constraint.code


def test_language_needs_the_level_and_unknown_is_not_fluent(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        languages=("kmr", "ckb"),
        required_level=[[4, 0]],
        level=[[6, 0], [4, 0], [3, 6], [0, 6]],
        via_languages=("tr",),
    )
    assert allowed(Language(), problem) == [True, True, False, False]
    assert Language().facts(problem, 0, 2) == {
        "language": "kmr",
        "required_level": 4,
        "level": 3,
        "speaks": 3,
        "understands": 3,
        "via": None,
        "asked": ["kmr"],
    }


def test_language_needs_both_directions(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        languages=("kmr",),
        required_level=[[4]],
        speaks=[[6], [3], [4], [6]],
        understands=[[3], [6], [4], [0]],
    )
    assert allowed(Language(), problem) == [False, False, True, False]
    facts = Language().facts(problem, 0, 0)
    assert (facts["level"], facts["speaks"], facts["understands"]) == (3, 6, 3)


def test_any_language_asked_for_is_enough(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        languages=("fa", "prs"),
        required_level=[[4, 3]],
        level=[[4, 0], [0, 3], [3, 2], [0, 1]],
        via=[[-1, -1], [-1, -1], [-1, 0], [-1, -1]],
        via_languages=("fa",),
    )
    assert allowed(Language(), problem) == [True, True, False, False]
    # Both are one level short: the first asked for is named. The last pilot is closer in Dari.
    assert Language().facts(problem, 0, 2)["language"] == "fa"
    assert Language().facts(problem, 0, 3)["language"] == "prs"
    assert Language().facts(problem, 0, 3)["asked"] == ["fa", "prs"]


def test_language_facts_name_the_language_really_spoken(four_pilots: FourPilots) -> None:
    problem = four_pilots(languages=("prs",), required_level=[[6]], level=5, via=0, via_languages=("fa",))
    assert Language().facts(problem, 0, 1)["via"] == "fa"


def test_german(four_pilots: FourPilots) -> None:
    problem = four_pilots(required_german=4, german_level=[6, 4, 3, 0])
    assert allowed(German(), problem) == [True, True, False, False]
    assert German().facts(problem, 0, 2) == {"required_level": 4, "level": 3}


def test_reach_is_the_pilots_own_and_its_edge_belongs_to_it(four_pilots: FourPilots) -> None:
    problem = four_pilots(distance_km=[[10.0, 10.1, 3.0, np.nan]], reach_km=[10.0, 10.0, 2.9, 50.0])
    assert allowed(Reach(), problem) == [True, False, False, False]
    assert Reach().facts(problem, 0, 1) == {"distance_km": 10.1, "reach_km": 10.0, "remote": False}
    assert Reach().facts(problem, 0, 3) == {"distance_km": None, "reach_km": 50.0, "remote": False}


def test_reach_does_not_matter_by_phone_or_without_a_radius(four_pilots: FourPilots) -> None:
    assert allowed(Reach(), four_pilots(remote=True, distance_km=np.nan, reach_km=1.0)) == [True] * 4
    without_radius = four_pilots(distance_km=np.nan, reach_km=[np.inf, np.inf, 5.0, 0.0])
    assert allowed(Reach(), without_radius) == [True, True, False, False]
    assert Reach().facts(without_radius, 0, 0)["reach_km"] is None


def test_topic_refused(four_pilots: FourPilots) -> None:
    problem = four_pilots(topic="health", topic_stance=[[-1, 0, 1, -1]])
    assert allowed(Topic(), problem) == [False, True, True, False]
    assert Topic().facts(problem, 0, 0) == {"topic": "health"}


def test_gender_wish_is_not_met_by_silence(four_pilots: FourPilots) -> None:
    problem = four_pilots(gender_wanted="f", gender=("f", "m", "d", ""))
    assert allowed(Gender(), problem) == [True, False, False, False]
    assert Gender().facts(problem, 0, 3) == {"wanted": "f", "gender": ""}


def test_minors_need_a_check_that_is_valid_when_the_slot_ends(four_pilots: FourPilots) -> None:
    problem = four_pilots(minors=True, slot_start=100, slot_end=160, check_valid_until=[160, 159, -1, 9999])
    assert allowed(BackgroundCheck(), problem) == [True, False, False, True]
    assert BackgroundCheck().facts(problem, 0, 1) == {
        "valid_until_minute": 159,
        "needed_until_minute": 160,
        "slots": 1,
        "slots_refused": 1,
    }
    assert BackgroundCheck().facts(problem, 0, 2)["valid_until_minute"] is None


def test_no_check_on_file_stays_none_before_the_epoch(four_pilots: FourPilots) -> None:
    problem = four_pilots(minors=True, slot_start=-100, slot_end=-50, check_valid_until=[-1, 0, 5, -1])
    assert allowed(BackgroundCheck(), problem) == [False, True, True, False]


def test_check_may_run_out_between_two_slots(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        minors=True,
        slot_request=[0, 0],
        slot_start=[0, 600],
        slot_end=[60, 660],
        check_valid_until=[60, 660, 59, -1],
    )
    assert BackgroundCheck().allows(problem, 0).tolist() == [
        [True, True, False, False],
        [False, True, False, False],
    ]
    assert BackgroundCheck().facts(problem, 0, 0)["slots_refused"] == 1


def test_veto_tells_no_reason(four_pilots: FourPilots) -> None:
    problem = four_pilots(veto=[[True, False, False, True]])
    assert allowed(Veto(), problem) == [False, True, True, False]
    assert Veto().facts(problem, 0, 0) == {}


def test_availability_is_asked_slot_by_slot(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        slot_request=[0, 0], available=[[True, False, True, False], [True, True, False, False]]
    )
    assert Availability().allows(problem, 0).tolist() == problem.available.tolist()
    assert Availability().facts(problem, 0, 1) == {"slots": 2, "slots_refused": 1}


def test_double_booking_counts_the_buffer_and_not_the_touching_end(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        slot_start=600,
        slot_end=660,
        half_buffer=15,
        busy_pilot=[0, 1, 2, 3],
        busy_start=[500, 500, 675, 674],
        busy_end=[585, 586, 700, 700],
    )
    assert allowed(DoubleBooking(), problem) == [True, False, True, False]
    assert DoubleBooking().facts(problem, 0, 1) == {"half_buffer_minutes": 15, "slots": 1, "slots_refused": 1}


def test_remote_sessions_may_follow_each_other(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        remote=True,
        slot_start=600,
        slot_end=660,
        busy_pilot=[0, 0],
        busy_start=[540, 660],
        busy_end=[600, 720],
    )
    assert allowed(DoubleBooking(), problem) == [True] * 4


def test_double_booking_needs_no_buffer_at_the_same_address(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        slot_start=600,
        slot_end=660,
        half_buffer=15,
        busy_pilot=[0, 1, 2],
        busy_start=[540, 540, 540],
        busy_end=[600, 600, 601],
        busy_here=[True, False, True],
    )
    assert DoubleBooking().allows(problem, 0).tolist() == [[True, False, False, True]]


def test_double_booking_sees_a_session_that_contains_the_slot(four_pilots: FourPilots) -> None:
    problem = four_pilots(slot_start=600, slot_end=660, busy_pilot=[2], busy_start=0, busy_end=9000)
    assert allowed(DoubleBooking(), problem) == [True, True, False, True]


def test_capacity_may_be_filled_but_not_passed(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        slot_end=90, monthly_hours=[4.0, 4.0, np.inf, 0.0], committed_hours=[[2.5, 2.6, 99.0, 0.0]]
    )
    assert allowed(Capacity(), problem) == [True, False, True, False]
    assert Capacity().facts(problem, 0, 1) == {
        "committed_hours": 2.6,
        "session_hours": 1.5,
        "monthly_hours": 4.0,
        "slots": 1,
        "slots_refused": 1,
    }
    assert Capacity().facts(problem, 0, 2)["monthly_hours"] is None


def test_capacity_forgives_rounding_only(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        slot_end=12, committed_hours=0.1 + 0.0, monthly_hours=[0.3, 0.2999, 0.30000000001, 0.0]
    )
    assert allowed(Capacity(), problem) == [True, False, True, False]


def test_heavy_topics_may_fill_the_month_s_share_but_not_pass_it(four_pilots: FourPilots) -> None:
    months = {"heavy_per_month": [2.0, 2.0, np.inf, 0.0], "heavy_sessions": [[1, 2, 9, 0]]}
    problem = four_pilots(topic="conflict", heavy=True, **months)
    assert allowed(HeavyTopics(), problem) == [True, False, True, False]
    assert HeavyTopics().facts(problem, 0, 1) == {
        "topic": "conflict",
        "sessions": 2,
        "heavy_per_month": 2.0,
        "slots": 1,
        "slots_refused": 1,
    }
    assert HeavyTopics().facts(problem, 0, 2)["heavy_per_month"] is None
    assert allowed(HeavyTopics(), four_pilots(heavy=False, **months)) == [True] * 4


def test_heavy_topics_are_counted_in_the_month_of_each_slot(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        heavy=True, slot_request=[0, 0], heavy_per_month=1.0, heavy_sessions=[[1, 0, 1, 0], [0, 0, 1, 1]]
    )
    assert HeavyTopics().allows(problem, 0).tolist() == [
        [False, True, False, True],
        [True, True, False, False],
    ]
    assert HeavyTopics().facts(problem, 0, 0)["sessions"] == 0


REFUSING: dict[str, dict[str, Any]] = {
    "language": {"languages": ("kmr",), "required_level": [[4]], "level": [[0], [6], [6], [6]]},
    "german": {"required_german": 3, "german_level": [2, 6, 6, 6]},
    "reach": {"distance_km": [[9, 1, 1, 1]], "reach_km": 5.0},
    "topic": {"topic": "school", "topic_stance": [[-1, 0, 0, 0]]},
    "gender": {"gender_wanted": "m", "gender": ("f", "m", "m", "m")},
    "background_check": {"minors": True, "check_valid_until": [10, 99, 99, 99]},
    "veto": {"veto": [[True, False, False, False]]},
    "availability": {"available": [[False, True, True, True]]},
    "double_booking": {"busy_pilot": [0], "busy_start": 30, "busy_end": 45},
    "capacity": {"monthly_hours": [0.5, 9, 9, 9]},
    "heavy_topics": {
        "topic": "conflict",
        "heavy": True,
        "heavy_per_month": [1.0, 2.0, 2.0, 2.0],
        "heavy_sessions": 1,
    },
}


def test_every_constraint_has_a_refusing_instance() -> None:
    assert list(REFUSING) == [constraint.code for constraint in CONSTRAINTS]


@pytest.mark.parametrize("code", REFUSING)
def test_the_refused_pilot_is_left_out_with_plain_facts(four_pilots: FourPilots, code: str) -> None:
    problem = four_pilots(**REFUSING[code])
    ranking = rank(problem, 0)
    assert ranking.refused == {0: code}
    assert [candidate.pilot for candidate in ranking.candidates] == [1, 2, 3]
    (refusal,) = why(problem, 0, 0)
    assert refusal.code == code
    assert json.loads(json.dumps(refusal.facts)) == refusal.facts
    assert all(type(value) in (str, int, float, bool, list, type(None)) for value in refusal.facts.values())


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda constraint: constraint.code)
def test_facts_exist_for_pairs_that_are_not_refused_too(
    four_pilots: FourPilots, constraint: Constraint
) -> None:
    facts = constraint.facts(four_pilots(), 0, 3)
    assert json.loads(json.dumps(facts)) == facts
