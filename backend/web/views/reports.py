"""Reports that disagree or are missing, and papers of pilots that run out: what an office has to look after."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.dispatch.commands.settlements import settle_report
from backend.dispatch.models import ActivityReport, Assignment
from backend.errors import NotThere
from backend.people.codes import AccessReason
from backend.people.models import BackgroundCheck, Qualification
from backend.web import around, ranking
from backend.web.errors import refusals_on
from backend.web.forms.assignments import SettleForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.here import page_here

PAGE = 25


@gated(Gate.COORDINATOR)
@require_safe
def reports(request: SignedInRequest) -> HttpResponse:
    """What the two sides tell differently, side by side; and sessions of which nobody has told anything."""
    return _page(request)


@gated(Gate.COORDINATOR)
@require_POST
def settle(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    """The office has talked with both: this report counts."""
    found = around.disagreeing(request.user).prefetch_related("reports").filter(pk=assignment_id).first()
    if found is None:
        raise NotThere("report_unknown")
    form = _form(found, request.POST)
    if form.is_valid():
        with refusals_on(form):
            settle_report(
                report_id=UUID(form.cleaned_data["report"]),
                note=form.cleaned_data["note"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("Settled. Your note is kept."))
            return redirect("web:reports")
    return _page(request, {found.pk: form})


def _page(request: SignedInRequest, typed: Mapping[UUID, SettleForm] | None = None) -> HttpResponse:
    now, typed = timezone.now(), typed or {}
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
    page = Paginator(differing, PAGE).get_page(request.GET.get("verschieden"))
    shown = [*page.object_list]
    if missing := typed.keys() - {one.pk for one in shown}:
        # What was typed comes back, though its place in the list has changed.
        shown = [*differing.filter(pk__in=missing), *shown]
    context = {
        "here": page_here(request, "web:reports"),
        "differing": page,
        "rows": [(one, *_both(one), typed.get(one.pk) or _form(one)) for one in shown],
        "page": Paginator(overdue, PAGE).get_page(request.GET.get("seite")),
    }
    return render(request, "web/office/reports.html", context, status=422 if typed else 200)


@gated(Gate.COORDINATOR)
@require_safe
def expiring(request: SignedInRequest) -> HttpResponse:
    """Background checks and courses that run out within two months or have run out."""
    now, user = timezone.now(), request.user
    found: tuple[QuerySet[Any], ...] = (
        around.expiring_checks(user, now=now),
        around.expiring_courses(user, now=now),
    )
    checks, courses = (one.values_list("valid_until", "pk") for one in found)
    page = Paginator(checks.union(courses).order_by("valid_until", "pk"), PAGE).get_page(
        request.GET.get("seite")
    )
    keys = [pk for _until, pk in page.object_list]
    papers: list[BackgroundCheck | Qualification] = [
        paper
        for one in found
        for paper in one.filter(pk__in=keys)
        .select_related("pilot__identity")
        .prefetch_related("pilot__pilot_offices")
    ]
    papers.sort(key=lambda paper: keys.index(paper.pk))
    names = ranking.names_of(
        [paper.pilot for paper in papers], by=user, now=now, reason=AccessReason.OVERVIEW
    )
    context = {
        "page": page,
        "papers": [(paper, names[paper.pilot_id]) for paper in papers],
        "today": now.date(),
    }
    return render(request, "web/office/expiring.html", context)


def _both(assignment: Assignment) -> tuple[ActivityReport, ActivityReport]:
    """The pilot's report and the other side's."""
    own = {report.by_pilot: report for report in assignment.reports.all()}
    return own[True], own[False]


def _form(assignment: Assignment, sent: QueryDict | None = None) -> SettleForm:
    own, other = _both(assignment)
    return SettleForm(sent, own=own.pk, other=other.pk, auto_id=f"id_%s_{assignment.pk}")
