"""What are the best shares and the prices of a packing program, found faster than from scratch?

SciPy passes no first basis to HiGHS, but a program can be written so that the solver's own beginning is a good
one. With guessed prices y, `gain @ x` is `(gain - y @ matrix) @ x - y @ slack` but for a constant: the simplex
method, which begins with every variable at the bound its cost prefers, begins where the guess leaves it, and
repairs only the limits that are not met there. Any guess gives the same optimum.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack

Floats = NDArray[np.float64]

LARGE = 3_000  # variables from which a guess costs less than it saves
STEPS = 40  # of the guess
FIRST_STEP = 0.25  # of a usual gain
SHRINKS = 0.94
TOLERANCE = {"dual_feasibility_tolerance": 1e-9, "primal_feasibility_tolerance": 1e-9}


class SolverError(RuntimeError):
    """HiGHS gave no optimum, though taking nothing is always possible."""


class Optimum(NamedTuple):
    """The shares, and what one more unit of each limit would be worth."""

    share: Floats
    prices: Floats


def optimum(gain: Floats, matrix: csr_array, room: Floats) -> Optimum:
    """Maximise gain @ x over matrix @ x <= room, 0 <= x <= 1, where room >= 0; raises SolverError."""
    if len(gain) < LARGE:
        return _from(np.zeros(len(room)), gain, matrix, room)
    return _from(guessed_prices(gain, matrix, room), gain, matrix, room)


def guessed_prices(gain: Floats, matrix: csr_array, room: Floats) -> Floats:
    """Prices at which about as much is wanted as there is: dearer where too much is, by smaller and smaller steps."""
    demand = matrix.T.tocsr()
    step = FIRST_STEP * float(np.median(gain[gain > 0]) if (gain > 0).any() else 0.0)
    price, best, least = np.zeros(len(room)), np.zeros(len(room)), np.inf
    for _ in range(STEPS):
        net = gain - demand @ price
        wanted = net > 0
        bound = float(price @ room + net[wanted].sum())
        if bound < least:
            best, least = price, bound
        price = np.maximum(price + step * np.clip(matrix @ wanted.astype(np.float64) - room, -1.0, 1.0), 0.0)
        step *= SHRINKS
    return best


def _from(guess: Floats, gain: Floats, matrix: csr_array, room: Floats) -> Optimum:
    """The optimum, beginning at these prices."""
    paid, free = np.flatnonzero(guess > 0), np.flatnonzero(guess <= 0)
    slack = np.array([[0.0, np.inf]]).repeat(len(paid), axis=0)
    found = linprog(
        np.concatenate([matrix.T @ guess - gain, guess[paid]]),
        A_ub=hstack([matrix[free], csr_array((len(free), len(paid)))], format="csr"),
        b_ub=room[free],
        A_eq=hstack([matrix[paid], eye_array(len(paid), format="csr")], format="csr"),
        b_eq=room[paid],
        bounds=np.concatenate([np.array([[0.0, 1.0]]).repeat(len(gain), axis=0), slack]),
        method="highs-ds",
        options={**TOLERANCE, "presolve": len(gain) < LARGE},
    )
    if found.status != 0:
        raise SolverError(found.message)
    prices = guess.copy()
    prices[free] = -found.ineqlin.marginals
    prices[paid] -= found.eqlin.marginals
    return Optimum(found.x[: len(gain)], prices)
