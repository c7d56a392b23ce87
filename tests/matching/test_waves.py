"""Does a wave ask as few as possible, stop by itself, keep the budget and explore no more than it may?"""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.delays import DelayCurve
from matching.waves import (
    ASKED,
    BUDGET,
    NOBODY_LEFT,
    PRICE,
    TARGET_MET,
    Pending,
    WaveChoice,
    WavePolicy,
    WavesError,
    next_wave,
    odds_of_count,
    silence,
    still_yes,
)

DELAY = DelayCurve()
EAGER = WavePolicy(price=0.0, exploration=0.0, budget=1000, at_most=100)
chances = st.lists(st.floats(0.0, 0.95), max_size=7)
pendings = st.lists(st.builds(Pending, st.floats(0.0, 0.9), st.floats(0.0, 60.0)), max_size=4)


def choose(chance: list[float], policy: WavePolicy = EAGER, **given: Any) -> WaveChoice:
    """The next wave among these, nobody asked before, far from the deadline, changed by what is given."""
    asked = given.pop("asked_this_week", [0] * len(chance))
    options = {"pending": [], "hours_left": math.inf, "delay": DELAY, "seed": 0} | given
    return next_wave(np.array(chance), np.array(asked, dtype=np.int64), policy=policy, **options)


def at_least(wanted: int, odds: list[float]) -> float:
    """P(at least `wanted` of independent yeses), by going through all outcomes."""
    total = 0.0
    for outcome in product((False, True), repeat=len(odds)):
        if sum(outcome) >= wanted:
            total += math.prod(p if yes else 1 - p for p, yes in zip(odds, outcome, strict=True))
    return total


@given(chances, pendings, st.integers(1, 3), st.floats(0.3, 0.97), st.floats(1.0, 90.0))
def test_no_smaller_set_reaches_the_target(
    chance: list[float], pending: list[Pending], wanted: int, target: float, hours_left: float
) -> None:
    policy = WavePolicy(target=target, price=0.0, exploration=0.0, at_most=100)
    choice = choose(chance, policy, pending=pending, wanted=wanted, hours_left=hours_left)
    waiting = still_yes(pending, DELAY, hours_left=hours_left).tolist()
    in_time = (np.array(chance) * DELAY.answered_by(hours_left)).tolist()

    def reached(rows: tuple[int, ...]) -> float:
        return at_least(wanted, waiting + [in_time[row] for row in rows])

    assert choice.chance_before == pytest.approx(reached(()))
    assert choice.chance == pytest.approx(reached(choice.asked))
    sets = [rows for size in range(len(chance) + 1) for rows in combinations(range(len(chance)), size)]
    enough = [len(rows) for rows in sets if reached(rows) >= target + 1e-9]
    if enough:
        assert len(choice.asked) <= min(enough)
        assert choice.chance >= target - 1e-9
    else:
        assert choice.chance == pytest.approx(max(map(reached, sets)))


def test_likeliest_first_and_no_more_than_needed() -> None:
    choice = choose([0.3, 0.8, 0.1, 0.6])
    assert choice.asked == (1, 3)
    assert (choice.chance_before, choice.chance) == (0.0, pytest.approx(0.92))
    assert (choice.reason, choice.next_minutes) == (ASKED, 120)


def test_equal_chances_go_to_whom_we_asked_less() -> None:
    assert choose([0.5, 0.5, 0.5, 0.5], asked_this_week=[2, 0, 1, 0]).asked == (1, 3, 2, 0)


def test_asking_stops_by_itself_when_those_asked_are_enough() -> None:
    choice = choose([0.9], pending=[Pending(0.7, 0.0), Pending(0.7, 0.0)])
    assert (choice.asked, choice.reason, choice.next_minutes) == ((), TARGET_MET, 120)
    assert choose([0.9], wanted=0)[0::4] == ((), None)


def test_silence_brings_the_asking_back() -> None:
    waited = [Pending(0.7, 24.0), Pending(0.7, 24.0)]
    assert choose([0.9], pending=waited).asked == (0,)


def test_a_message_must_be_worth_its_price() -> None:
    policy = WavePolicy(price=0.2, target=0.99, exploration=0.0)
    choice = choose([0.5, 0.5, 0.5], policy, hours_left=500.0)
    assert choice.asked == (0, 1)  # the third adds 0.125 to the expected number of filled seats
    alone = choose([0.15], policy, hours_left=500.0)
    assert (alone.asked, alone.reason, alone.next_minutes) == ((), PRICE, 120)
    assert choose([0.15], policy, hours_left=20.0).asked == (
        0,
    )  # near the deadline it is worth up to three times


def test_a_second_seat_is_worth_as_much_as_the_first() -> None:
    policy = WavePolicy(price=0.3, exploration=0.0)
    assert choose([0.5] * 4, policy, wanted=1).asked == (0,)
    assert choose([0.5] * 4, policy, wanted=2).asked == (0, 1, 2)


def test_the_budget_holds_even_when_nobody_else_is_left() -> None:
    policy = WavePolicy(price=0.0, budget=2, exploration=0.5)
    choice = choose([0.9, 0.8, 0.3], policy, asked_this_week=[2, 3, 1], seed=4)
    assert choice.asked == (2,)
    alone = choose([0.9], policy, asked_this_week=[2])
    assert (alone.asked, alone.reason, alone.next_minutes) == ((), BUDGET, 120)


