"""How long is a pilot taken by an appointment, and what else of hers is in the way?"""

from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from backend.dispatch.models import Assignment, HelpRequest
from backend.errors import Conflict


def half_buffer(help_request: HelpRequest) -> timedelta:
    """The way on each side of its dates; nobody travels to a call."""
    minutes = 0 if help_request.remote else help_request.office.travel_buffer_minutes // 2
    return timedelta(minutes=minutes)


def busy_span(help_request: HelpRequest, starts_at: datetime, ends_at: datetime) -> DateTimeTZRange:
    """The appointment plus the way on each side, half-open."""
    half = half_buffer(help_request)
    return DateTimeTZRange(starts_at - half, ends_at + half, "[)")


def check_no_clash(assignment: Assignment) -> None:
    """Raise what the database would refuse about this assignment as things stand; it decides, this only foresees.

    The refusal has the name of the constraint, and names the pilot's other appointment.
    """
    hers = (
        Assignment.objects.live()
        .filter(pilot=assignment.pilot_id)
        .exclude(pk=assignment.pk)
        .order_by("starts_at")
    )
    overlapping = hers.filter(starts_at__lt=assignment.ends_at, ends_at__gt=assignment.starts_at)
    if other := overlapping.first():
        raise Conflict("pilot_double_booked", assignment_id=str(other.pk))
    near = hers.filter(busy__overlap=assignment.busy).exclude(site=assignment.site)
    if other := near.first():
        raise Conflict("travel_time_missing", assignment_id=str(other.pk))
