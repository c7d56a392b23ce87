"""Does the plan keep its promises on any instance, and does its certificate catch a plan that is not the best?"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.assignment import BRANCH_AND_BOUND, LINEAR_PROGRAM, assign
from matching.certificate import Certificate
from matching.pairs import Demand, Pairs, joined, pairs_of
from matching.plan_weights import PlanWeights
from matching.problem import ProblemError
from matching.ranking import rank
from matching.weights import Weights
from tests.matching.plan_instances import arrays, broken_rules, instance, optimum
from tests.matching.test_properties import problems, refusals

SEEDS = st.integers(0, 2**32 - 1)


def chosen_of(pairs: Pairs) -> list[tuple[int, int]]:
    """(slot, pilot) of the plan."""
    chosen = assign(pairs).chosen
    return list(zip(pairs.slot[chosen].tolist(), pairs.pilot[chosen].tolist(), strict=True))


@given(problems(min_pilots=1), SEEDS)
def test_nothing_excluded_is_proposed(problem: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    demand = Demand.build(problem, seats=rng.integers(1, 3, problem.request_count))
    pairs = pairs_of(problem, demand, Weights(), PlanWeights())
    for slot, pilot in chosen_of(pairs):
        assert refusals(problem, int(problem.slot_request[slot]), pilot, slot) == set()


@given(SEEDS)
def test_no_rule_is_broken_and_the_proof_is_complete(seed: int) -> None:
    pairs = instance(seed)
    plan = assign(pairs)
    assert broken_rules(pairs, plan.chosen.tolist()) == []
    assert plan.certificate.gap <= 1e-9


@given(SEEDS)
def test_the_order_of_anything_leaves_the_value(seed: int) -> None:
    given_arrays = arrays(seed)
    rng = np.random.default_rng(seed)
    value = assign(Pairs.build(**given_arrays)).value
    shuffled = dict(given_arrays)
    pairs = rng.permutation(len(given_arrays["slot"]))
    slots = rng.permutation(len(given_arrays["slot_request"]))
    requests = rng.permutation(given_arrays["requests"])
    pilots = rng.permutation(given_arrays["pilots"])
    for name in ("slot", "pilot", "score", "held"):
        shuffled[name] = shuffled[name][pairs]
    for name in ("slot_request", "slot_start", "slot_end", "half_buffer", "site", "month"):
        shuffled[name] = shuffled[name][slots]
    for name in ("seats", "worth", "heavy"):
        shuffled[name] = shuffled[name][requests]
    for name in ("room_hours", "room_heavy", "recent_sessions"):
        shuffled[name] = shuffled[name][pilots]
    shuffled["slot"] = np.argsort(slots)[shuffled["slot"]]
    shuffled["slot_request"] = np.argsort(requests)[shuffled["slot_request"]]
    shuffled["pilot"] = np.argsort(pilots)[shuffled["pilot"]]
    assert assign(Pairs.build(**shuffled)).value == pytest.approx(value, abs=1e-9)


@given(SEEDS)
def test_the_order_of_the_pairs_leaves_the_plan(seed: int) -> None:
    pairs = instance(seed)
    order = np.random.default_rng(seed).permutation(pairs.pair_count)
    assert sorted(chosen_of(pairs.taken(order))) == sorted(chosen_of(pairs))


@given(SEEDS)
def test_adding_a_pilot_never_lowers_the_optimum(seed: int) -> None:
    pairs = instance(seed, held=False)
    added = seed % pairs.pilot_count
    without = pairs.taken(np.flatnonzero(pairs.pilot != added))
    assert assign(pairs).value >= assign(without).value - 1e-9


@given(SEEDS)
def test_what_is_held_stays_when_others_come(seed: int) -> None:
    given_arrays = arrays(seed, held=False)
    pairs = Pairs.build(**given_arrays)
    first = np.random.default_rng(seed).random(pairs.request_count) < 0.5
    early = pairs.taken(np.flatnonzero(first[pairs.request]))
    planned = chosen_of(early)
    held = [pair in planned for pair in zip(pairs.slot.tolist(), pairs.pilot.tolist(), strict=True)]
    later = Pairs.build(**{**given_arrays, "held": np.array(held, dtype=np.bool_)})
    assert set(planned) <= set(chosen_of(later))


def test_without_hold_a_better_request_takes_the_pilot() -> None:
    given_arrays: dict[str, Any] = {
        "pilots": 1, "requests": 2, "slot": [0, 1], "pilot": 0, "score": [0.4, 0.9], "held": [True, False],
    }  # fmt: skip
    assert assign(Pairs.build(**given_arrays)).chosen.tolist() == [0]
    assert assign(Pairs.build(**given_arrays, hold=0.0)).chosen.tolist() == [1]


@given(problems(min_pilots=1))
def test_the_plan_of_a_single_request_is_the_first_of_its_ranking(problem: Any) -> None:
    if problem.request_count > 1:
        return
    each = np.arange(problem.slot_count)  # a random problem's months contradict each other otherwise
    demand = Demand.build(problem, month=each, room_hours=np.full((problem.pilot_count, len(each)), np.inf))
    pairs = pairs_of(problem, demand, Weights(), PlanWeights())
    best = rank(problem, 0, limit=1).candidates
    plan = assign(pairs)
    assert pairs.pilot[plan.chosen].tolist() == [candidate.pilot for candidate in best]
    assert pairs.score[plan.chosen].tolist() == pytest.approx([candidate.score for candidate in best])
    for candidate, slot in zip(best, pairs.slot[plan.chosen].tolist(), strict=True):
        assert slot == candidate.slots[0]


def test_both_ways_of_solving_are_used() -> None:
    methods = Counter(assign(instance(seed)).certificate.method for seed in range(60))
    assert methods[LINEAR_PROGRAM] > methods[BRANCH_AND_BOUND] > 3


def test_an_odd_cycle_is_split_by_the_linear_program_and_proven_by_search() -> None:
    # Pilot 0: request 0 takes the whole morning, 1 and 2 one half each. Pilot 1: one hour, for 1 or 2.
    # So five pairs stand in a ring of exclusions: each could be taken by half, but only two of them whole.
    pairs = Pairs.build(
        pilots=2,
        requests=3,
        slot=[0, 1, 2, 1, 2],
        pilot=[0, 0, 0, 1, 1],
        score=1.0,
        slot_start=[0, 0, 60],
        slot_end=[120, 60, 120],
        room_hours=[[np.inf], [1.0]],
        load=0.0,
    )
    plan = assign(pairs)
    assert plan.certificate.method == BRANCH_AND_BOUND
    assert plan.value == pytest.approx(3.0)
    assert plan.prices.bound == pytest.approx(3.75)  # what the split plan would be worth
    assert plan.certificate.gap <= 1e-9


def test_a_plan_that_is_not_the_best_shows_a_gap() -> None:
    shown = 0
    for seed in range(60):
        pairs = instance(seed)
        plan = assign(pairs)
        market = plan.prices
        if not plan.chosen.size or plan.certificate.method != LINEAR_PROGRAM:
            continue
        worse = market.value(np.argsort(market.order)[plan.chosen[1:]])
        lacking = Certificate(LINEAR_PROGRAM, worse, market.bound)
        # Also the bound itself is no accident: it is the optimum of an independent model.
        assert market.bound == pytest.approx(optimum(pairs), abs=1e-6)
        assert lacking.gap > 1e-3
        shown += 1
    assert shown > 30


def test_a_plan_above_its_bound_is_an_error() -> None:
    with pytest.raises(ArithmeticError, match="exceeds"):
        Certificate(LINEAR_PROGRAM, 2.0, 1.0)


def test_among_equals_the_lower_rows_are_taken() -> None:
    pairs = Pairs.build(pilots=3, slot_request=[0, 0], slot=[0, 0, 1, 1], pilot=[2, 1, 2, 1], score=0.5)
    assert chosen_of(pairs) == [(0, 1)]


def test_nothing_to_plan_is_a_plan() -> None:
    plan = assign(Pairs.build(pilots=0, requests=2))
    assert (plan.chosen.tolist(), plan.value, plan.certificate.gap) == ([], 0.0, 0.0)


@settings(max_examples=40)
@given(SEEDS)
def test_offices_planned_together_share_their_pilots(seed: int) -> None:
    calm: dict[str, Any] = {"load": 0.3, "recent_sessions": 0}
    one, other = (instance(number, held=False, **calm) for number in (seed, seed + 1))
    apart = [np.arange(one.pilot_count), one.pilot_count + np.arange(other.pilot_count)]
    together = joined([one, other], apart)
    assert together.pilot_count == one.pilot_count + other.pilot_count
    assert assign(together).value == pytest.approx(assign(one).value + assign(other).value, abs=1e-8)
    shared = joined([one, other], [np.arange(one.pilot_count), np.arange(other.pilot_count)])
    plan = assign(shared)
    assert broken_rules(shared, plan.chosen.tolist()) == []
    assert plan.value <= assign(together).value + 1e-8  # one person cannot do more than two
    assert plan.value == pytest.approx(optimum(shared), abs=1e-6)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"slot": [0, 5]}, "slot points to row 5 of 2"),
        ({"pilot": [0, 3]}, "pilot points to row 3 of 2"),
        ({"slot": [1, 1], "pilot": [1, 1]}, "make one pair only"),
        ({"score": [0.1, np.nan]}, "score holds NaN"),
        ({"seats": 0}, "seats must lie between 1"),
        ({"slot_end": 0}, "must end after it starts"),
        ({"load": -1.0}, "load must be a number"),
        ({"colour": 1}, "has no colour"),
    ],
)
def test_pairs_that_mean_nothing_are_refused(changed: dict[str, Any], message: str) -> None:
    given_arrays: dict[str, Any] = {"pilots": 2, "requests": 2, "slot": [0, 1], "pilot": [0, 1]}
    with pytest.raises(ProblemError, match=message):
        Pairs.build(**{**given_arrays, **changed})
