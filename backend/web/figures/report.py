"""Which figures does this reader see of one office and period?"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from backend.language_names import language_name
from backend.people.codes import Topic
from backend.reporting import figures
from backend.reporting.discretion import FEWEST, Sum
from backend.reporting.export import HIDDEN
from backend.reporting.rows import Material
from backend.reporting.sheets import Discretion, Sheet, counted, discretion
from backend.web.figures import demand, effort
from backend.web.figures.sections import Make, Section
from backend.web.figures.words import duration


@dataclass(frozen=True)
class KeyFigure:
    """One number on top; `share` is drawn where it is one."""

    label: str
    value: str
    share: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Report:
    """All figures of one office and period, as this reader may see them."""

    material: Material
    is_discreet: bool
    key_figures: list[KeyFigure] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    @property
    def sheets(self) -> list[Sheet]:
        return [section.sheet for section in self.sections]


def report(material: Material, *, for_office: bool) -> Report:
    """Every section; outside the office small counts are hidden, in charts as in tables."""
    made = [make(material, for_office) for make in SECTIONS]
    told = Discretion() if for_office else _discretion(material, made)
    return Report(
        material, not for_office, _key_figures(material, for_office, told), [one.shown(told) for one in made]
    )


def _discretion(material: Material, made: Sequence[Section]) -> Discretion:
    """Over all tables and the figures above them."""
    top = figures.headline(material)
    return discretion(
        [one.sheet for one in made],
        {
            "requests": top.requests,
            "filled": top.filled,
            "unmet": top.unmet,
            "open": top.open,
            "withdrawn": top.withdrawn,
            "sessions": top.sessions,
            "people": top.people,
            "active": top.active_pilots,
            "load": figures.load(material).pilots,
        },
        [
            Sum("requests", ("filled", "unmet", "open", "withdrawn")),
            Sum("rest", ("open", "withdrawn")),
            Sum("load", ((effort.LOAD, 0, 1), "people")),  # the first row: who had no session
        ],
    )


def _key_figures(material: Material, for_office: bool, discretion: Discretion) -> list[KeyFigure]:
    top, asked = figures.headline(material), figures.asking(material)
    waited = figures.hours_to_confirmation(material)

    def count(what: str, value: int) -> str:
        hidden = discretion.of(counted(what, value))
        return HIDDEN[hidden] if hidden else number_format(value, use_l10n=True)

    def told(value: float | None, *of: tuple[str, int]) -> float | None:
        few = any(0 <= number < FEWEST or discretion.of(counted(what, number)) for what, number in of)
        return value if for_office or not few else None

    share = told(top.filled_share, ("filled", top.filled), *([("unmet", top.unmet)] if top.unmet else []))
    waiting, per_filled = (
        told(waited.median, ("confirmed", waited.count)),
        told(asked.per_filled, ("filled", asked.filled)),
    )
    hours = told(top.minutes / 60, ("sessions", top.sessions))
    return [
        KeyFigure(
            _("requests"),
            count("requests", top.requests),
            note=_("%(open)s open, %(withdrawn)s withdrawn")
            % {"open": count("open", top.open), "withdrawn": count("withdrawn", top.withdrawn)},
        ),
        KeyFigure(
            _("covered"),
            f"{number_format(share * 100, 0)} %" if share is not None else "–",
            share=share,
            note=_("%(filled)s yes, %(unmet)s no")
            % {"filled": count("filled", top.filled), "unmet": count("unmet", top.unmet)},
        ),
        KeyFigure(
            _("sessions held"),
            count("sessions", top.sessions),
            note=_("%(hours)s hours") % {"hours": number_format(hours, 0)} if hours is not None else "",
        ),
        KeyFigure(
            _("pilots with sessions"),
            count("people", top.people),
            note=_("%(count)s are active now") % {"count": count("active", top.active_pilots)},
        ),
        KeyFigure(
            _("until confirmed"),
            duration(waiting) if waiting is not None else "–",
            note=_("half of them faster"),
        ),
        KeyFigure(
            _("asked per covered request"),
            number_format(per_filled, 1) if per_filled is not None else "–",
            note=_("%(percent)s %% of them answered") % {"percent": round(100 * (asked.answered_share or 0))}
            if per_filled is not None
            else "",
        ),
    ]


SECTIONS: tuple[Make, ...] = (
    demand.months,
    demand.balance,
    demand.gaps,
    demand.reasons,
    demand.handed_off,
    effort.waits,
    effort.lead,
    effort.load,
    demand.by("language", lambda: _("By language"), lambda one: language_name(one.key)),
    demand.by("topic", lambda: _("By topic"), lambda one: str(Topic(one.key).label)),
    demand.by(
        "organisation", lambda: _("By organisation"), lambda one: one.key or _("without an organisation")
    ),
    demand.by(
        "postcode",
        lambda: _("By place"),
        lambda one: f"{one.key} {one.place}" if one.key else _("by phone or video"),
    ),
    effort.volunteers,
)
