"""How an appointment is told without telling whose it is: when, how long, roughly or exactly where, which language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.units import format_unit
from django.utils.translation import gettext as _

from backend.dispatch.codes import Setting
from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot
from backend.language_names import language_name
from backend.moments import short_moment, span_in_words
from backend.reader import reader_locale

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Appointment:
    """In words of the active language; `duration` is empty where the dates differ in it.

    `short_dates` and `town` are for an SMS; a town of a private place names no street either.
    """

    reference: str
    dates: tuple[str, ...]
    duration: str
    where: str
    language: str
    short_dates: tuple[str, ...] = ()
    town: str = ""


def asked_about(help_request: HelpRequest, slots: Sequence[HelpRequestSlot]) -> Appointment:
    """Before a confirmation: the place no finer than its postal code."""
    return _told(help_request, [(slot.starts_at, slot.ends_at) for slot in slots], rough_place(help_request))


def confirmed(assignment: Assignment) -> Appointment:
    """Of an assignment: with the address, if it is an organisation's; called off, no nearer than before."""
    help_request = assignment.help_request
    if not assignment.is_live:  # the request may have moved on, to a place that is nothing to this reader
        where = rough_place(help_request)
        return _told(help_request, [(assignment.starts_at, assignment.ends_at)], where)
    where = exact_place(help_request) or _(
        "%(place)s – the meeting point is shown once you have signed in"
    ) % {"place": rough_place(help_request)}
    return _told(help_request, [(assignment.starts_at, assignment.ends_at)], where)


def rough_place(help_request: HelpRequest) -> str:
    """Postal code and town; of a private place the town alone."""
    if remote := _remote(help_request):
        return remote
    place = help_request.meeting_place
    assert place  # held by a constraint
    return place.place if place.private else f"{place.postcode} {place.place}".strip()


def exact_place(help_request: HelpRequest) -> str:
    """An organisation's address; empty for a private place."""
    if remote := _remote(help_request):
        return remote
    place = help_request.meeting_place
    assert place
    if place.private:
        return ""
    return ", ".join(filter(None, (place.street, f"{place.postcode} {place.place}".strip())))


def duration_in_words(starts_at: datetime, ends_at: datetime) -> str:
    """'1 hour 30 minutes'."""
    hours, minutes = divmod(round((ends_at - starts_at).total_seconds() / 60), 60)
    locale = reader_locale()
    parts = [(hours, "duration-hour"), (minutes, "duration-minute")]
    return " ".join(format_unit(number, unit, locale=locale) for number, unit in parts if number)


def _told(help_request: HelpRequest, spans: Sequence[Span], where: str) -> Appointment:
    zone = help_request.office.time_zone
    durations = {duration_in_words(*span) for span in spans}
    return Appointment(
        reference=help_request.reference,
        dates=tuple(span_in_words(*span, zone) for span in spans),
        duration=durations.pop() if len(durations) == 1 else "",
        where=where,
        language=" / ".join(language_name(code) for code in help_request.languages),
        short_dates=tuple(short_moment(starts_at, zone) for starts_at, _ends_at in spans),
        town=""
        if help_request.remote or not help_request.meeting_place
        else help_request.meeting_place.place,
    )


def _remote(help_request: HelpRequest) -> str:
    return str(Setting(help_request.setting).label) if help_request.remote else ""
