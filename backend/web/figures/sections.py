"""What is one section of the figures: a table, its chart, and a sentence that says how to read it?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from backend.drawing import Bar, Step, bars, columns
from backend.reporting.rows import Material
from backend.reporting.sheets import Sheet, Value, discreet
from backend.web.figures.words import shown_value

DRAWN_AT_MOST = 12  # bars of a chart; the table has all


@dataclass(frozen=True)
class Section:
    """One table with its chart."""

    sheet: Sheet
    about: str
    chart: SafeString | str = ""
    legend: Sequence[str] = ()
    facts: Sequence[str] = ()
    drills: bool = False  # whether a row leads to its requests


def section(
    given: Sheet,
    about: str,
    for_office: bool,
    *,
    draws: Callable[[Sheet], SafeString] | None = None,
    legend: Sequence[str] = (),
    facts: Sequence[str] = (),
    drills: bool = False,
) -> Section:
    shown = given if for_office else discreet(given)
    return Section(
        shown,
        about,
        draws(shown) if draws and shown.lines else "",
        legend,
        facts if for_office else (),
        drills and for_office,
    )


def bar_chart(
    *series: int, about: str, says: Callable[[Sequence[Value]], str] | None = None
) -> Callable[[Sheet], SafeString]:
    def draw(shown: Sheet) -> SafeString:
        return bars(
            [
                Bar(
                    str(line.values[0]),
                    [number(line.values[at]) for at in series],
                    says(line.values) if says else shown_value(line.values[series[0]]),
                )
                for line in shown.lines[:DRAWN_AT_MOST]
            ],
            about=about,
        )

    return draw


def histogram(at: int, labels: Sequence[str], about: str) -> Callable[[Sheet], SafeString]:
    def draw(shown: Sheet) -> SafeString:
        steps = [
            Step(label, (number(line.values[at]),)) for label, line in zip(labels, shown.lines, strict=True)
        ]
        return columns(steps, about=about)

    return draw


def number(value: Value) -> float:
    return value if isinstance(value, int | float) else 0


Make = Callable[[Material, bool], Section]  # the second says whether the office itself reads it
