"""How does a figure become a table that may be shown, exported, and given away without pointing at anybody?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum

FEWEST = 5  # a count below it could point at somebody

Number = int | float


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    NAMES = "names"  # text that stays in the office
    COUNT = "count"  # of people, requests or sessions
    AMOUNT = "amount"  # hours, days: one decimal
    SHARE = "share"  # 0..1


class Hidden(Enum):
    """What stands in place of a number that must not be told."""

    FEW = "few"  # one to four
    WITHHELD = "withheld"  # it would give a hidden one away


Value = str | Number | Hidden | None


@dataclass(frozen=True)
class Column:
    title: str
    kind: Kind = Kind.COUNT


@dataclass(frozen=True)
class Line:
    """One row; `key` names it in an address, empty where nothing lies behind it."""

    values: tuple[Value, ...]
    key: str | None = None


@dataclass(frozen=True)
class Sheet:
    """One table of figures."""

    slug: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: Line | None = None

    @property
    def is_empty(self) -> bool:
        return not self.lines


def sheet(
    slug: str,
    title: str,
    columns: Sequence[Column],
    lines: Iterable[Line],
    *,
    total: str = "",
) -> Sheet:
    """A table; with `total` the sums of its counts and amounts stand below, under that word."""
    rows = tuple(lines)
    below = None
    if total and rows:
        sums = [
            _sum(row.values[at] for row in rows) if _adds_up(column) else None
            for at, column in enumerate(columns)
        ]
        below = Line((total, *sums[1:]))
    return Sheet(slug, title, tuple(columns), rows, below)


def discreet(given: Sheet) -> Sheet:
    """The table as it may leave the office: no count from one to four, and none that gives such a one away.

    What is computed from a hidden count goes with it. Where a single count of a column is hidden, the total would
    tell it: then the next smallest is withheld too.
    """
    counts = [at for at, column in enumerate(given.columns) if column.kind == Kind.COUNT]
    rows = [[*line.values] for line in given.lines]
    names = [at for at, column in enumerate(given.columns) if column.kind == Kind.NAMES]
    for row in rows:
        for at in names:
            row[at] = None
        for at in counts:
            if _is_few(row[at]):
                row[at] = Hidden.FEW
    if given.total is not None:
        for at in counts:
            _withhold(rows, at)
    lines = tuple(
        replace(line, values=_without_amounts(row, given.columns))
        for line, row in zip(given.lines, rows, strict=True)
    )
    total = given.total
    if total is not None:
        values: list[Value] = [
            Hidden.FEW if at in counts and _is_few(value) else value for at, value in enumerate(total.values)
        ]
        hidden = any(isinstance(value, Hidden) for row in rows for value in row)
        # A hidden row's amount would be what the others leave of the total.
        values = [
            None if hidden and column.kind in {Kind.AMOUNT, Kind.SHARE} else value
            for value, column in zip(values, given.columns, strict=True)
        ]
        total = replace(total, values=tuple(values))
    return replace(given, lines=lines, total=total)


def _withhold(rows: list[list[Value]], at: int) -> None:
    hidden = [row for row in rows if isinstance(row[at], Hidden)]
    open_counts = [row for row in rows if isinstance(row[at], int) and row[at]]
    if len(hidden) == 1 and open_counts:
        smallest = min(open_counts, key=lambda row: row[at])  # type: ignore[arg-type, return-value]
        smallest[at] = Hidden.WITHHELD


def _without_amounts(row: Sequence[Value], columns: Sequence[Column]) -> tuple[Value, ...]:
    if not any(isinstance(value, Hidden) for value in row):
        return tuple(row)
    return tuple(
        None if column.kind in {Kind.AMOUNT, Kind.SHARE} else value
        for value, column in zip(row, columns, strict=True)
    )


def _is_few(value: Value) -> bool:
    return isinstance(value, int) and 0 < value < FEWEST


def _adds_up(column: Column) -> bool:
    return column.kind in {Kind.COUNT, Kind.AMOUNT}


def _sum(values: Iterable[Value]) -> Number | None:
    numbers = [value for value in values if isinstance(value, int | float)]
    return sum(numbers) if numbers else None
