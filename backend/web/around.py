"""What else waits for a coordinator beside the requests: messages, reports, papers that run out, people to let in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.dispatch.models import Assignment
from backend.people.models import BackgroundCheck, Qualification
from backend.people.states import PilotStatus
from backend.web.counting import counted
from backend.web.worklist import applicants, office_ids, waiting_organisations
from notifications.models import Delivery

EXPIRES_WITHIN = timedelta(days=60)
IN_USE = (PilotStatus.ACTIVE, PilotStatus.PAUSED)


@dataclass(frozen=True)
class Waiting:
    """How much of something waits, in words, and the page for it."""

    text: str
    url: str
    grave: bool


def around(user: User, *, now: datetime) -> list[Waiting]:
    """What is not nothing, the gravest first."""
    counts = counted(
        failed=Delivery.objects.visible_to(user).unheard(),
        differ=disagreeing(user),
        overdue=overdue_reports(user, now=now),
        checks=expiring_checks(user, now=now),
        courses=expiring_courses(user, now=now),
        people=applicants(user),
        organisations=waiting_organisations(user),
    )
    failed, differ, overdue = counts["failed"], counts["differ"], counts["overdue"]
    checks, courses = counts["checks"], counts["courses"]
    people, organisations = counts["people"], counts["organisations"]
    every = [
        (failed, "failed_deliveries", "", True, ngettext(
            "%(count)s message did not arrive", "%(count)s messages did not arrive", failed)),
        (differ, "reports", "", True, ngettext(
            "%(count)s session is reported differently by the two sides",
            "%(count)s sessions are reported differently by the two sides", differ)),
        (overdue, "reports", "#offen", False, ngettext(
            "%(count)s report is overdue", "%(count)s reports are overdue", overdue)),
        (checks + courses, "expiring", "", False, ngettext(
            "%(count)s paper runs out soon", "%(count)s papers run out soon", checks + courses)),
        (people, "pilots", "?status=bewerbungen", False, ngettext(
            "%(count)s applicant", "%(count)s applicants", people)),
        (organisations, "organisations", "", False, ngettext(
            "%(count)s organisation to approve", "%(count)s organisations to approve", organisations)),
    ]  # fmt: skip
    return [
        Waiting(text % {"count": count}, reverse(f"web:{page}") + tail, grave)
        for count, page, tail, grave, text in every
        if count
    ]


def disagreeing(user: User) -> QuerySet[Assignment]:
    """Sessions of the user's offices of which pilot and asking side tell different things."""
    return Assignment.objects.filter(office__in=office_ids(user)).disagreeing()


def overdue_reports(user: User, *, now: datetime) -> QuerySet[Assignment]:
    """Sessions that are over for a day and of which nobody has told how they went."""
    return Assignment.objects.filter(office__in=office_ids(user)).report_overdue(now=now)


def expiring_checks(user: User, *, now: datetime) -> QuerySet[BackgroundCheck]:
    """The latest background check of each pilot, where it runs out soon or has run out."""
    latest = (
        BackgroundCheck.objects.filter(pilot__office__in=office_ids(user), pilot__status__in=IN_USE)
        .order_by("pilot_id", "-inspected_date", "-pk")
        .distinct("pilot_id")
    )
    return BackgroundCheck.objects.filter(pk__in=latest.values("pk"), valid_until__lte=_until(now))


def expiring_courses(user: User, *, now: datetime) -> QuerySet[Qualification]:
    """The latest of each kind of qualification with an end, where it runs out soon or has run out."""
    latest = (
        Qualification.objects.filter(
            pilot__office__in=office_ids(user), pilot__status__in=IN_USE, valid_until__isnull=False
        )
        .order_by("pilot_id", "kind", "-valid_until", "-pk")
        .distinct("pilot_id", "kind")
    )
    return Qualification.objects.filter(pk__in=latest.values("pk"), valid_until__lte=_until(now))


def _until(now: datetime) -> date:
    return (now + EXPIRES_WITHIN).date()
