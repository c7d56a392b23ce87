"""Do regrets, runner-ups, prices and reasons equal plans made anew by the independent model?"""

from __future__ import annotations

import math
from typing import Any

import pytest

from matching.assignment import assign
from matching.overrides import (
    ALL_SEATS_TAKEN,
    FAIR_SHARE,
    MONTH_FULL,
    NOBODY_ELIGIBLE,
    OPEN_CODES,
    TAKEN_BY_OTHERS,
    price_of,
    regret_of,
    runner_up,
    scarce,
    why_open,
)
from matching.pairs import Pairs
from tests.matching.plan_instances import instance, optimum


@pytest.mark.parametrize("seed", range(40))
def test_the_regret_of_any_pair_is_what_the_plan_loses_by_it(seed: int) -> None:
    pairs = instance(seed)
    plan = assign(pairs)
    for pair in range(0, pairs.pair_count, 3):
        best = optimum(pairs, must=pair)
        expected = math.inf if best is None else plan.value - best
        assert regret_of(pairs, plan, pair) == pytest.approx(expected, abs=1e-6)
    for pair in plan.chosen.tolist():
        assert regret_of(pairs, plan, pair) == 0.0


@pytest.mark.parametrize("seed", range(100, 130))
def test_the_runner_up_is_the_other_pilot_the_plan_loses_least_by(seed: int) -> None:
    pairs = instance(seed)
    plan = assign(pairs)
    planned = {(int(pairs.request[pair]), int(pairs.pilot[pair])) for pair in plan.chosen}
    for chosen in plan.chosen.tolist():
        request, pilot = int(pairs.request[chosen]), int(pairs.pilot[chosen])
        own = [row for row in range(pairs.pair_count) if pairs.request[row] == request]
        never = tuple(row for row in own if pairs.pilot[row] == pilot)
        others = [row for row in own if (request, int(pairs.pilot[row])) not in planned]
        values = {row: optimum(pairs, must=row, never=never) for row in others}
        possible = {row: plan.value - value for row, value in values.items() if value is not None}
        found = runner_up(pairs, plan, chosen)
        if not possible:
            assert found == (None, None)
        else:
            assert found.regret == pytest.approx(min(possible.values()), abs=1e-6)
            assert possible[found.pair] == pytest.approx(found.regret, abs=1e-6)


@pytest.mark.parametrize("seed", range(200, 230))
def test_the_price_of_time_is_what_the_plan_loses_without_it(seed: int) -> None:
    pairs = instance(seed)
    plan = assign(pairs)
    for pilot in range(pairs.pilot_count):
        for start, end in ((0, 90), (60, 240), (200, 1000)):
            gone = tuple(
                row
                for row in range(pairs.pair_count)
                if pairs.pilot[row] == pilot
                and pairs.slot_start[pairs.slot[row]] - pairs.half_buffer[pairs.slot[row]] < end
                and pairs.slot_end[pairs.slot[row]] + pairs.half_buffer[pairs.slot[row]] > start
            )
            expected = plan.value - optimum(pairs, never=gone)
            assert price_of(pairs, plan, pilot, start, end) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("seed", range(300, 340))
def test_why_a_request_is_open_names_its_loss(seed: int) -> None:
    pairs = instance(seed, held=False)
    plan = assign(pairs)
    served = set(pairs.request[plan.chosen].tolist())
    for request in set(range(pairs.request_count)) - served:
        reason = why_open(pairs, plan, request)
        own = [row for row in range(pairs.pair_count) if pairs.request[row] == request]
        values = [value for row in own if (value := optimum(pairs, must=row)) is not None]
        assert reason.code in OPEN_CODES
        assert (reason.code == NOBODY_ELIGIBLE) == (not values)
        if values:
            assert reason.facts["loss"] == pytest.approx(plan.value - max(values), abs=1e-6)
            assert set(reason.facts["requests"]) <= served


