"""How long did it take, and on whose shoulders did it lie?"""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.people.codes import Gender
from backend.reporting import figures
from backend.reporting.rows import Material
from backend.reporting.sheets import Column, Kind, Line, sheet
from backend.web.figures.sections import Section, histogram, section
from backend.web.figures.words import (
    days_beyond,
    days_in_words,
    days_up_to,
    duration,
    hours_beyond,
    hours_up_to,
    middle,
    short_hours,
    step_labels,
)

LOAD = "load"


def waits(material: Material, for_office: bool) -> Section:
    yes, confirmed = figures.hours_to_yes(material), figures.hours_to_confirmation(material)
    labels = step_labels(figures.WAIT_STEPS, hours_up_to, hours_beyond)
    given = sheet(
        "waits",
        _("How long people wait"),
        [Column(_("Within"), Kind.TEXT), Column(_("First yes")), Column(_("Confirmed"))],
        [Line(row) for row in zip(labels, yes.steps, confirmed.steps, strict=True)],
        total=_("Total"),
    )
    return section(
        given,
        _("Time from the request to the first yes, and to the office's confirmation."),
        for_office,
        draws=histogram(2, [*map(short_hours, figures.WAIT_STEPS), "+"], _("Columns: time to confirmation.")),
        facts=[*middle(_("First yes"), yes, duration), *middle(_("Confirmed"), confirmed, duration)],
    )


def lead(material: Material, for_office: bool) -> Section:
    lead = figures.lead_days(material)
    given = sheet(
        "lead",
        _("How far ahead people ask"),
        [Column(_("Before the first date"), Kind.TEXT), Column(_("Requests"), of="requests")],
        [
            Line(row)
            for row in zip(step_labels(figures.LEAD_STEPS, days_up_to, days_beyond), lead.steps, strict=True)
        ],
        total=_("Total"),
    )
    return section(
        given,
        _("The longer ahead, the likelier somebody is found."),
        for_office,
        draws=histogram(
            1, [*map(str, figures.LEAD_STEPS), "+"], _("Columns: days from the request to its first date.")
        ),
        facts=middle(_("Lead time"), lead, days_in_words),
    )


def load(material: Material, for_office: bool) -> Section:
    load = figures.load(material)
    names = ["0", "1", "2", "3–4", "5–9", "10–19", "20+"]
    given = sheet(
        LOAD,
        _("How the work is spread"),
        [Column(_("Sessions per pilot"), Kind.TEXT), Column(_("Pilots"), of="load")],
        [Line(row) for row in zip(names, load.steps, strict=True)],
        total=_("Total"),
    )
    facts = []
    if load.top_share is not None and load.gini is not None:
        facts = [
            _("The busiest tenth of the pilots held %(percent)s %% of the sessions.")
            % {"percent": round(load.top_share * 100)},
            _("Unevenness (Gini): %(gini)s. With 0 all have as many, near 1 one has all.")
            % {"gini": number_format(load.gini, 2)},
        ]
    return section(
        given,
        _("All who are active now or had a session."),
        for_office,
        draws=histogram(1, names, _("Columns: pilots by their number of sessions.")),
        facts=facts,
    )


def volunteers(material: Material, for_office: bool) -> Section:
    given = sheet(
        "volunteers",
        _("Volunteers and their training"),
        [Column(_("Gender"), Kind.TEXT), Column(_("Pilots")), Column(_("Months of activity"), Kind.AMOUNT)],
        [
            Line((str(Gender(code).label) if code else _("not said"), people, lasted))
            for code, people, lasted in figures.active_months(material)
        ],
        total=_("Total"),
    )
    hours = material.course_hours
    return section(
        given,
        _("Months of activity count from the activation; pauses are part of them."),
        for_office,
        facts=[
            ngettext(
                "%(count)s hour of courses and talks was noted in this time.",
                "%(count)s hours of courses and talks were noted in this time.",
                hours,
            )
            % {"count": hours}
        ],
    )
