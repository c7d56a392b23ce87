"""How does a figure become a table that may be shown, exported, and given away without pointing at anybody?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum

from backend.reporting.discretion import FEW, Name, Range, Sum, hidden_counts

Number = int | float


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    NAMES = "names"  # text that stays in the office
    COUNT = "count"  # of people, requests or sessions
    AMOUNT = "amount"  # hours, days: one decimal
    SHARE = "share"  # 0..1


COMPUTED = frozenset({Kind.AMOUNT, Kind.SHARE})


class Hidden(Enum):
    """What stands in place of a number that must not be told."""

    FEW = "few"  # one to four
    WITHHELD = "withheld"  # it would give a hidden one away


Value = str | Number | Hidden | None


@dataclass(frozen=True)
class Column:
    """`of` names what is counted, where other tables count the same: "requests"."""

    title: str
    kind: Kind = Kind.COUNT
    of: str = ""


@dataclass(frozen=True)
class Line:
    """One row; `key` names it in an address, empty where nothing lies behind it."""

    values: tuple[Value, ...]
    key: str | None = None


@dataclass(frozen=True)
class Sheet:
    """One table of figures. `by` names what its rows are, where other tables have the same: "language"."""

    slug: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: Line | None = None
    by: str = ""

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
    by: str = "",
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
    return Sheet(slug, title, tuple(columns), rows, below, by)


@dataclass(frozen=True)
class Discretion:
    """What is hidden in all tables of one report, and in the figures above them."""

    hidden: Mapping[Name, Range] = field(default_factory=dict)

    def of(self, name: Name) -> Hidden | None:
        """How a count is shown instead; None: as it is."""
        known = self.hidden.get(name)
        return None if known is None else Hidden.FEW if known == FEW else Hidden.WITHHELD

    def applied_to(self, given: Sheet) -> Sheet:
        """The table without its hidden counts, what is computed from them, and names."""
        rows = [
            [
                self._shown(given, at, column, row.values[at], number)
                for at, column in enumerate(given.columns)
            ]
            for number, row in enumerate(given.lines)
        ]
        lines = tuple(
            replace(line, values=_without_amounts(row, given.columns))
            for line, row in zip(given.lines, rows, strict=True)
        )
        if given.total is None:
            return replace(given, lines=lines)
        below = [
            self._shown(given, at, column, given.total.values[at], None)
            for at, column in enumerate(given.columns)
        ]
        # A hidden row's amount would be what the others leave of the total.
        if any(isinstance(value, Hidden) for row in rows for value in row):
            below = [
                None if column.kind in COMPUTED else value
                for value, column in zip(below, given.columns, strict=True)
            ]
        return replace(
            given, lines=lines, total=replace(given.total, values=_without_amounts(below, given.columns))
        )

    def _shown(self, given: Sheet, at: int, column: Column, value: Value, row: int | None) -> Value:
        if column.kind == Kind.NAMES:
            return None
        if column.kind != Kind.COUNT or not isinstance(value, int):
            return value
        return self.of(_name(given, at, value, row)) or value


def discretion(
    sheets: Sequence[Sheet], counts: Mapping[str, int] | None = None, sums: Iterable[Sum] = ()
) -> Discretion:
    """What must be hidden so that no count from one to four is told, nor can be worked out from all that is shown.

    `counts` stand above the tables, by the name that columns have for them; `sums` say how they belong together.
    """
    all_counts: dict[Name, int] = {}
    belong: list[Sum] = []
    for one in sheets:
        all_counts |= _counts(one)
        belong += _sums(one)
    named: dict[Name, Name] = {}
    for what, count in (counts or {}).items():
        named[what] = counted(what, count)
        all_counts[named[what]] = count
    belong += [
        Sum(named.get(each.total, each.total), tuple(named.get(part, part) for part in each.parts))
        for each in sums
    ]
    return Discretion(hidden_counts(all_counts, belong))


def discreet(given: Sheet) -> Sheet:
    """A table that stands alone, as it may leave the office. What its named columns add up to is told elsewhere."""
    totals = {
        column.of: sum(value for line in given.lines if isinstance(value := line.values[at], int))
        for at, column in enumerate(given.columns)
        if column.of
    }
    return discretion([given], totals).applied_to(given)


def counted(what: str, count: int) -> Name:
    """The name of a count over all rows. The same number for the same thing is one count wherever it stands."""
    return what, count


def _name(given: Sheet, at: int, value: int, row: int | None) -> Name:
    what = given.columns[at].of
    if row is None:
        return counted(what, value) if what else (given.slug, "total", at)
    key = given.lines[row].key
    return (given.by, key, what, value) if what and given.by and key is not None else (given.slug, row, at)


def _counts(given: Sheet) -> dict[Name, int]:
    found: dict[Name, int] = {}
    for row, values in [*enumerate(line.values for line in given.lines), *_below(given)]:
        for at, column in enumerate(given.columns):
            value = values[at]
            if column.kind == Kind.COUNT and isinstance(value, int):
                found[_name(given, at, value, row)] = value
    return found


def _below(given: Sheet) -> list[tuple[None, tuple[Value, ...]]]:
    return [(None, given.total.values)] if given.total else []


def _sums(given: Sheet) -> Iterator[Sum]:
    """Columns that add up to their total, here or elsewhere; and requests, which were covered, or not, or neither."""
    at_of = {column.of: at for at, column in enumerate(given.columns) if column.of}
    for at, column in enumerate(given.columns):
        values = [line.values[at] for line in given.lines]
        counts = [value for value in values if isinstance(value, int)]
        if column.kind == Kind.COUNT and counts and (given.total or column.of):
            names = (_name(given, at, count, row) for row, count in enumerate(counts))
            yield Sum(_name(given, at, sum(counts), None), tuple(names))
    if not {"requests", "filled", "unmet"} <= at_of.keys():
        return
    rests: list[Name] = []
    for row, line in enumerate(given.lines):
        whole, *parts = (
            _name(given, at_of[what], value, row)
            for what in ("requests", "filled", "unmet")
            if isinstance(value := line.values[at_of[what]], int)
        )
        rests.append((given.slug, row, "rest"))
        yield Sum(whole, (*parts, rests[-1]))
    yield Sum("rest", tuple(rests))


def _without_amounts(row: Sequence[Value], columns: Sequence[Column]) -> tuple[Value, ...]:
    if not any(isinstance(value, Hidden) for value in row):
        return tuple(row)
    return tuple(
        None if column.kind in COMPUTED else value for value, column in zip(row, columns, strict=True)
    )


def _adds_up(column: Column) -> bool:
    return column.kind in {Kind.COUNT, Kind.AMOUNT}


def _sum(values: Iterable[Value]) -> Number | None:
    numbers = [value for value in values if isinstance(value, int | float)]
    return sum(numbers) if numbers else None
