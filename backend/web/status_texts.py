"""Which words tell a reader where something stands, and what has happened to it?"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.dispatch.states import HelpRequestStatus
from backend.ending_texts import CANCELLATIONS, RETRACTIONS, UNFILLED, WAVES_STOPPED, WITHDRAWALS
from backend.journal.kinds import EventKind
from backend.moments import day_in_words
from backend.reader import listed
from backend.reason_texts import LEFT_OUT

DISTANCE_BANDS: dict[str, Promise] = {
    "under_2": gettext_lazy("less than 2 km from your home as the crow flies"),
    "2_5": gettext_lazy("2 to 5 km from your home as the crow flies"),
    "5_10": gettext_lazy("5 to 10 km from your home as the crow flies"),
    "10_20": gettext_lazy("10 to 20 km from your home as the crow flies"),
    "over_20": gettext_lazy("more than 20 km from your home as the crow flies"),
}

EVENTS: dict[str, Promise] = {
    EventKind.HELP_REQUEST_FILED: gettext_lazy("The request was filed."),
    EventKind.HELP_REQUEST_CHANGED: gettext_lazy("The request was changed."),
    EventKind.HELP_REQUEST_HANDED_OFF: gettext_lazy("Somebody else was named to turn to."),
    EventKind.HELP_REQUEST_WITHDRAWN: gettext_lazy("The request was withdrawn."),
    EventKind.HELP_REQUEST_UNFILLED: gettext_lazy("The request could not be covered."),
    EventKind.HELP_REQUEST_PARTLY_FILLED: gettext_lazy(
        "Nobody else is looked for: those confirmed will come."
    ),
    EventKind.HELP_REQUEST_REOPENED: gettext_lazy("The request is open again."),
    EventKind.HELP_REQUEST_FULFILLED: gettext_lazy("The request is fulfilled."),
    EventKind.PILOTS_SUGGESTED: gettext_lazy("Pilots were suggested."),
    EventKind.WAVES_STARTED: gettext_lazy("Pilots are asked in waves from now on."),
    EventKind.WAVE_SENT: gettext_lazy("A wave was sent."),
    EventKind.WAVES_STOPPED: gettext_lazy("The waves have ended."),
    EventKind.OFFER_MADE: gettext_lazy("A pilot was asked."),
    EventKind.OFFER_ACCEPTED: gettext_lazy("A pilot said yes."),
    EventKind.OFFER_DECLINED: gettext_lazy("A pilot said no."),
    EventKind.OFFER_EXPIRED: gettext_lazy("The time to answer ran out."),
    EventKind.OFFER_RETRACTED: gettext_lazy("A question was taken back."),
    EventKind.OFFER_RESERVED: gettext_lazy("A pilot stays in reserve."),
    EventKind.RESERVE_ASKED: gettext_lazy("The reserve was asked again."),
    EventKind.ASSIGNMENT_CONFIRMED: gettext_lazy("The assignment was confirmed."),
    EventKind.ASSIGNMENT_CANCELLED: gettext_lazy("The assignment was cancelled."),
    EventKind.ASSIGNMENT_COMPLETED: gettext_lazy("The assignment took place."),
    EventKind.ASSIGNMENT_MISSED: gettext_lazy("The assignment did not take place."),
    EventKind.ACTIVITY_REPORTED: gettext_lazy("A report came in."),
    EventKind.REPORTS_SETTLED: gettext_lazy(
        "The two reports differed. The office has settled which one counts."
    ),
}
REASONS_OF: dict[str, Mapping[str, Promise]] = {
    EventKind.HELP_REQUEST_WITHDRAWN: WITHDRAWALS,
    EventKind.HELP_REQUEST_UNFILLED: UNFILLED,
    EventKind.OFFER_RETRACTED: RETRACTIONS,
    EventKind.ASSIGNMENT_CANCELLED: CANCELLATIONS,
    EventKind.WAVES_STOPPED: WAVES_STOPPED,
}


def distance_band_text(code: str) -> str:
    """How far it is, no finer than a band."""
    return str(DISTANCE_BANDS[code])


def event_text(event: Any) -> str:
    """One line of a request's timeline."""
    said = str(EVENTS[event.kind])
    reasons, code = REASONS_OF.get(event.kind), event.facts.get("reason")
    if reasons and code in reasons:
        return f"{said} {reasons[code]}"
    if bent := event.facts.get("overridden"):
        rules = listed(str(LEFT_OUT[code]) for code in bent)
        return f"{said} " + _("Asked all the same, although: %(rules)s.") % {"rules": rules}
    if event.kind == EventKind.PILOTS_SUGGESTED:
        return _("%(eligible)s of %(considered)s pilots come into question.") % {
            "eligible": event.facts["eligible"],
            "considered": event.facts["considered"],
        }
    if event.kind == EventKind.WAVE_SENT:
        return _("Wave %(number)s: %(asked)s asked; chance that it is enough: %(chance)s %%.") % {
            "number": event.facts["number"],
            "asked": event.facts["asked"],
            "chance": event.facts["chance_percent"],
        }
    if event.kind == EventKind.ACTIVITY_REPORTED and event.facts.get("minutes"):
        return f"{said} " + _("%(minutes)s minutes.") % {"minutes": event.facts["minutes"]}
    return said


def request_state(help_request: Any) -> str:
    """Where a request stands, for whoever asked. Needs the counts of dispatch.queries.with_progress."""
    status = help_request.status
    if status == HelpRequestStatus.OPEN:
        if help_request.accepted_offers:
            return _("A pilot has said yes; the office confirms next.")
        if pending := help_request.pending_offers:
            return ngettext(
                "We have asked %(count)s pilot and wait for an answer.",
                "We have asked %(count)s pilots and wait for answers.",
                pending,
            ) % {"count": pending}
        return _("We have your request and are looking for a pilot.")
    if status == HelpRequestStatus.UNFILLED:
        return str(UNFILLED[help_request.unfilled_reason])
    return str(STATES[status])


STATES: dict[str, Promise] = {
    HelpRequestStatus.DRAFT: gettext_lazy("Not sent yet."),
    HelpRequestStatus.ASSIGNED: gettext_lazy("A pilot is coming. The appointment is confirmed."),
    HelpRequestStatus.FULFILLED: gettext_lazy("The appointment took place."),
    HelpRequestStatus.WITHDRAWN: gettext_lazy("You have withdrawn this request."),
}


def holiday_warning(day: date, name: str) -> str:
    """For a date on which most places are closed; nothing forbids it."""
    return _("%(day)s is a public holiday (%(name)s). Please make sure that the place is open.") % {
        "day": day_in_words(day),
        "name": name,
    }
