"""Reports that disagree or are missing, and papers of pilots that run out: what an office has to look after."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backend.dispatch.models import ActivityReport, Assignment
from backend.people.codes import AccessReason
from backend.web import around, ranking
from backend.web.gates import Gate, SignedInRequest, gated

PAGE = 25


@gated(Gate.COORDINATOR)
@require_safe
def reports(request: SignedInRequest) -> HttpResponse:
    """What the two sides tell differently, side by side; and sessions of which nobody has told anything."""
    now = timezone.now()
    differing = (
        around.disagreeing(request.user)
        .select_related("help_request__organisation", "office", "pilot")
        .prefetch_related("reports")
        .order_by("-starts_at", "-pk")
    )
    overdue = (
        around.overdue_reports(request.user, now=now)
        .select_related("help_request__organisation", "office", "pilot")
        .order_by("starts_at", "pk")
    )
    context = {
        "differing": [(assignment, *_both(assignment)) for assignment in differing[:PAGE]],
        "page": Paginator(overdue, PAGE).get_page(request.GET.get("seite")),
    }
    return render(request, "web/office/reports.html", context)


@gated(Gate.COORDINATOR)
@require_safe
def expiring(request: SignedInRequest) -> HttpResponse:
    """Background checks and courses that run out within two months or have run out."""
    now, user = timezone.now(), request.user
    checks = list(
        around.expiring_checks(user, now=now)
        .select_related("pilot__identity")
        .prefetch_related("pilot__pilot_offices")
        .order_by("valid_until", "pk")
    )
    courses = list(
        around.expiring_courses(user, now=now)
        .select_related("pilot__identity")
        .prefetch_related("pilot__pilot_offices")
        .order_by("valid_until", "pk")
    )
    pilots = [check.pilot for check in checks] + [course.pilot for course in courses]
    names = ranking.names_of(pilots, by=user, now=now, reason=AccessReason.OVERVIEW)
    context = {
        "checks": [(check, names[check.pilot_id]) for check in checks],
        "courses": [(course, names[course.pilot_id]) for course in courses],
        "today": now.date(),
    }
    return render(request, "web/office/expiring.html", context)


def _both(assignment: Assignment) -> tuple[ActivityReport, ActivityReport]:
    """The pilot's report and the other side's."""
    own = {report.by_pilot: report for report in assignment.reports.all()}
    return own[True], own[False]
