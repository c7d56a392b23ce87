"""Small joint plans of every kind, and their optimum by a model written from the definition alone."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.pairs import Pairs


def arrays(seed: int, *, held: bool = True) -> dict[str, Any]:
    """What Pairs.build needs for a crowded instance: few pilots, short days, so that everything binds."""
    rng = np.random.default_rng(seed)
    requests, pilots = int(rng.integers(1, 8)), int(rng.integers(1, 6))
    slot_request = np.repeat(np.arange(requests), rng.integers(1, 4, requests))
    slots = len(slot_request)
    possible = rng.random((slots, pilots)) < rng.choice([0.3, 0.7, 1.0])
    slot, pilot = np.nonzero(possible)
    start = rng.integers(0, int(rng.choice([6, 16])), slots) * 30
    return {
        "pilots": pilots,
        "requests": requests,
        "slot_request": slot_request,
        "slot": slot,
        "pilot": pilot,
        "score": rng.choice([rng.random(len(slot)), rng.integers(0, 5, len(slot)) / 4]),
        "slot_start": start,
        "slot_end": start + rng.choice([30, 60, 90], slots),
        "half_buffer": rng.choice([0, 15, 30], slots),
        "site": rng.integers(-1, int(rng.choice([1, 3])), slots),
        "seats": rng.choice([1, 1, 1, 2, 3], requests),
        "worth": rng.choice([1.0, 1.0, 1.5, 2.25], requests),
        "heavy": rng.random(requests) < 0.4,
        "month": (start > 200).astype(np.int64),
        "room_hours": rng.choice([1.0, 2.1, 3.5, np.inf], (pilots, 2), p=[0.1, 0.2, 0.2, 0.5]),
        "room_heavy": rng.choice([0.0, 1.0, 2.0, np.inf], (pilots, 2), p=[0.1, 0.2, 0.2, 0.5]),
        "recent_sessions": rng.integers(0, 6, pilots),
        "load": float(rng.choice([0.0, 0.2, 1.0, 5.0])),
        "held": (rng.random(len(slot)) < 0.1) & held,
    }


def instance(seed: int, *, held: bool = True, **changed: Any) -> Pairs:
    """The pairs of arrays(seed), changed."""
    return Pairs.build(**{**arrays(seed, held=held), **changed})


def exclude(p: Pairs, one: int, other: int) -> bool:
    """Could one pilot not take both slots? Half-open, with the travel buffers but at one address."""
    here = p.site[one] >= 0 and p.site[one] == p.site[other]
    buffer = 0 if here else int(p.half_buffer[one] + p.half_buffer[other])
    return bool(
        p.slot_start[one] < p.slot_end[other] + buffer and p.slot_start[other] < p.slot_end[one] + buffer
    )


def penalty(p: Pairs, pilot: int, k: int) -> float:
    """What load_spread would have lost by the k - 1 sessions before the k-th."""
    recent = int(p.recent_sessions[pilot])

    def gain(n: int) -> float:
        return math.log(1 + 1 / (1 + n), 2)

    return p.load * (gain(recent) - gain(recent + k - 1))


def worth_of(p: Pairs, chosen: list[int]) -> float:
    """The plan's value by its definition."""
    sessions: dict[int, int] = defaultdict(int)
    total = 0.0
    for pair in chosen:
        pilot = int(p.pilot[pair])
        sessions[pilot] += 1
        total += float(p.value[pair]) - penalty(p, pilot, sessions[pilot])
    return total


