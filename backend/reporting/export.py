"""How do tables of figures become files that a spreadsheet opens without running anything?"""

import csv
import string
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO

import xlsxwriter

from backend.reporting.discretion import FEWEST
from backend.reporting.sheets import Hidden, Kind, Sheet, Value

BOM = "\ufeff"  # spreadsheets take the file for UTF-8 by it
# What a spreadsheet takes for the beginning of a formula or hides in front of one; East Asian ones the wide forms too.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Nobody sees these in front of it, and some programs cut them off before they look. (Whitespace strip() knows itself.)
UNSEEN = (
    "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad\0"
)
SHEET_NAME_AT_MOST = 31
FORBIDDEN_IN_NAMES = str.maketrans("", "", "[]:*?/\\'")
WIDEST = 48
FORMATS = {Kind.COUNT: "0", Kind.AMOUNT: "0.0", Kind.SHARE: "0.0 %"}
HIDDEN = {Hidden.FEW: f"<{FEWEST}", Hidden.WITHHELD: "–"}


def harmless(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would read it as a formula."""
    seen = text.lstrip(f"{UNSEEN}{string.whitespace}\u00a0\u3000")
    return f"'{text}" if text.startswith(DANGEROUS) or seen.startswith(DANGEROUS) else text


def csv_lines(sheets: Iterable[Sheet]) -> Iterator[str]:
    """Tables one below the other, in the German way: semicolons, decimal commas; line by line."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")

    def written(row: Sequence[str]) -> str:
        writer.writerow(row)
        line = out.getvalue()
        out.seek(0)
        out.truncate()
        return line

    yield BOM
    for number, one in enumerate(sheets):
        if number:
            yield written([])
        yield written([harmless(one.title)])
        yield written([harmless(column.title) for column in one.columns])
        for line in (*one.lines, *([one.total] if one.total else [])):
            yield written(
                [
                    _in_words(value, column.kind)
                    for value, column in zip(line.values, one.columns, strict=True)
                ]
            )


def workbook(sheets: Iterable[Sheet], *, about: Sequence[tuple[str, str]]) -> bytes:
    """A spreadsheet with a leaf per table, behind one that says what the figures are of."""
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    numbers = {kind: book.add_format({"num_format": pattern}) for kind, pattern in FORMATS.items()}
    names: set[str] = set()
    cover = book.add_worksheet(_leaf_name(about[0][0], names))
    cover.set_column(0, 1, WIDEST)
    for row, (label, text) in enumerate(about):
        cover.write_string(row, 0, harmless(label), bold)
        cover.write_string(row, 1, harmless(text))
    for one in sheets:
        leaf = book.add_worksheet(_leaf_name(one.title, names))
        leaf.freeze_panes(1, 0)
        for at, column in enumerate(one.columns):
            leaf.set_column(at, at, _width(one, at))
            leaf.write_string(0, at, harmless(column.title), bold)
        for row, line in enumerate((*one.lines, *([one.total] if one.total else [])), start=1):
            for at, (value, column) in enumerate(zip(line.values, one.columns, strict=True)):
                if isinstance(value, int | float):
                    leaf.write_number(row, at, value, numbers.get(column.kind))
                elif value is not None:
                    leaf.write_string(row, at, _in_words(value, column.kind))
    book.close()
    return file.getvalue()


def _in_words(value: Value, kind: Kind) -> str:
    if value is None:
        return ""
    if isinstance(value, Hidden):
        return HIDDEN[value]
    if isinstance(value, str):
        return harmless(value)
    if kind == Kind.SHARE:
        return f"{value * 100:.1f} %".replace(".", ",")
    return f"{value:.1f}".replace(".", ",") if isinstance(value, float) else str(value)


def _width(one: Sheet, at: int) -> int:
    longest = max([len(one.columns[at].title), *(len(str(line.values[at] or "")) for line in one.lines)])
    return min(max(longest + 2, 8), WIDEST)


def _leaf_name(title: str, taken: set[str]) -> str:
    """Short, without what a leaf's name must not hold, and different from the others."""
    plain = title.translate(FORBIDDEN_IN_NAMES).strip()[:SHEET_NAME_AT_MOST] or "1"
    name, number = plain, 2
    while name.casefold() in taken:
        name = f"{plain[: SHEET_NAME_AT_MOST - 3]} {number}"
        number += 1
    taken.add(name.casefold())
    return name
