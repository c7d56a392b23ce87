"""How a value of a table of figures stands on a page."""

from datetime import date

from babel.dates import format_skeleton
from django import template
from django.utils.formats import number_format

from backend.reader import reader_locale
from backend.reporting.export import HIDDEN
from backend.reporting.sheets import Column, Hidden, Kind, Line, Sheet, Value

register = template.Library()
HOT = (1, 2, 4, 8)  # from how many on a cell of the gap radar takes the next shade


@register.filter
def cells(line: Line, sheet: Sheet) -> list[tuple[Value, Column]]:
    """Each value with its column."""
    return list(zip(line.values, sheet.columns, strict=True))


@register.filter
def figure(value: Value, column: Column) -> str:
    if value is None:
        return "" if column.kind in {Kind.TEXT, Kind.NAMES} else "–"
    if isinstance(value, Hidden):
        return HIDDEN[value]
    if isinstance(value, str):
        return value
    if column.kind == Kind.SHARE:
        return f"{number_format(value * 100, 0)} %"
    return number_format(value, 1 if column.kind == Kind.AMOUNT else 0, use_l10n=True)


@register.filter
def heat(value: Value) -> str:
    """The class of a shade: the more, the darker. The number stands there too."""
    if not isinstance(value, int) or not value:
        return ""
    return f"heat-{sum(value >= step for step in HOT)}"


@register.filter
def month_name(day: date) -> str:
    """'November 2026'."""
    return format_skeleton("yMMMM", day, locale=reader_locale())
