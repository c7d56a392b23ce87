"""Requests come one by one and get a pilot at once: does ranking by value less bid price beat ranking by value?

The prices are learnt from plans of other weeks (other seeds, the same pilots), never from the stream itself. Both
rankings are measured against the plan that knows all requests, by its proven bound.
"""

from __future__ import annotations

from statistics import mean

import numpy as np
from numpy.typing import NDArray

from benchmarks.plan_baselines import Chosen, Diary, Worth, worth_of
from benchmarks.plan_town import LANGUAGES, Volunteers, demand, pairs, possible, volunteers
from benchmarks.rows import Row
from matching.assignment import assign
from matching.pairs import Pairs
from matching.prices import Prices

PILOTS_PER_REQUEST = 10
SEEDS = (31, 32, 33, 34, 35, 36)  # others than those the estimate was chosen on
WEEKS = 20  # of which prices are learnt
LEARNING_GAP, HINDSIGHT_GAP = 0.02, 0.001
POINTS = 1.3


def run(quick: bool) -> list[Row]:
    """O1: points of the hindsight optimum gained, the mean over seeds; and what it does to the seats filled."""
    requests = 200 if quick else 2_000
    points, plain_share, seats = [], [], []
    for seed in SEEDS[:2] if quick else SEEDS:
        stream, price, bound = _stream(requests, seed)
        plain, priced = taken_at_once(stream, np.zeros_like(price)), taken_at_once(stream, price)
        plain_share.append(plain.value / bound)
        points.append(100 * (priced.value - plain.value) / bound)
        seats.append(priced.seats / plain.seats)
        print(
            f"  online, seed {seed}: {100 * plain_share[-1]:.2f} % by value, {points[-1]:+.2f} points with prices, "
            f"{plain.seats} and {priced.seats} seats",
            flush=True,
        )
    points_wanted, seats_wanted = (None, None) if quick else (POINTS, 1.0)
    what = f"points of the hindsight optimum gained by prices, {requests:,} requests, {len(points)} seeds"
    return [
        Row("O1", what, mean(points), points_wanted, at_least=True),
        Row(
            "O1-fills",
            "seats filled: with prices / without, worst seed",
            min(seats),
            seats_wanted,
            at_least=True,
        ),
        Row("O1-least", "points gained, worst seed", min(points)),
        Row("O1-plain", "share of the hindsight optimum without prices", mean(plain_share)),
    ]


def _stream(requests: int, seed: int) -> tuple[Pairs, NDArray[np.float64], float]:
    """A week's requests as they come, the bid price of each pair, and what no plan of that week exceeds."""
    pilots = volunteers(requests * PILOTS_PER_REQUEST, seed, limited=True)
    earlier = [
        assign(_week(pilots, requests, 1_000 * seed + week), gap=LEARNING_GAP) for week in range(1, WEEKS + 1)
    ]
    stream = _week(pilots, requests, seed)
    bound = assign(stream, gap=HINDSIGHT_GAP).certificate.bound
    return stream, Prices.learn(earlier, _by_language(pilots)).of(stream), bound


def _week(pilots: Volunteers, requests: int, seed: int) -> Pairs:
    wanted = demand(requests, seed, pilots.side_km, flex=False)
    return pairs(pilots, wanted, possible(pilots, wanted))


def _by_language(pilots: Volunteers) -> NDArray[np.int64]:
    """[P] who is alike: those who share the most asked for language they speak."""
    alike = np.full(pilots.count, LANGUAGES)
    np.minimum.at(alike, pilots.spoken_by, pilots.cell_key // pilots.cells**2)
    return alike


def taken_at_once(pairs: Pairs, price: NDArray[np.float64]) -> Worth:
    """Request by request, seat by seat: whoever can and brings most after the price. Nobody is left for a price."""
    diary = Diary(pairs)
    first = np.searchsorted(pairs.request, np.arange(pairs.request_count + 1)).tolist()
    paid, chosen = price.tolist(), []
    for request in range(pairs.request_count):
        while able := [edge for edge in range(first[request], first[request + 1]) if not diary.refuses(edge)]:
            edge = max(able, key=lambda edge: diary.gain(edge) - paid[edge])
            diary.take(edge)
            chosen.append(edge)
    found: Chosen = np.array(chosen, np.int64)
    return worth_of(pairs, found)
