"""Bid prices: time that was scarce in earlier plans is dear, idle time is free, newcomers cost what their like do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching.assignment import assign
from matching.pairs import Pairs
from matching.prices import Prices

MONDAY_10, TUESDAY_10 = 10 * 60, (24 + 10) * 60


def week(requests: int = 2, pilots: int = 3, **given: Any) -> Pairs:
    """Requests at Monday 10 o'clock whom pilot 0 alone could take; pilots 1 and 2 are possible in nothing."""
    given.setdefault("slot", np.arange(requests))
    given.setdefault("pilot", np.zeros(requests, dtype=np.int64))
    given.setdefault("slot_start", np.full(requests, MONDAY_10))
    given.setdefault("slot_end", np.asarray(given["slot_start"]) + 60)
    return Pairs.build(pilots=pilots, requests=requests, load=0.0, **given)


def asked(pilot: int, start: int) -> Pairs:
    """One pair to be priced."""
    return week(1, slot=[0], pilot=[pilot], slot_start=[start], slot_end=[start + 60])


def alike(*groups: int) -> np.ndarray:
    return np.array(groups, dtype=np.int64)


def test_time_two_requests_compete_for_is_dear_and_idle_time_is_less():
    prices = Prices.learn([assign(week())] * 4, alike(0, 1, 2))
    dear, idle = (float(prices.of(asked(0, start))[0]) for start in (MONDAY_10, TUESDAY_10))
    assert dear > idle > 0  # idle hours of a pilot in demand cost something: the steady half of the estimate
    assert float(prices.of(asked(1, MONDAY_10))[0]) == 0.0


def test_nothing_is_dear_where_nobody_competes():
    prices = Prices.learn([assign(week(1))], alike(0, 1, 2))
    assert prices.of(asked(0, MONDAY_10)) == pytest.approx([0.0])


def test_who_was_never_possible_costs_what_those_alike_cost_at_that_time():
    prices = Prices.learn([assign(week())] * 2, alike(0, 0, 1))
    newcomer, stranger = (float(prices.of(asked(pilot, MONDAY_10))[0]) for pilot in (1, 2))
    assert newcomer == pytest.approx(1.5)  # worth 1 x (fill 0.5 + score 1): what the request left out lost
    assert stranger == 0.0
    assert float(prices.of(asked(1, TUESDAY_10))[0]) == 0.0


def test_a_week_later_is_the_same_time():
    prices = Prices.learn([assign(week())], alike(0, 1, 2))
    later = asked(0, MONDAY_10 + 7 * 24 * 60)
    assert prices.of(later) == pytest.approx(prices.of(asked(0, MONDAY_10)))


def test_weeks_without_competition_lower_the_price():
    always = Prices.learn([assign(week())] * 2, alike(0, 1, 2))
    sometimes = Prices.learn([assign(week()), assign(week(1))], alike(0, 1, 2))
    assert 0 < sometimes.of(asked(0, MONDAY_10))[0] < always.of(asked(0, MONDAY_10))[0]


def test_prices_need_plans_of_the_same_pilots():
    with pytest.raises(ValueError, match="same pilots"):
        Prices.learn([], alike(0))
    with pytest.raises(ValueError, match="same pilots"):
        Prices.learn([assign(week())], alike(0, 1))
