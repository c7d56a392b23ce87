"""Who asked for what, and where did nobody come?"""

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backend.accounts.matters import Matter
from backend.dispatch.codes import UnfilledReason
from backend.drawing import Step, columns
from backend.language_names import language_name
from backend.moments import weekday_name
from backend.reader import listed
from backend.reporting import figures
from backend.reporting.rows import Material
from backend.reporting.sheets import Column, Kind, Line, Sheet, Value, sheet
from backend.web.figures.sections import Make, Section, bar_chart, number, section
from backend.web.figures.words import shown_value

MONTHS_NAMED = 14
PLACES_TOLD = 3


def months(material: Material, for_office: bool) -> Section:
    found = figures.months(material)
    given = sheet(
        "months",
        _("Month by month"),
        [
            Column(_("Month"), Kind.TEXT),
            Column(_("Requests"), of="requests"),
            Column(_("Not covered"), of="unmet"),
            Column(_("Sessions"), of="sessions"),
            Column(_("Hours"), Kind.AMOUNT),
        ],
        [
            Line((f"{one.month:02d}/{one.year}", one.requests, one.unmet, one.sessions, one.minutes / 60))
            for one in found
        ],
        total=_("Total"),
    )

    def drawn(shown: Sheet) -> SafeString:
        few = len(found) <= MONTHS_NAMED
        steps = []
        for one, line in zip(found, shown.lines, strict=True):
            label = str(one.month) if few else (str(one.year) if one.month == 1 else "")
            requests, unmet = number(line.values[1]), number(line.values[2])
            steps.append(Step(label, (max(requests - unmet, 0), unmet)))
        return columns(steps, about=_("Columns: requests month by month; the table below has the numbers."))

    return section(
        given,
        _("Requests by the month they came in, sessions by the month they took place."),
        for_office,
        draws=drawn,
        legend=[_("covered, open or withdrawn"), _("not covered")],
    )


def balance(material: Material, for_office: bool) -> Section:
    given = sheet(
        "balance",
        _("Demand and supply by language"),
        [
            Column(_("Language"), Kind.TEXT),
            Column(_("Requests"), of="requests"),
            Column(_("Not covered"), of="unmet"),
            Column(_("Active pilots")),
            Column(_("Their hours a week"), Kind.AMOUNT),
        ],
        [
            Line(
                (language_name(one.language), one.requests, one.unmet, one.pilots, one.weekly_hours),
                key=one.language,
            )
            for one in figures.balances(material)
        ],
        by="language",
    )

    def says(values: Sequence[Value]) -> str:
        return _("%(requests)s requests, %(pilots)s pilots") % {
            "requests": shown_value(values[1]),
            "pilots": shown_value(values[3]),
        }

    return section(
        given,
        _(
            "Supply is whoever speaks and understands a language at B1 or better, with all hours given for a week."
        ),
        for_office,
        draws=bar_chart(1, 3, says=says, about=_("Bars: requests and active pilots by language.")),
        legend=[_("requests"), _("active pilots")],
        drills=True,
    )


def gaps(material: Material, for_office: bool) -> Section:
    found = figures.gaps(material)
    days = [Column(weekday_name(day, short=True)) for day in range(7)] if for_office else []
    given = sheet(
        "gaps",
        _("Gap radar: where nobody came"),
        [
            Column(_("Language"), Kind.TEXT),
            *days,
            Column(_("Total"), of="unmet"),
            Column(_("Most often in"), Kind.NAMES),
        ],
        [
            Line(
                (
                    language_name(one.language),
                    *(one.weekdays if for_office else ()),
                    one.total,
                    listed(
                        f"{place or _('by phone or video')} ({count})"
                        for place, count in one.places.most_common(PLACES_TOLD)
                    ),
                ),
                key=one.language,
            )
            for one in found
        ],
        total=_("Total"),
        by="language",
    )
    return section(
        given,
        _("Requests that could not be covered, by the weekday of their first date: whom to look for next."),
        for_office,
        drills=True,
    )


def reasons(material: Material, for_office: bool) -> Section:
    given = sheet(
        "reasons",
        _("Why requests were not covered"),
        [Column(_("Reason"), Kind.TEXT), Column(_("Requests"), of="unmet")],
        [
            Line((str(UnfilledReason(code).label), count), key=code)
            for code, count in figures.unmet_reasons(material)
        ],
        total=_("Total"),
    )
    return section(
        given,
        _("As the office noted it when it closed the request."),
        for_office,
        draws=bar_chart(1, about=_("Bars: requests not covered by reason.")),
        drills=True,
    )


def handed_off(material: Material, for_office: bool) -> Section:
    counts = material.handed_off
    given = sheet(
        "handed_off",
        _("Left to others"),
        [Column(_("Matter"), Kind.TEXT), Column(_("Requests"))],
        [
            Line((capfirst(str(matter.label)), counts[matter]))
            for matter in sorted(Matter, key=lambda one: -counts.get(one, 0))
            if counts.get(matter)
        ],
        total=_("Total"),
    )
    return section(
        given,
        _("Matters that the office does not take on: whoever asked was told whom to turn to instead."),
        for_office,
        draws=bar_chart(1, about=_("Bars: requests left to others, by matter.")),
    )


def by(dimension: figures.Dimension, title: Callable[[], str], named: Callable[[figures.Group], str]) -> Make:
    def make(material: Material, for_office: bool) -> Section:
        given = sheet(
            dimension,
            title(),
            [
                Column(_("What"), Kind.TEXT),
                Column(_("Requests"), of="requests"),
                Column(_("Covered"), of="filled"),
                Column(_("Not covered"), of="unmet"),
                Column(_("Sessions"), of="sessions"),
                Column(_("Hours"), Kind.AMOUNT),
            ],
            [
                Line((named(one), one.requests, one.filled, one.unmet, one.sessions, one.hours), key=one.key)
                for one in figures.grouped(material, dimension)
            ],
            total=_("Total"),
            by=dimension,
        )

        def says(values: Sequence[Value]) -> str:
            return _("%(requests)s requests, %(sessions)s sessions") % {
                "requests": shown_value(values[1]),
                "sessions": shown_value(values[4]),
            }

        return section(
            given,
            "",
            for_office,
            draws=bar_chart(1, 4, says=says, about=title()),
            legend=[_("requests"), _("sessions held")],
            drills=True,
        )

    return make
