"""What is one section of the figures: a table, its chart, and a sentence that says how to read it?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from backend.drawing import Bar, Step, bars, columns
from backend.reporting.rows import Material
from backend.reporting.sheets import Discretion, Sheet, Value
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
    draws: Callable[[Sheet], SafeString] | None = None

    def shown(self, discretion: Discretion) -> "Section":
        """With its chart, and nothing in either that must stay hidden."""
        shown = discretion.applied_to(self.sheet)
        return replace(self, sheet=shown, chart=self.draws(shown) if self.draws and shown.lines else "")


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
    """All of it; what must not leave the office is hidden when it is shown."""
    return Section(
        given,
        about,
        legend=legend,
        facts=facts if for_office else (),
        drills=drills and for_office,
        draws=draws,
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
