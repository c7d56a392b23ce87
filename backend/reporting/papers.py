"""The papers of the commission record: for the insurer, for the office's files, and for the pilot herself.

All are German, whoever asks for them: they go to insurers and authorities here. They name no topic, no language and
nobody who was accompanied.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils import translation

from backend.accounts.models import Office
from backend.dispatch.models import Assignment, Commission, CommissionKind
from backend.dispatch.proof import Anchor
from backend.dispatch.states import AssignmentStatus
from backend.moments import day_in_words, duration_in_words, moment_in_words, span_in_words
from backend.people.models import Place
from backend.reporting.commissions import MINUTE, Commissioned, Held, head_of, local, total_minutes
from backend.reporting.pdf import pdf
from backend.reporting.periods import Period
from backend.reporting.sheets import Column, Kind, Line, Sheet, sheet

WHAT = {
    CommissionKind.COMMISSIONED.value: "Beauftragung",
    CommissionKind.CANCELLED.value: "Aufhebung der Beauftragung",
    CommissionKind.COMPLETED.value: "Einsatz hat stattgefunden",
    CommissionKind.MISSED.value: "Einsatz hat nicht stattgefunden",
    CommissionKind.SETTLED.value: "Klärung zweier Berichte",
    CommissionKind.ADOPTED.value: "Übernahme aus der Zeit vor dem Verzeichnis",
}
STATES = {
    AssignmentStatus.CONFIRMED.value: "beauftragt",
    AssignmentStatus.COMPLETED.value: "hat stattgefunden",
    AssignmentStatus.CANCELLED.value: "aufgehoben",
    AssignmentStatus.MISSED.value: "hat nicht stattgefunden",
}
COLUMNS = ("Nr.", "Prüfzeichen", "Name", "Kürzel", "Einsatz", "Beauftragt am", "Vor Beginn", "Stand")


def commission_paper(
    assignment: Assignment,
    paper: Commissioned,
    *,
    name: str,
    by: str,
    place: Place | None,
    same_name: bool | None,
    now: datetime,
) -> bytes:
    """The commission of one assignment. `place` is None for readers who must not know it, or no longer."""
    office = assignment.office
    with translation.override("de"):
        context = {
            "office": office,
            "paper": paper,
            "name": name,
            "code": assignment.pilot.display_code,
            "by": by,
            "when": span_in_words(assignment.starts_at, assignment.ends_at, office.time_zone),
            "where": _where(assignment, place),
            "case": assignment.help_request.reference,
            "confirmed": moment_in_words(paper.entry.happened_at, office.time_zone, short=False),
            "ahead": _ahead(paper),
            "state": STATES[paper.state],
            "minutes": _minutes_of(paper),
            "story": [_told(entry, office) for entry in (paper.entry, *paper.later)],
            "rules": paper.entry.facts.get("rules"),
            "named": same_name,
            "made": moment_in_words(now, office.time_zone, short=False),
        }
    return pdf("reporting/commission.html", context)


def list_paper(
    office: Office, period: Period, found: Sequence[Commissioned], *, names: Mapping[UUID, str], now: datetime
) -> bytes:
    """All commissions of a year or quarter, with the head of the chain."""
    head = head_of(office)
    with translation.override("de"):
        context = {
            "office": office,
            "period": period_in_words(period),
            "columns": COLUMNS,
            "rows": [_row(one, office, names) for one in found],
            "cancelled": sum(one.state == AssignmentStatus.CANCELLED for one in found),
            "head": head,
            "anchor": str(Anchor.at(office, head)) if head else "",
            "made": moment_in_words(now, office.time_zone, short=False),
        }
    return pdf("reporting/commission_list.html", context)


def list_sheet(office: Office, found: Sequence[Commissioned], *, names: Mapping[UUID, str]) -> Sheet:
    """The same for a spreadsheet, with the whole digest."""
    with translation.override("de"):
        lines = [Line((*_row(one, office, names), one.entry.digest)) for one in found]
    columns = [Column(title, Kind.TEXT) for title in (*COLUMNS, "Prüfsumme")]
    return sheet("commissions", "Beauftragungen", columns, lines)


def activity_paper(
    office: Office, period: Period, held: Sequence[Held], *, name: str, now: datetime
) -> bytes:
    """What a pilot did in a year, without a word about whom and why."""
    with translation.override("de"):
        context = {
            "office": office,
            "period": period_in_words(period),
            "name": name,
            "count": f"{len(held)} Einsätze" if len(held) != 1 else "1 Einsatz",
            "total": duration_in_words(total_minutes(held)),
            "rows": [
                {
                    "day": day_in_words(
                        local(one.assignment.starts_at, one.assignment.office).date(), short=True
                    ),
                    "times": _times(one.assignment),
                    "minutes": duration_in_words(one.minutes),
                    "km": "" if one.km is None else one.km,
                    "reference": one.reference,
                }
                for one in held
            ],
            "made": moment_in_words(now, office.time_zone, short=False),
        }
    return pdf("reporting/activity.html", context)


def period_in_words(period: Period) -> str:
    """'2026', '4. Quartal 2026', or both days."""
    year, _, quarter = period.name.partition("-q")
    if quarter:
        return f"{quarter}. Quartal {year}"
    return year or f"{period.first:%d.%m.%Y} bis {period.last:%d.%m.%Y}"


def _row(one: Commissioned, office: Office, names: Mapping[UUID, str]) -> tuple[str, ...]:
    entry = one.entry
    return (
        str(entry.number),
        entry.digest[:8],
        names.get(entry.pilot_id, ""),
        entry.pilot.display_code,
        span_in_words(entry.starts_at, entry.ends_at, office.time_zone, short=True),
        moment_in_words(entry.happened_at, office.time_zone),
        _ahead(one) if one.is_proven else "übernommen",
        STATES[one.state],
    )


def _ahead(one: Commissioned) -> str:
    hours = one.ahead.total_seconds() / 3600
    if hours >= 48:
        return f"{int(hours // 24)} Tage"
    return duration_in_words(max(one.ahead // MINUTE, 0))


def _told(entry: Commission, office: Office) -> dict[str, str]:
    return {
        "number": str(entry.number),
        "what": WHAT[entry.kind],
        "when": moment_in_words(entry.happened_at, office.time_zone),
        "mark": entry.digest[:8],
    }


def _minutes_of(paper: Commissioned) -> str:
    minutes = paper.last.facts.get("minutes")
    return duration_in_words(minutes) if minutes else ""


def _times(assignment: Assignment) -> str:
    starts, ends = (local(moment, assignment.office) for moment in (assignment.starts_at, assignment.ends_at))
    return f"{starts:%H:%M}–{ends:%H:%M}"


def _where(assignment: Assignment, place: Place | None) -> str:
    help_request = assignment.help_request
    if help_request.meeting_place is None:
        return str(help_request.get_setting_display()).capitalize()
    if place is None:
        return help_request.meeting_place.place
    town = f"{place.postcode} {place.place}".strip()
    return f"{place.street}, {town}" if place.street else town