def crowded(**changed: Any) -> Pairs:
    """Two requests at the same hour, one pilot for both, and another one who could take the second."""
    given_arrays: dict[str, Any] = {
        "pilots": 2, "requests": 2, "slot": [0, 1, 1], "pilot": [0, 0, 1], "score": [0.3, 0.9, 0.2], "load": 0.0,
    }  # fmt: skip
    return Pairs.build(**{**given_arrays, **changed})


def test_the_only_pilot_for_a_request_is_dear_to_take() -> None:
    pairs = crowded()
    plan = assign(pairs)
    assert plan.chosen.tolist() == [0, 2]
    dearest, other = scarce(pairs, plan, at_most=2)
    # Pilot 0 alone can take request 0; without her pilot 1 still takes request 1.
    assert dearest == pytest.approx((0, 0, 60, 0.8, 0))
    # Without pilot 1, pilot 0 would go to request 1 and leave request 0: 1.5 - 1.4 is what is left to lose.
    assert other == pytest.approx((1, 0, 60, 0.1, 1), abs=1e-9)
    assert scarce(pairs, plan, at_most=1) == [dearest]
    assert price_of(pairs, plan, 0, 60, 120) == 0.0


def test_scarce_time_is_priced_like_any_other() -> None:
    for seed in range(20):
        pairs = instance(seed, held=False)
        plan = assign(pairs)
        found = scarce(pairs, plan, at_most=3)
        assert [one.price for one in found] == sorted((one.price for one in found), reverse=True)
        for one in found:
            assert one.price == price_of(pairs, plan, one.pilot, one.start, one.end)


@pytest.mark.parametrize(
    ("changed", "code", "facts"),
    [
        ({"slot": [1], "pilot": [0], "score": 0.9}, NOBODY_ELIGIBLE, {"candidates": 0}),
        (
            {"slot": [0, 1], "pilot": 0, "score": [0.3, 0.9]},
            TAKEN_BY_OTHERS,
            {"candidates": 1, "requests": [1], "loss": 0.6},
        ),
        (
            {"slot": [0, 1], "pilot": 0, "score": [0.3, 0.9], "slot_start": [0, 600], "slot_end": [60, 660],
             "room_hours": [[1.0], [1.0]]},
            MONTH_FULL,
            {"candidates": 1, "requests": [1], "loss": 0.6},
        ),
        (
            {"slot": [0, 1], "pilot": 0, "score": [0.3, 0.9], "slot_start": [0, 600], "slot_end": [60, 660],
             "heavy": True, "room_heavy": [[1.0], [1.0]]},
            MONTH_FULL,
            {"candidates": 1, "requests": [1], "loss": 0.6},
        ),
        (
            {"slot": [0, 1], "pilot": 0, "score": [0.3, 0.9], "slot_start": [0, 600], "slot_end": [60, 660],
             "load": 10.0},
            FAIR_SHARE,
            {"candidates": 1, "requests": [1], "loss": 0.6},
        ),
    ],
)  # fmt: skip
def test_an_open_request_says_why(changed: dict[str, Any], code: str, facts: dict[str, Any]) -> None:
    pairs = crowded(**changed)
    reason = why_open(pairs, assign(pairs), 0)
    assert reason.code == code
    assert reason.facts == {"seats": 1, "planned": 0, **facts}


def test_a_request_with_all_its_seats_taken_says_so() -> None:
    pairs = crowded()
    assert why_open(pairs, assign(pairs), 1) == (ALL_SEATS_TAKEN, {"seats": 1, "planned": 1, "candidates": 1})


def test_a_seat_left_open_asks_for_the_same_date() -> None:
    # Two seats, two dates: both pilots could come, but on different days.
    pairs = Pairs.build(pilots=2, slot_request=[0, 0], slot=[0, 1], pilot=[0, 1], score=[0.9, 0.5], seats=2)
    plan = assign(pairs)
    assert plan.chosen.tolist() == [0]
    assert why_open(pairs, plan, 0).code == NOBODY_ELIGIBLE
