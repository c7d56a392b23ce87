"""Which few combinations hold every pair? Deterministic, so that a failure comes again."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

Row = dict[str, Any]
Pair = tuple[tuple[str, Any], tuple[str, Any]]


def pairs_of(row: Mapping[str, Any]) -> set[Pair]:
    """Every two values that stand together in the row."""
    return set(combinations(row.items(), 2))


def all_pairs(factors: Mapping[str, Sequence[Any]]) -> set[Pair]:
    """Every two values of two different factors."""
    return {
        ((one, a), (other, b))
        for one, other in combinations(factors, 2)
        for a in factors[one]
        for b in factors[other]
    }


def pairwise(factors: Mapping[str, Sequence[Any]]) -> list[Row]:
    """Rows such that every pair of values of two factors stands in one at least.

    Greedy: each row begins with a pair that is still missing and takes the value that adds most new pairs, factor by
    factor. With one large factor (screens) and small others it finds the fewest rows there can be, or nearly so.
    """
    missing = dict.fromkeys(sorted(all_pairs(factors), key=str))
    rows: list[Row] = []
    while missing:
        row: Row = dict(next(iter(missing)))
        for name in (name for name in factors if name not in row):
            # Among equals the value that was used least, so that no later row must make up for it.
            row[name] = max(
                factors[name],
                key=lambda value, name=name: (
                    sum(pair in missing or pair[::-1] in missing for pair in _new_pairs(row, name, value)),
                    -sum(earlier[name] == value for earlier in rows),
                ),
            )
        row = {name: row[name] for name in factors}
        rows.append(row)
        for pair in pairs_of(row):
            missing.pop(pair, None)
    return rows


def _new_pairs(row: Row, name: str, value: Any) -> list[Pair]:
    return [(known, (name, value)) for known in row.items()]
