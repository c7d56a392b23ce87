"""What bin/bench plan compares with: policies that keep the rules, a judge that sees broken ones, a second solver."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.plan_baselines import (
    BrokenPlan,
    broken_share,
    first_come,
    greedy,
    matched_without_times,
    worth_of,
)
from benchmarks.plan_milp import solve
from benchmarks.plan_town import demand, pairs, possible, volunteers
from benchmarks.rows import Row
from matching.assignment import assign
from matching.pairs import Pairs


def two_at_once(second_start: int = 90, site: Sequence[int] = (-1, -1), room_hours: float = 10.0) -> Pairs:
    """Two requests of an hour and one pilot who needs half an hour on each side."""
    return Pairs.build(
        pilots=1, requests=2, slot=[0, 1], pilot=[0, 0], score=[0.5, 1.0], slot_start=[0, second_start],
        slot_end=[60, second_start + 60], half_buffer=30, site=list(site), room_hours=[[room_hours]], load=0.2,
    )  # fmt: skip


@pytest.fixture(scope="module")
def town() -> Pairs:
    """A small week where pilots are short of hours and requests have several dates."""
    pilots = volunteers(600, 7, limited=True)
    wanted = demand(200, 7, pilots.side_km, flex=True)
    return pairs(pilots, wanted, possible(pilots, wanted))


def test_the_judge_refuses_two_sessions_without_time_for_the_way():
    with pytest.raises(BrokenPlan, match="at once"):
        worth_of(two_at_once(), [0, 1])
    assert worth_of(two_at_once(second_start=120), [0, 1]).seats == 2
    assert worth_of(two_at_once(site=(4, 4)), [0, 1]).seats == 2


def test_the_judge_refuses_more_hours_than_there_are_and_one_seat_taken_twice():
    with pytest.raises(BrokenPlan, match="hours"):
        worth_of(two_at_once(second_start=500, room_hours=1.5), [0, 1])
    with pytest.raises(BrokenPlan, match="seats"):
        worth_of(two_at_once(), [0, 0])


def test_the_judge_charges_the_second_session_of_a_pilot_for_fairness():
    worth = worth_of(two_at_once(second_start=500), [0, 1])
    assert worth.scores == pytest.approx(1.5)
    assert worth.value == pytest.approx(1.0 + 1.5 - 0.2 * (1 - np.log(1.5) / np.log(2)))


def test_first_come_takes_the_first_and_greedy_the_best():
    assert first_come(two_at_once(), np.array([0.5, 1.0])).tolist() == [0]
    assert greedy(two_at_once()).tolist() == [1]


def test_a_matching_that_sees_no_times_takes_what_nobody_can_keep():
    chosen = matched_without_times(two_at_once(), 2)
    assert sorted(chosen.tolist()) == [0, 1]
    assert broken_share(two_at_once(), chosen) == 0.5


def test_every_policy_keeps_the_rules_and_none_beats_the_plan(town: Pairs):
    plan = assign(town)
    assert worth_of(town, plan.chosen).value == pytest.approx(plan.value)
    for chosen in (first_come(town, town.score), greedy(town)):
        assert worth_of(town, chosen).value < plan.value


def test_the_second_solver_comes_to_the_same_value(town: Pairs):
    solved = solve(town)
    assert solved.value == pytest.approx(assign(town).value)
    assert worth_of(town, solved.chosen).value == pytest.approx(solved.value)


def test_edges_are_those_of_a_dense_search():
    pilots = volunteers(300, 3, limited=True)
    wanted = demand(60, 3, pilots.side_km, flex=True)
    edges = possible(pilots, wanted)
    speaks = np.zeros((300, 40), dtype=np.int64)
    speaks[pilots.spoken_by, pilots.cell_key // pilots.cells**2] = pilots.level
    expected = set()
    for slot, request in enumerate(wanted.slot_request.tolist()):
        day, minute = divmod(int(wanted.slot_start[slot]), 24 * 60)
        length = int(wanted.slot_end[slot] - wanted.slot_start[slot])
        bits = [(minute - 480) // 30 + n for n in range(length // 30)]
        for pilot in range(300):
            apart = np.hypot(*(pilots.place[pilot] - wanted.place[request]))
            if (
                speaks[pilot, wanted.language[request]] >= wanted.level[request]
                and (wanted.remote[request] or apart <= pilots.reach_km[pilot])
                and pilots.topics[pilot] & 1 << int(wanted.topic[request])
                and (pilots.woman[pilot] or not wanted.woman[request])
                and (pilots.cleared[pilot] or not wanted.clearance[request])
                and all(pilots.free[pilot, day] & 1 << bit for bit in bits)
                and pilots.room_hours[pilot] * 60 >= length
            ):
                expected.add((slot, pilot))
    assert set(zip(edges.slot.tolist(), edges.pilot.tolist(), strict=True)) == expected
    assert len(expected) > 20


def test_a_row_is_met_in_its_own_direction_and_never_by_what_is_no_number():
    assert Row("X", "", 0.9, 1.0).met and not Row("X", "", 1.1, 1.0).met
    assert Row("X", "", 1.1, 1.0, at_least=True).met and not Row("X", "", 0.9, 1.0, at_least=True).met
    assert not Row("X", "", float("nan"), 1.0).met and Row("X", "", float("nan")).met is None