def broken_rules(p: Pairs, chosen: list[int]) -> list[str]:
    """Every rule a plan breaks, by name."""
    broken = []
    for place, one in enumerate(chosen):
        for other in chosen[place + 1 :]:
            a, b = int(p.slot[one]), int(p.slot[other])
            if p.slot_request[a] == p.slot_request[b]:
                if a != b:
                    broken.append("two dates")
                if p.pilot[one] == p.pilot[other]:
                    broken.append("twice in one request")
            elif p.pilot[one] == p.pilot[other] and exclude(p, a, b):
                broken.append("two places at once")
    for request in range(p.request_count):
        if sum(int(p.slot_request[p.slot[pair]]) == request for pair in chosen) > p.seats[request]:
            broken.append("seats")
    hours, heavy = np.zeros_like(p.room_hours), np.zeros_like(p.room_heavy)
    for pair in chosen:
        slot = int(p.slot[pair])
        hours[p.pilot[pair], p.month[slot]] += (p.slot_end[slot] - p.slot_start[slot]) / 60
        heavy[p.pilot[pair], p.month[slot]] += p.heavy[p.slot_request[slot]]
    if (hours > p.room_hours + 1e-9).any():
        broken.append("hours")
    if (heavy > p.room_heavy).any():
        broken.append("heavy sessions")
    return broken


def optimum(p: Pairs, must: int | None = None, never: tuple[int, ...] = ()) -> float | None:
    """The best value of any plan by a plain MIP; None where `must` cannot be."""
    pairs, slots = range(p.pair_count), range(len(p.slot_request))
    sessions = [(pilot, k) for pilot in range(p.pilot_count) for k in range(1, p.request_count + 1)]
    size = p.pair_count + len(slots) + len(sessions)
    rows: list[tuple[dict[int, float], float]] = []
    date = {slot: p.pair_count + slot for slot in slots}
    for request in range(p.request_count):
        dates = [slot for slot in slots if p.slot_request[slot] == request]
        rows.append(({date[slot]: 1.0 for slot in dates}, 1.0))
        for slot in dates:
            at = {pair: 1.0 for pair in pairs if p.slot[pair] == slot}
            rows.append(({**at, date[slot]: -float(p.seats[request])}, 0.0))
        for pilot in range(p.pilot_count):
            own = [pair for pair in pairs if p.slot[pair] in dates and p.pilot[pair] == pilot]
            rows.append((dict.fromkeys(own, 1.0), 1.0))
    for one in pairs:
        for other in range(one):
            if p.pilot[one] == p.pilot[other] and exclude(p, int(p.slot[one]), int(p.slot[other])):
                rows.append(({one: 1.0, other: 1.0}, 1.0))
    for pilot in range(p.pilot_count):
        own = [pair for pair in pairs if p.pilot[pair] == pilot]
        level = {
            p.pair_count + len(slots) + i: -1.0 for i, (whose, _) in enumerate(sessions) if whose == pilot
        }
        rows.append(({**dict.fromkeys(own, 1.0), **level}, 0.0))
        for month in range(p.room_hours.shape[1]):
            in_month = [pair for pair in own if p.month[p.slot[pair]] == month]
            hours = {
                pair: float(p.slot_end[p.slot[pair]] - p.slot_start[p.slot[pair]]) / 60 for pair in in_month
            }
            if np.isfinite(p.room_hours[pilot, month]):
                rows.append((hours, float(p.room_hours[pilot, month]) + 1e-9))
            if np.isfinite(p.room_heavy[pilot, month]):
                heavy = {pair: float(p.heavy[p.slot_request[p.slot[pair]]]) for pair in in_month}
                rows.append((heavy, float(p.room_heavy[pilot, month])))
    matrix = np.zeros((len(rows), size))
    for row, (sizes, _) in enumerate(rows):
        matrix[row, list(sizes)] = list(sizes.values())
    least, most = np.zeros(size), np.ones(size)
    most[list(never)] = 0.0
    if must is not None:
        least[must] = 1.0
    gain = np.concatenate([p.value, np.zeros(len(slots)), [-penalty(p, *level) for level in sessions]])
    found = milp(
        -gain,
        integrality=np.ones(size),
        bounds=Bounds(least, most),
        constraints=LinearConstraint(matrix, ub=[room for _, room in rows]),
        options={"mip_rel_gap": 0.0},
    )
    if found.status == 2:
        return None
    assert found.status == 0, found.message
    return worth_of(p, [pair for pair in pairs if found.x[pair] > 0.5])
