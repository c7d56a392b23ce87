"""What of a case is told to whom, and until when? The one table behind pages, API, calendars, mails and cards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend.accounts.models import User
from backend.accounts.permissions import Permission, may
from backend.dispatch.models import Assignment

HIDDEN_AFTER = timedelta(hours=24)  # beyond the appointment's end


class Standing(StrEnum):
    """How somebody stands to a case. Whoever has no standing is told that there is no such case."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    AFTERWARDS = "afterwards"
    ASKING = "asking"
    OFFICE = "office"


class Nearness(StrEnum):
    """How exactly a place is told: by the middle of its square kilometre and its town, or by its address."""

    CELL = "cell"
    EXACT = "exact"


@dataclass(frozen=True)
class Told:
    """What one standing is told."""

    place: Nearness
    contact: bool  # the meeting point, whom to ask for there, the note
    pilot: bool  # the name and the telephone number of the pilot who comes
    illness: bool  # that a pilot fell ill, and not just that she cannot come


TOLD: dict[Standing, Told] = {
    Standing.ASKED: Told(Nearness.CELL, contact=False, pilot=False, illness=False),
    Standing.CONFIRMED: Told(Nearness.EXACT, contact=True, pilot=True, illness=True),
    Standing.AFTERWARDS: Told(Nearness.CELL, contact=False, pilot=True, illness=True),
    Standing.ASKING: Told(Nearness.EXACT, contact=True, pilot=True, illness=False),
    Standing.OFFICE: Told(Nearness.EXACT, contact=True, pilot=True, illness=True),
}


def is_hidden(assignment: Assignment, *, now: datetime) -> bool:
    """Whether its place has been taken back from the pilot: it does not take place, or was over a day ago."""
    return not assignment.is_live or now > assignment.ends_at + HIDDEN_AFTER


def standing_in(assignment: Assignment, *, by: User, now: datetime) -> Standing:
    """Of somebody to whom the assignment is visible; that is for the caller to check."""
    if assignment.pilot.user_id == by.pk:
        return Standing.AFTERWARDS if is_hidden(assignment, now=now) else Standing.CONFIRMED
    office = may(by, Permission.READ_DISPATCH, office_id=assignment.office_id)
    return Standing.OFFICE if office else Standing.ASKING


def told_of(assignment: Assignment, *, by: User, now: datetime) -> Told:
    """What this reader is told now."""
    return TOLD[standing_in(assignment, by=by, now=now)]
