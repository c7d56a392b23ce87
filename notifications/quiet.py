"""When may a phone ring? SMS and push wait for the end of quiet hours; a mail rings nowhere and is sent at any time."""

from datetime import date, datetime, time, timedelta

from backend.accounts.models import Office, User
from backend.dispatch.models import Assignment, HelpRequest
from backend.people.models import Pilot
from matching.quiet import DAY_MINUTES, QuietHours
from notifications import subjects
from notifications.models import Delivery

RINGING = frozenset({"sms", "web_push"})
ASKED_FOR = frozenset({"sms_code", "sms_reply"})  # the answer to what the reader has done this minute
URGENT = frozenset({"cancelled_to_pilot", "cancelled_to_asking_side", "details_changed"})
ON_THE_WAY = timedelta(hours=2)  # who gets up at the end of quiet hours has to hear of it before setting out


def quiet_until(delivery: Delivery, *, now: datetime) -> datetime | None:
    """When this message may be sent, if it has to wait; None when it may go now."""
    if delivery.channel not in RINGING or delivery.template in ASKED_FOR or delivery.office is None:
        return None
    end = _end_of_quiet(delivery.recipient, delivery.office, now=now)
    if end is None or (delivery.template in URGENT and _is_near(delivery, end, now=now)):
        return None
    return end


def _end_of_quiet(reader: User, office: Office, *, now: datetime) -> datetime | None:
    """By the pilot's own hours where she has set some, else by the office's."""
    pilot = Pilot.objects.filter(
        user=reader, quiet_from_hour__isnull=False, quiet_until_hour__isnull=False
    ).first()
    who = pilot or office
    local = now.astimezone(office.zone)
    minute = local.toordinal() * DAY_MINUTES + local.hour * 60 + local.minute
    end = QuietHours(who.quiet_from_hour or 0, who.quiet_until_hour or 0).end_of(minute)
    if end == minute:
        return None
    day, of_day = divmod(end, DAY_MINUTES)
    return datetime.combine(date.fromordinal(day), time(of_day // 60), tzinfo=office.zone)


def _is_near(delivery: Delivery, end: datetime, *, now: datetime) -> bool:
    """The appointment is today, or begins so early that the end of quiet hours is too late."""
    subject = subjects.load(delivery.subject_type, delivery.subject_id)
    if isinstance(subject, HelpRequest):
        assignments = list(subject.assignments.filter(pilot__user=delivery.recipient))
    else:
        assignments = [subject] if isinstance(subject, Assignment) else []
    zone = delivery.office.zone if delivery.office else now.tzinfo
    today = now.astimezone(zone).date()
    return any(
        one.ends_at > now
        and (one.starts_at.astimezone(zone).date() == today or one.starts_at <= end + ON_THE_WAY)
        for one in assignments
    )
