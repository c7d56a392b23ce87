"""What leaves the office points at nobody, and runs nothing."""

import csv
import io
import zipfile

import pytest

from backend.reporting.export import csv_lines, harmless, workbook
from backend.reporting.periods import named_period
from backend.reporting.sheets import Column, Hidden, Kind, Line, discreet, sheet

COLUMNS = [
    Column("What", Kind.TEXT),
    Column("Requests"),
    Column("Hours", Kind.AMOUNT),
    Column("Where", Kind.NAMES),
]


def a_sheet(*counts: int):
    lines = [Line((f"row {at}", count, count * 1.5, "Melle")) for at, count in enumerate(counts)]
    return sheet("x", "Table", COLUMNS, lines, total="Total")


def test_small_counts_go_with_all_that_hangs_on_them():
    shown = discreet(a_sheet(2, 3, 9, 0))
    assert [line.values for line in shown.lines] == [
        ("row 0", Hidden.FEW, None, None),
        ("row 1", Hidden.FEW, None, None),
        ("row 2", 9, 13.5, None),
        ("row 3", 0, 0.0, None),
    ]
    assert shown.total is not None
    assert shown.total.values[:3] == ("Total", 14, None)


def test_a_single_small_count_takes_the_next_one_with_it():
    shown = discreet(a_sheet(2, 30, 9))
    assert [line.values[1] for line in shown.lines] == [Hidden.FEW, 30, Hidden.WITHHELD]


def test_without_small_counts_nothing_is_hidden():
    shown = discreet(a_sheet(20, 30, 0))
    assert [line.values[1] for line in shown.lines] == [20, 30, 0]
    assert shown.total.values[:3] == ("Total", 50, 75.0)


@pytest.mark.parametrize("text", ["=1+1", "+49", "-2", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"])
def test_formulas_are_text(text):
    assert harmless(text) == f"'{text}"
    rows = "".join(csv_lines([sheet("x", text, [Column(text, Kind.TEXT)], [Line((text,))])]))
    assert all(cell[:1] == "'" for row in csv.reader(io.StringIO(rows[1:]), delimiter=";") for cell in row)
    book = workbook([sheet("x", text, [Column(text, Kind.TEXT)], [Line((text,))])], about=[("About", text)])
    with zipfile.ZipFile(io.BytesIO(book)) as read:
        assert "<f>" not in read.read("xl/worksheets/sheet2.xml").decode()


def test_numbers_are_numbers_in_both():
    given = sheet("x", "Table", COLUMNS, [Line(("a", 1234, 2.25, ""))])
    assert "a;1234;2,2;" in "".join(csv_lines([given]))
    with zipfile.ZipFile(io.BytesIO(workbook([given], about=[("About", "x")]))) as read:
        assert "<v>1234</v>" in read.read("xl/worksheets/sheet2.xml").decode()


def test_leaves_with_the_same_name_or_a_forbidden_one():
    same = [sheet("x", "A/B: [very long title that no leaf can hold]", COLUMNS, []) for _ in range(3)]
    assert workbook(same, about=[("A/B", "x")])


def test_periods():
    assert named_period("2026-q4").last.isoformat() == "2026-12-31"
    assert named_period("2024-Q1").last.isoformat() == "2024-03-31"
    assert named_period("2026").first.isoformat() == "2026-01-01"
    assert [named_period(name) for name in ("", "0000", "9999", "2026-q5", "2026-13")] == [None] * 5