def test_with_nobody_left_or_no_time_there_is_no_next_look() -> None:
    assert choose([])[0::4] == ((), None)
    assert choose([]).reason == NOBODY_LEFT
    assert choose([0.9], hours_left=0.0)[4:] == (None, NOBODY_LEFT)
    assert choose([0.2, 0.1]).next_minutes is None  # all were asked now


def test_the_next_look_is_no_later_than_the_deadline() -> None:
    assert choose([0.2] * 5, WavePolicy(at_most=1), hours_left=0.5).next_minutes == 30
    assert choose([0.2] * 5, WavePolicy(at_most=1), hours_left=50.0).next_minutes == 120


def test_one_wave_is_no_larger_than_allowed() -> None:
    assert len(choose([0.1] * 30, WavePolicy(price=0.0, at_most=4)).asked) == 4


@given(
    st.lists(st.floats(0.01, 0.6), min_size=1, max_size=12, unique=True), st.integers(0, 500), st.randoms()
)
def test_permuting_candidates_permutes_the_answer(chance: list[float], seed: int, random: Any) -> None:
    policy = WavePolicy(price=0.02, exploration=0.3)
    order = list(range(len(chance)))
    random.shuffle(order)
    known = np.arange(float(len(chance)))
    here = choose(chance, policy, seed=seed, evidence=known)
    there = choose([chance[row] for row in order], policy, seed=seed, evidence=known[order])
    assert tuple(order[row] for row in there.asked) == here.asked
    assert {order[row] for row in there.explored} == here.explored


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3])
def test_exploration_keeps_to_its_share(share: float) -> None:
    policy = WavePolicy(price=0.0, target=1.0, exploration=share, at_most=5)
    chance, known = [0.4] * 5 + [0.3] * 15, np.array([50.0] * 5 + [0.0] * 15)
    waves = [choose(chance, policy, seed=seed, evidence=known) for seed in range(1000)]
    explored = [len(wave.explored) for wave in waves]
    assert max(explored) <= math.ceil(share * 5)
    assert sum(explored) <= share * 5000 * 1.1
    assert (sum(explored) > share * 5000 * 0.5) == (share > 0)
    assert all(wave.explored <= set(wave.asked) for wave in waves)


def test_exploration_prefers_those_we_know_little_of() -> None:
    policy = WavePolicy(price=0.0, exploration=0.5, at_most=2)
    known = np.array([200.0] * 11 + [0.0] * 10)
    waves = [choose([0.4] + [0.3] * 20, policy, seed=seed, evidence=known) for seed in range(300)]
    unknown = [row >= 11 for wave in waves for row in wave.explored]
    assert len(unknown) > 100
    assert np.mean(unknown) > 0.8


def test_the_same_seed_asks_the_same_people() -> None:
    policy = WavePolicy(price=0.0, exploration=0.5, at_most=4)
    answers = {choose([0.3] * 20, policy, seed=seed).asked for seed in (3, 3, 3)}
    assert len(answers) == 1
    assert len({choose([0.3] * 20, policy, seed=seed).asked for seed in range(20)}) > 5


def test_silence_against_drawn_answers() -> None:
    pending = [Pending(0.6, 3.0), Pending(0.3, 10.0), Pending(0.8, 0.5)]
    hours_left, draws = 5.0, 200_000
    rng = np.random.default_rng(0)
    nobody = np.ones(draws, dtype=bool)
    for chance, hours in pending:
        # Of those who have said nothing for `hours`, only a yes that is still to come counts.
        drawn = rng.random(6 * draws) < chance
        delay = DELAY.median_hours * np.exp(DELAY.spread * rng.normal(size=6 * draws))
        silent = ~drawn | (delay > hours)
        comes = (drawn & (delay <= hours + hours_left))[silent][:draws]
        assert len(comes) == draws
        nobody &= ~comes
    assert silence(pending, DELAY, hours_left=hours_left) == pytest.approx(nobody.mean(), abs=0.004)


def test_silence_at_its_ends() -> None:
    assert silence([], DELAY) == 1.0
    assert silence([Pending(0.4, 0.0)], DELAY) == pytest.approx(0.6)
    assert silence([Pending(0.4, 0.0)], DELAY, hours_left=0.0) == 1.0
    assert silence([Pending(1.0, 1e300)], DELAY) == 1.0


@given(st.lists(st.floats(0, 1), max_size=6), st.integers(0, 4))
def test_odds_of_a_count_are_those_of_all_outcomes(odds: list[float], most: int) -> None:
    counted = odds_of_count(odds, most)
    assert sum(counted) == pytest.approx(1.0)
    assert counted[most] == pytest.approx(at_least(most, odds))


@pytest.mark.parametrize(
    "rules",
    [{"target": 1.2}, {"price": -0.1}, {"budget": 0}, {"budget": 2.5}, {"exploration": 0.9}, {"at_most": 0},
     {"interval_minutes": True}, {"price": float("nan")}, {"patience": 3}],
)  # fmt: skip
def test_rules_that_mean_nothing_are_refused(rules: dict[str, Any]) -> None:
    with pytest.raises(WavesError):
        WavePolicy.from_dict(rules)


def test_rules_are_stored_and_read() -> None:
    policy = WavePolicy(price=0.2, budget=5)
    assert WavePolicy.from_dict(policy.to_dict()) == policy


def test_arrays_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(WavesError):
        choose([0.5], asked_this_week=[0, 0])
    with pytest.raises(WavesError):
        choose([1.5])
    with pytest.raises(WavesError):
        choose([0.5], pending=[Pending(-0.1, 2.0)])
