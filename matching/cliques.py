"""Which of a pilot's possible dates exclude each other? At most one of each clique can be hers.

Dates exclude each other when they overlap with half the travel buffer on each side; at one address nobody
travels, so there the bare dates count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.pairs import Pairs

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]

ALL = slice(None)


class Cliques(NamedTuple):
    """Interval e lies in the cliques first[e] .. last[e] - 1 and in no other; clique c is met at `at[c]`."""

    first: Rows
    last: Rows
    at: Rows


class Meetings(NamedTuple):
    """The dates of pairs: whose, of which request, where, the bare date and the buffer on each side."""

    pilot: Rows
    request: Rows
    site: Rows
    start: Rows
    end: Rows
    half_buffer: Rows

    @classmethod
    def of(cls, pairs: Pairs, rows: Rows | slice = ALL) -> Meetings:
        """The dates of these pairs."""
        slot = pairs.slot[rows]
        return cls(
            pairs.pilot[rows], pairs.request[rows], pairs.site[slot],
            pairs.slot_start[slot], pairs.slot_end[slot], pairs.half_buffer[slot],
        )  # fmt: skip


def exclude(one: Meetings, other: Meetings) -> Flags:
    """Could one pilot not take both? Row by row, broadcast; the rule itself, which the cliques hold."""
    here = (one.site >= 0) & (one.site == other.site)
    buffer = np.where(here, 0, one.half_buffer + other.half_buffer)
    overlap: Flags = (one.start < other.end + buffer) & (other.start < one.end + buffer)
    return overlap


def interval_cliques(start: Rows, end: Rows) -> Cliques:
    """All maximal sets of half-open intervals with a common point, in the order of time.

    A set is maximal where an end follows a start; O(n log n), without a loop.
    """
    count = len(start)
    # Doubled, so that at the same moment an end comes before a start.
    moments = np.concatenate([2 * start + 1, 2 * end])
    order = np.argsort(moments)
    opens = order < count
    full = opens[:-1] & ~opens[1:]
    before = np.empty(2 * count, dtype=np.int64)
    before[order[:1]] = 0
    before[order[1:]] = np.cumsum(full)
    return Cliques(before[:count], before[count:], moments[order[:-1]][full] // 2)


def pilot_cliques(meetings: Meetings, *, buffered: bool) -> Cliques:
    """The cliques of each pilot's own dates; pilots lie side by side on one axis of time."""
    buffer = meetings.half_buffer if buffered else 0
    start, end = meetings.start - buffer, meetings.end + buffer
    if not start.size:
        return interval_cliques(start, end)
    earliest = start.min()
    offset = meetings.pilot * (end.max() - earliest + 1) - earliest
    return interval_cliques(start + offset, end + offset)


def spread(first: Rows, last: Rows) -> tuple[Rows, Rows]:
    """(owner, value) of all whole numbers first[i] .. last[i] - 1, one interval after the other."""
    sizes = last - first
    owner = np.repeat(np.arange(len(first)), sizes)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes - first, sizes)


def split_at_sites(meetings: Meetings, cliques: Cliques, near: Flags) -> tuple[Flags, list[Rows]]:
    """(broken, instead): cliques that hold dates which do fit together, and smaller cliques in their place.

    Only dates that `near` marks can fit so. The smaller cliques are members by row, and cover every two dates
    of a broken clique that exclude each other.
    """
    one, other = back_to_back(meetings, np.flatnonzero(near))
    broken = np.zeros(len(cliques.at), dtype=np.bool_)
    shared_first = np.maximum(cliques.first[one], cliques.first[other])
    shared_last = np.minimum(cliques.last[one], cliques.last[other])
    broken[spread(shared_first, np.maximum(shared_last, shared_first))[1]] = True
    inside = np.concatenate([[0], np.cumsum(broken)])
    touched = np.flatnonzero(inside[cliques.last] > inside[cliques.first])
    owner, clique = spread(cliques.first[touched], cliques.last[touched])
    owner, clique = touched[owner][broken[clique]], clique[broken[clique]]
    order = np.argsort(clique, kind="stable")
    members = np.split(owner[order], np.flatnonzero(np.diff(clique[order])) + 1)
    return broken, [part for rows in members if rows.size for part in _split(meetings, rows)]


def back_to_back(meetings: Meetings, rows: Rows) -> tuple[Rows, Rows]:
    """Two and two of `rows`, of one pilot and site, that fit together but would not with the buffer."""
    known = rows[meetings.site[rows] >= 0]
    if not meetings.half_buffer[known].any():
        return known[:0], known[:0]
    start, end = meetings.start[known], meetings.end[known]
    buffer = meetings.half_buffer[known]
    earliest = start.min()
    span = end.max() + 2 * buffer.max() - earliest + 1
    place = (meetings.pilot[known] * (meetings.site.max() + 1) + meetings.site[known]) * span - earliest
    order = np.argsort(place + start)
    starts = (place + start)[order]
    first = np.searchsorted(starts, place + end)
    last = np.searchsorted(starts, place + end + buffer + buffer.max())
    one, found = spread(first, last)
    other = order[found]
    too_near = start[other] - buffer[other] < end[one] + buffer[one]
    one, other = known[one[too_near]], known[other[too_near]]
    # The dates of one request exclude each other anyway.
    apart = meetings.request[one] != meetings.request[other]
    return one[apart], other[apart]


def _split(meetings: Meetings, rows: Rows) -> Iterator[Rows]:
    site = meetings.site[rows]
    several = sorted(place for place, count in Counter(site.tolist()).items() if place >= 0 and count > 1)
    parts = [_bare_cliques(meetings, rows[site == place]) for place in several]
    divided = [cliques for cliques in parts if len(cliques) > 1]
    others = np.concatenate(
        [rows[~np.isin(site, several)], *(cliques[0] for cliques in parts if len(cliques) == 1)]
    )
    if len(divided) == 1:
        yield from (np.concatenate([others, clique]) for clique in divided[0])
    # All combinations over many sites would be too many; two at a time cover every two dates.
    for some, more in combinations(divided, 2):
        yield from (np.concatenate([others, one, two]) for one, two in product(some, more))


def _bare_cliques(meetings: Meetings, rows: Rows) -> list[Rows]:
    cliques = interval_cliques(meetings.start[rows], meetings.end[rows])
    owner, clique = spread(cliques.first, cliques.last)
    return [rows[owner[clique == row]] for row in range(len(cliques.at))]
