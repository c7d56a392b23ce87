"""Does a linear program have the same optimum and prices that prove it, wherever the solver begins?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from matching import linear
from matching.linear import guessed_prices, optimum

SEEDS = st.integers(0, 2**32 - 1)


def program(seed: int) -> tuple[np.ndarray, csr_array, np.ndarray]:
    """Gains, limits and room, with equal gains, negative coefficients and room for nothing among them."""
    rng = np.random.default_rng(seed)
    variables, limits = int(rng.integers(1, 12)), int(rng.integers(1, 9))
    gain = rng.integers(-4, 9, variables) / 4
    matrix = csr_array(rng.choice([0.0, 0.0, 1.0, 2.0, -1.0], (limits, variables)))
    return gain, matrix, rng.integers(0, 4, limits).astype(np.float64)


@pytest.mark.parametrize("large", [0, linear.LARGE])
def test_shares_and_prices_prove_each_other_wherever_the_solver_begins(
    large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linear, "LARGE", large)
    for seed in range(150):
        gain, matrix, room = program(seed)
        found = optimum(gain, matrix, room)
        plain = linprog(-gain, A_ub=matrix, b_ub=room, bounds=(0, 1))
        assert gain @ found.share == pytest.approx(-plain.fun, abs=1e-9), seed
        assert (matrix @ found.share <= room + 1e-9).all(), seed
        assert found.prices.min() >= -1e-9, seed
        unpaid = np.maximum(gain - matrix.T @ found.prices, 0.0)
        assert found.prices @ room + unpaid.sum() == pytest.approx(-plain.fun, abs=1e-8), seed


@given(SEEDS)
def test_guessed_prices_are_no_worse_than_none_and_bound_every_choice(seed: int) -> None:
    gain, matrix, room = program(seed)
    price = guessed_prices(gain, matrix, room)
    bound = price @ room + np.maximum(gain - matrix.T @ price, 0.0).sum()
    assert price.min() >= 0.0
    assert bound <= gain[gain > 0].sum() + 1e-9
    assert bound >= gain @ optimum(gain, matrix, room).share - 1e-9
