"""No count from one to four leaves the office, and none can be worked out from what does."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from backend.reporting.discretion import Sum
from backend.reporting.sheets import Column, Hidden, Kind, Line, Sheet, counted, discreet, discretion, sheet

SMALL = st.one_of(st.integers(0, 9), st.sampled_from([1, 4, 5, 30, 50]))
STATES = ("filled", "unmet", "open", "withdrawn")


def ranges(shown: Sequence[object]) -> list[tuple[int, int]]:
    """What a reader knows of each cell by itself."""
    return [
        (1, 4) if one is Hidden.FEW else (0, 10**6) if one is Hidden.WITHHELD else (one, one)  # type: ignore[misc]
        for one in shown
    ]


def is_told(parts: Sequence[object], total: object) -> bool:
    """Whether a hidden cell can only be one number, given what the parts add up to."""
    (bottom, top), known = ranges([total])[0], ranges(parts)
    least, most = sum(low for low, _ in known), sum(high for _, high in known)
    return any(
        min(high, top - least + low) <= max(low, bottom - most + high)
        for (low, high), cell in zip(known, parts, strict=True)
        if isinstance(cell, Hidden)
    )


def column(shown: Sheet, at: int) -> list[object]:
    return [line.values[at] for line in shown.lines]


def table(slug: str, rows: dict[str, tuple[int, ...]], *what: str, total: str = "Total") -> Sheet:
    columns = [Column("What", Kind.TEXT), *(Column(one, of=one) for one in what)]
    lines = [Line((key, *values), key=key) for key, values in rows.items()]
    return sheet(slug, slug, columns, lines, total=total, by="language")


@given(st.lists(SMALL, min_size=1, max_size=8))
def test_no_cell_of_a_table_with_a_total(counts):
    rows = {str(at): (count,) for at, count in enumerate(counts)}
    shown = discreet(table("x", rows, "requests"))
    cells = column(shown, 1)
    assert not [one for one in (*cells, shown.total.values[1]) if isinstance(one, int) and 0 < one < 5]
    assert not is_told(cells, shown.total.values[1])


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(STATES), st.integers(1, 12)),
        min_size=1,
        max_size=12,
    )
)
def test_no_cell_of_a_whole_report(cases):
    top, by_key = Counter[str](), dict[str, Counter[str]]()
    for key, state, count in cases:
        top[state] += count
        by_key.setdefault(key, Counter())[state] += count
    full = {key: (one.total(), one["filled"], one["unmet"]) for key, one in by_key.items()}
    given = [
        table("language", full, "requests", "filled", "unmet"),
        # The other way round, with one more language and without a total.
        table(
            "balance",
            {"z": (0, 0)} | {k: (v[0], v[2]) for k, v in [*full.items()][::-1]},
            "requests",
            "unmet",
            total="",
        ),
    ]
    heads = {"requests": top.total(), **{state: top[state] for state in STATES}}
    told = discretion(given, heads, [Sum("requests", STATES), Sum("rest", ("open", "withdrawn"))])
    language, balance = (told.applied_to(one) for one in given)
    head = {what: told.of(counted(what, count)) or count for what, count in heads.items()}

    assert not [one for one in head.values() if isinstance(one, int) and 0 < one < 5]
    assert not is_told([head[state] for state in STATES], head["requests"])
    for at, what in ((1, "requests"), (2, "filled"), (3, "unmet")):
        assert language.total.values[at] == head[what]
        assert not is_told(column(language, at), head[what])
    assert {line.key: line.values[1:] for line in balance.lines if line.key != "z"} == {
        line.key: (line.values[1], line.values[3]) for line in language.lines
    }
    if top["open"] + top["withdrawn"] == 0 == head["open"] == head["withdrawn"]:
        assert not any(is_told(line.values[2:4], line.values[1]) for line in language.lines)


def test_a_table_without_a_total_hides_as_if_it_had_one():
    """The map beside the report: 2, 9 and 30 requests by place, and 41 above them."""
    rows = {"a": (2,), "b": (30,), "c": (9,)}
    cells = column(discreet(table("x", rows, "requests", total="")), 1)
    assert cells == [Hidden.FEW, 30, Hidden.WITHHELD]


def test_one_and_one_do_not_give_themselves_away():
    cells = column(discreet(table("x", {"a": (1,), "b": (1,), "c": (50,)}, "requests")), 1)
    assert cells == [Hidden.FEW, Hidden.FEW, Hidden.WITHHELD]
