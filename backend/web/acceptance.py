"""How the report on an acceptance model becomes rows and a curve that a page can show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from backend.charts import as_text, drawn, plain_style, pygal
from backend.dispatch.models import AcceptanceVersion
from backend.feature_texts import FEATURE_LABELS
from backend.language_names import language_name
from backend.people.codes import Gender

WIDTH, HEIGHT = 520, 420
MODEL, PRIOR, PERFECT = "#1d6f6f", "#b08a3e", "#8a98a6"
TOLD = 10  # features on the page


@dataclass(frozen=True)
class WeightRow:
    """How much one feature moves an estimate: `share` of the strongest."""

    label: str
    raises: bool
    share: float


@dataclass(frozen=True)
class GroupRow:
    """Estimate and answers of one group, 0..1 each."""

    label: str
    count: int
    predicted: float
    observed: float

    @property
    def difference(self) -> float:
        return self.predicted - self.observed


def weight_rows(report: Mapping[str, Any]) -> list[WeightRow]:
    """What counts most, strongest first."""
    strongest = sorted(report["weights"].items(), key=lambda item: -abs(item[1]))[:TOLD]
    most = abs(strongest[0][1]) or 1.0
    return [
        WeightRow(str(FEATURE_LABELS.get(name, name)), weight > 0, abs(weight) / most)
        for name, weight in strongest
    ]


def group_rows(report: Mapping[str, Any]) -> list[tuple[str, list[GroupRow]]]:
    """The groups by kind, each with its name in words."""
    kinds = (
        ("gender", _("Gender of the pilot"), _gender),
        ("language", _("Language asked for"), language_name),
    )
    return [
        (
            title,
            [
                GroupRow(
                    label=named(cell["code"]) if cell["code"] else _("not said, or too few to name"),
                    count=cell["count"],
                    predicted=cell["predicted"],
                    observed=cell["observed"],
                )
                for cell in report["groups"][kind]
            ],
        )
        for kind, title, named in kinds
    ]


def curve(version: AcceptanceVersion) -> str:
    """The reliability curve as SVG whose text stays text, without scripts."""
    report = version.report
    chart = pygal.XY(
        width=WIDTH,
        height=HEIGHT,
        js=[],
        show_dots=True,
        dots_size=4,
        range=(0, 100),
        xrange=(0, 100),
        legend_at_bottom=True,
        margin=10,
        x_title=_("estimated, in %"),
        y_title=_("said yes, in %"),
        value_formatter=lambda value: f"{value:.0f}",
        x_value_formatter=lambda value: f"{value:.0f}",
        style=plain_style(
            background="#ffffff",
            colours=(MODEL, PRIOR, PERFECT),
            label_font_size=12,
            major_label_font_size=12,
            legend_font_size=13,
            title_font_size=13,
        ),
    )
    chart.add(_("this version"), _points(report["model"]))
    chart.add(_("plain estimate"), _points(report["prior"]))
    chart.add(
        _("what would be perfect"), [(0, 0), (100, 100)], show_dots=False, stroke_style={"dasharray": "4, 6"}
    )
    return as_text(drawn(chart))


def _points(figures: Mapping[str, Any]) -> list[tuple[float, float]]:
    return [(100 * step["predicted"], 100 * step["observed"]) for step in figures["bins"]]


def _gender(code: str) -> str:
    return str(Gender(code).label)
