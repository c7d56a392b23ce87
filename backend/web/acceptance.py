"""How the report on an acceptance model becomes rows and a curve that a page can show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backend.dispatch.models import AcceptanceVersion
from backend.drawing import Curve, curves
from backend.feature_texts import FEATURE_LABELS
from backend.language_names import language_name
from backend.people.codes import Gender

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


def curve(version: AcceptanceVersion) -> SafeString:
    """The reliability curve: this version, the plain estimate, and what would be perfect."""
    report = version.report
    return curves(
        [
            Curve(_points(report["model"])),
            Curve(_points(report["prior"])),
            Curve([(0, 0), (1, 1)], dots=False),
        ],
        across=_("estimated, in %"),
        up=_("said yes, in %"),
        about=_("Curve of estimated and true shares of yes; the table below has its figures."),
    )


def _points(figures: Mapping[str, Any]) -> list[tuple[float, float]]:
    return [(step["predicted"], step["observed"]) for step in figures["bins"]]


def _gender(code: str) -> str:
    return str(Gender(code).label)
