"""How much of a month can each pilot still give, said so that a linear program does not split sessions?

The limit itself, `hours of all @ x <= room`, lets a program take two thirds of a session. Two families that
follow from it for whole sessions leave little of that: of the sessions of at least a certain length no more
than the shortest of them that fit; and one session together with all those too long to stand beside it is one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from matching.cliques import spread
from matching.pairs import Pairs

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

ROUNDING = 1e-6  # minutes: 0.1 + 0.2 hours must fit into 0.3


def month_rows(pairs: Pairs) -> tuple[csr_array, Floats]:
    """(rows, room) of `rows @ x <= room`: [limits, E], wherever all possible pairs would exceed the month."""
    minutes = (pairs.slot_end - pairs.slot_start)[pairs.slot]
    parts = [
        *_of(pairs, minutes, np.floor(pairs.room_hours * 60 + ROUNDING)),
        *_of(pairs, pairs.heavy[pairs.request].astype(np.int64), np.floor(pairs.room_heavy + ROUNDING)),
    ]
    return vstack([rows for rows, _ in parts], format="csr"), np.concatenate([room for _, room in parts])


def _of(pairs: Pairs, size: Rows, room: Floats) -> list[tuple[csr_array, Floats]]:
    place = pairs.pilot * room.shape[1] + pairs.month[pairs.slot]
    binding = np.bincount(place, size, room.size) > room.ravel()
    items = np.flatnonzero(binding[place] & (size > 0))
    items = items[np.lexsort((-size[items], place[items]))]  # the longest of each month first
    size, place = size[items], place[items]
    group = np.cumsum(binding)[place] - 1
    limit = room.ravel()[binding].astype(np.int64)
    begins = np.searchsorted(group, np.arange(len(limit)))
    whole = _matrix(pairs, group, items, size, len(limit))
    rows = [(whole, limit.astype(np.float64))]
    if not items.size:
        return rows

    total = np.concatenate([[0], np.cumsum(size)])
    last = np.flatnonzero(np.append((group[1:] != group[:-1]) | (size[1:] != size[:-1]), True)) + 1
    of = group[last - 1]
    # Filling up from the shortest of them: as many as fit.
    fit = last - np.maximum(np.searchsorted(total, total[last] - limit[of]), begins[of])
    owner, item = spread(begins[of], last)
    # Of those longer than half the limit there is one at most: it counts for all that it leaves no room for.
    left = limit[of[owner]] - size[item]
    beside = last[owner] - np.maximum(np.searchsorted(total, total[last[owner]] - left), begins[of[owner]])
    counts = np.where(2 * size[item] > limit[of[owner]], fit[owner] - beside, 1)
    rows.append((_matrix(pairs, owner, items[item], counts, len(fit)), fit.astype(np.float64)))

    # In one order of months and falling lengths, those longer than what a session leaves come first.
    longest = int(size.max()) + 1
    order = group * longest - size
    left = np.clip(limit[group] - size, 0, longest - 1)
    until = np.searchsorted(order, group * longest - left)
    short = np.flatnonzero((until > begins[group]) & (until <= np.arange(len(items))))
    owner, item = spread(begins[group[short]], until[short])
    owner, item = np.concatenate([owner, np.arange(len(short))]), np.concatenate([item, short])
    rows.append((_matrix(pairs, owner, items[item], 1, len(short)), np.ones(len(short))))
    return rows


def _matrix(pairs: Pairs, row: Rows, pair: Rows, size: int | Rows, count: int) -> csr_array:
    data = np.broadcast_to(np.asarray(size, dtype=np.float64), len(row))
    return csr_array((data, (row, pair)), shape=(count, pairs.pair_count))
