"""What changes a pilot's times: the week, and dates away."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from backend.accounts.models import User
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people import permissions
from backend.people.codes import ProfileStep
from backend.people.commands.steps import take_steps
from backend.people.models import Absence, Availability, Pilot
from backend.people.profile import WeeklySpan, checked_week


@command
def set_availability(*, pilot_id: UUID, week: Sequence[WeeklySpan], by: User, now: datetime) -> Pilot:
    """Replace the weekly hours."""
    pilot = _lock(pilot_id)
    permissions.check_may_edit_profile(by, pilot)
    replace_week(pilot, week)
    take_steps(pilot, ProfileStep.TIMES, by=by, at=now)
    pilot.save(update_fields=["steps_done"])
    record(EventKind.PILOT_PROFILE_CHANGED, subject=pilot, by=by, at=now, parts=["availability"])
    return pilot


@command
def add_absence(*, pilot_id: UUID, start_date: date, end_date: date, by: User, now: datetime) -> Absence:
    """Note dates away, both included."""
    pilot = _lock(pilot_id)
    permissions.check_may_edit_profile(by, pilot)
    if end_date < start_date:
        raise RuleViolated("date_order", field="end_date")
    if end_date < pilot.office.local_date(now):
        raise RuleViolated("absence_over", field="end_date")  # a slip in the year, mostly
    absence = Absence.objects.create(pilot=pilot, start_date=start_date, end_date=end_date)
    record(EventKind.PILOT_PROFILE_CHANGED, subject=pilot, by=by, at=now, parts=["absences"])
    return absence


@command
def remove_absence(*, absence_id: UUID, by: User, now: datetime) -> None:
    """Take dates away back."""
    absence = Absence.objects.select_related("pilot").filter(pk=absence_id).first()
    if absence is None:
        raise NotThere("absence_unknown")
    permissions.check_may_edit_profile(by, absence.pilot)
    absence.delete()
    record(EventKind.PILOT_PROFILE_CHANGED, subject=absence.pilot, by=by, at=now, parts=["absences"])


def replace_week(pilot: Pilot, week: Sequence[WeeklySpan]) -> None:
    """Store the weekly hours in place of the earlier ones."""
    ordered = checked_week(week)
    pilot.availabilities.all().delete()
    Availability.objects.bulk_create(
        Availability(pilot=pilot, weekday=span.weekday, starts=span.starts, ends=span.ends)
        for span in ordered
    )


def _lock(pilot_id: UUID) -> Pilot:
    pilot = Pilot.objects.select_for_update(of=("self",)).filter(pk=pilot_id).first()
    if pilot is None:
        raise NotThere("pilot_unknown")
    return pilot
