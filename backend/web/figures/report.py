"""Which figures does this reader see of one office and period?"""

from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from backend.language_names import language_name
from backend.people.codes import Topic
from backend.reporting import figures
from backend.reporting.export import HIDDEN
from backend.reporting.rows import Material
from backend.reporting.sheets import FEWEST, Hidden, Sheet
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
    return Report(material, not for_office, _key_figures(material, for_office), made)


def _key_figures(material: Material, for_office: bool) -> list[KeyFigure]:
    top, asked = figures.headline(material), figures.asking(material)
    waited = figures.hours_to_confirmation(material)

    def count(value: int) -> str:
        few = not for_office and 0 < value < FEWEST
        return HIDDEN[Hidden.FEW] if few else number_format(value, use_l10n=True)

    def told(value: float | None, of: int) -> float | None:
        return value if for_office or of >= FEWEST else None

    share = told(top.filled_share, min(top.filled, top.unmet) if top.unmet else top.filled)
    waiting, per_filled = told(waited.median, waited.count), told(asked.per_filled, asked.filled)
    hours = told(top.minutes / 60, top.sessions)
    return [
        KeyFigure(
            _("requests"),
            count(top.requests),
            note=_("%(open)s open, %(withdrawn)s withdrawn")
            % {"open": count(top.open), "withdrawn": count(top.withdrawn)},
        ),
        KeyFigure(
            _("covered"),
            f"{number_format(share * 100, 0)} %" if share is not None else "–",
            share=share,
            note=_("%(filled)s yes, %(unmet)s no") % {"filled": count(top.filled), "unmet": count(top.unmet)},
        ),
        KeyFigure(
            _("sessions held"),
            count(top.sessions),
            note=_("%(hours)s hours") % {"hours": number_format(hours, 0)} if hours is not None else "",
        ),
        KeyFigure(
            _("pilots with sessions"),
            count(top.people),
            note=_("%(count)s are active now") % {"count": count(top.active_pilots)},
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
