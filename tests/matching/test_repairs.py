"""Which repairs are proposed? Three pilots, nobody can come, and each kind of change brings somebody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching.changes import CHANGES, ByPhone, in_languages
from matching.feasibility import ENOUGH, FREE, SUITABLE, UNDERSTOOD, WITHIN_REACH, Draft, feasibility
from matching.problem import Problem
from matching.ranking import rank

MONDAY = 20_000  # an ordinal
SLOTS = {"slot_request": [0, 0, 0], "slot_start": [600, 660, 2100], "slot_end": [660, 720, 2160]}
DAYS = (MONDAY, MONDAY, MONDAY + 1)


def a_draft(asked: tuple[str, ...] = ("kmr",), unknown: frozenset[str] = frozenset(), **given: Any) -> Draft:
    """At B2 in Kurmanji, on the first of three slots; nobody is refused unless told."""
    values: dict[str, Any] = {
        "languages": ("kmr", "tr"),
        "required_level": [[4, 4]],
        "level": [[5, 0], [5, 0], [5, 0]],
        "distance_km": 10.0,
        "reach_km": 20.0,
        **SLOTS,
        **given,
    }
    problem = Problem.build(pilots=len(values["level"]), **values)
    return Draft(problem, asked=asked, wished=1, slot_day=DAYS, unknown=unknown)


def told(draft: Draft, *, exact: bool = True) -> list[tuple[list[tuple[str, Any]], int]]:
    """Each repair as its changes with their one fact, and the count."""
    return [
        ([(change.code, next(iter(change.facts.values()))) for change in repair.changes], repair.eligible)
        for repair in feasibility(draft, exact=exact).repairs
    ]


@pytest.mark.parametrize(
    ("given", "repairs"),
    [
        ({"level": [[3, 0], [2, 0], [1, 0]]}, [([("level", 3)], 1)]),
        ({"level": [[2, 0], [2, 0], [1, 0]]}, [([("level", 2)], 2)]),
        ({"level": [[1, 0], [1, 0], [1, 0]]}, []),  # A1 carries no talk
        ({"level": [[0, 5], [0, 4], [3, 3]]}, [([("language", "tr")], 2), ([("level", 3)], 1)]),
        ({"distance_km": 30.0}, [([("setting", "phone")], 3), ([("reach", 1.5)], 3)]),
        ({"distance_km": 30.1}, [([("setting", "phone")], 3)]),
        ({"gender_wanted": "f", "gender": ("m", "", "d")}, [([("gender", "f")], 3)]),
        (
            {"available": [[False] * 3, [True, True, False], [True, False, False]]},
            [([("time", 1)], 2), ([("time", 2)], 1)],
        ),
        ({"available": [[False] * 3, [False] * 3, [True] * 3]}, [([("time", 2)], 3)]),
        ({"veto": True}, []),
        ({"minors": True}, []),
        ({"topic_stance": -1}, []),
        ({"required_german": 3}, []),
        ({"monthly_hours": 0.5}, []),
    ],
)
def test_the_smallest_changes_that_help(given: dict[str, Any], repairs: list[Any]) -> None:
    draft = a_draft(**given)
    assert feasibility(draft, exact=True).eligible == 0
    assert told(draft) == repairs


def test_two_changes_only_where_no_single_one_helps() -> None:
    later = [[False] * 3, [False] * 3, [True, True, False]]
    both = a_draft(distance_km=90.0, available=later)
    assert told(both) == [([("setting", "phone"), ("time", 2)], 2)]
    one = a_draft(distance_km=[[90.0, 90.0, 10.0]], available=[[False] * 3, [False] * 3, [True] * 3])
    assert told(one) == [([("time", 2)], 1)]


def test_one_date_a_day_and_the_nearest_of_those_alike() -> None:
    starts = [600, 630, 660, 690, 2040, 2070, 3480, 4920]
    draft = Draft(
        Problem.build(
            pilots=4,
            slot_request=[0] * 8,
            slot_start=starts,
            slot_end=[start + 60 for start in starts],
            available=np.array([0, 1, 2, 3, 3, 4, 4, 1])[:, np.newaxis] > np.arange(4),
        ),
        asked=(),
        wished=1,
        slot_day=[1, 1, 1, 1, 2, 2, 3, 4],
    )
    # On the first day 3 beat 2 although later; on the second 3 and 4 are alike, so the earlier; three days at most.
    assert told(draft) == [([("time", 3)], 3), ([("time", 6)], 4), ([("time", 4)], 3)]
    assert told(draft, exact=False) == [([("time", 3)], 3), ([("time", 4)], 3), ([("time", 6)], 4)]


def test_one_more_helps_the_office_but_tells_a_stranger_too_much() -> None:
    draft = a_draft(level=[[5, 0]] * 4, distance_km=[[10.0, 10.0, 10.0, 90.0]])
    assert told(draft) == [([("setting", "phone")], 4)]
    assert told(draft, exact=False) == []  # three and four are one bucket
    assert feasibility(draft, exact=False).eligible == 3


def test_with_enough_candidates_nothing_needs_repair() -> None:
    nearly = a_draft(level=[[5, 0]] * ENOUGH + [[3, 0]], reach_km=[20.0] * (ENOUGH - 1) + [1.0, 20.0])
    assert told(nearly)
    assert told(a_draft(level=[[5, 0]] * ENOUGH + [[3, 0]])) == []


def test_what_nobody_has_typed_refuses_nobody() -> None:
    far_and_busy: dict[str, Any] = {"distance_km": np.nan, "available": False}
    nothing = feasibility(a_draft(**far_and_busy, unknown=frozenset({FREE, WITHIN_REACH})), exact=True)
    assert [step.code for step in nothing.steps] == [UNDERSTOOD, SUITABLE]
    assert nothing.eligible == 3

    no_place = feasibility(a_draft(distance_km=np.nan, unknown=frozenset({WITHIN_REACH})), exact=True)
    assert [step.code for step in no_place.steps] == [UNDERSTOOD, SUITABLE, FREE]
    no_time = a_draft(**far_and_busy, unknown=frozenset({FREE}))
    assert [step.code for step in feasibility(no_time, exact=True).steps] == [
        UNDERSTOOD,
        SUITABLE,
        WITHIN_REACH,
    ]
    assert told(no_time) == [([("setting", "phone")], 3)]


def test_the_waterfall_goes_from_what_a_pilot_is_to_how_far_she_comes() -> None:
    draft = a_draft(
        level=[[5, 0], [5, 0], [5, 0], [3, 0]],
        topic_stance=[[-1, 0, 0, 0]],
        available=[[True, False, True, True], [True] * 4, [True] * 4],
        distance_km=90.0,
    )
    assert feasibility(draft, exact=True).steps == (
        (UNDERSTOOD, 3),
        (SUITABLE, 2),
        (FREE, 1),
        (WITHIN_REACH, 0),
    )
    remote = feasibility(replace(draft, problem=ByPhone().apply(draft.problem)), exact=True)
    assert [step.code for step in remote.steps] == [UNDERSTOOD, SUITABLE, FREE]


def test_a_draft_is_one_request_with_its_dates() -> None:
    with pytest.raises(ValueError, match="one request"):
        Draft(Problem.build(pilots=1, requests=2), asked=(), wished=1, slot_day=[1, 1])
    for wrong in ({"wished": 0}, {"wished": 4}, {"slot_day": [1]}, {"asked": ("ckb",)}):
        with pytest.raises(ValueError, match=r"date|nothing"):
            replace(a_draft(), **wrong)


def test_each_kind_of_change_has_its_code() -> None:
    assert len({change.code for change in CHANGES}) == len(CHANGES)
    assert in_languages(a_draft().problem, ["tr"]).required_level.tolist() == [[0, 4]]


def test_by_phone_an_assignment_at_the_same_address_needs_its_way_home() -> None:
    problem = Problem.build(
        pilots=1,
        slot_request=[0],
        slot_start=[60],
        slot_end=[120],
        half_buffer=15,
        busy_pilot=[0],
        busy_start=[0],
        busy_end=[60],
        busy_buffer=[15],
        busy_here=True,
    )
    assert rank(problem, 0).eligible == 1
    assert rank(ByPhone().apply(problem), 0).eligible == 0
