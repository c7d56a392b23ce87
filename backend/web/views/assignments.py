"""One confirmed assignment: where and whom, the report, dropping out."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.roles import Role
from backend.dispatch.commands.assignments import cancel_assignment, report_activity
from backend.dispatch.models import Assignment
from backend.dispatch.queries import (
    cancelled_reason_for,
    details_of,
    meeting_place_for,
    pilot_for_counterpart,
)
from backend.dispatch.states import AssignmentStatus
from backend.errors import Conflict, NotThere
from backend.people.commands.vetoes import add_veto
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.assignments import CancelForm, ReportForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.here import page_here
from notifications import calendar

SOON = timedelta(hours=24)  # a message alone may come too late


@gated(Gate.SIGNED_IN)
@require_safe
def assignment(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    """What this reader may know of it, and what she can do about it."""
    return _page(request, _visible(request, assignment_id))


@gated(Gate.SIGNED_IN)
@require_POST
def report(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    found, form = _visible(request, assignment_id), ReportForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            report_activity(assignment_id=assignment_id, **form.values(), by=request.user, now=timezone.now())
            messages.success(request, _("Thank you for the report."))
            return redirect("web:assignment", assignment_id=assignment_id)
    return _page(request, found, report_form=form)


@gated(Gate.SIGNED_IN)
@require_POST
def cancel(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    """The pilot drops out, or the office cancels; everybody concerned is told."""
    found = _visible(request, assignment_id)
    form = CancelForm(request.POST, by_pilot=_is_own(request, found))
    if form.is_valid():
        with refusals_on(form):
            cancel_assignment(
                assignment_id=assignment_id,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The assignment is cancelled. We tell everybody concerned."))
            return redirect("web:assignment", assignment_id=assignment_id)
    return _page(request, found, cancel_form=form)


@gated(Gate.PILOT)
@require_POST
def never_again(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    """The pilot never wants to meet this person, or go to this organisation, again; no reason is asked."""
    found = _visible(request, assignment_id)
    if not _is_own(request, found):
        raise NotThere("assignment_unknown")
    need = found.help_request
    whole = request.POST.get("whom") == "organisation"
    with refusals_as_messages(request):
        add_veto(
            pilot_id=found.pilot_id,
            organisation_id=need.organisation_id if whole else None,
            help_seeker_id=None if whole else need.help_seeker_id,
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Noted. We will not ask you for that again."))
    return redirect("web:my_vetoes")


@gated(Gate.SIGNED_IN)
@require_safe
def calendar_entry(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    """The appointment as a file that calendars open, while it stands and until its place is hidden again."""
    found, now = _visible(request, assignment_id), timezone.now()
    if not calendar.shows_place(found, to=request.user, now=now):
        raise Conflict("assignment_not_live", status=found.status)
    entry = calendar.entry(found, to=request.user, at=now)
    content = entry.get_payload(decode=True)
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="ilos.ics"'},
    )


def _page(
    request: SignedInRequest,
    found: Assignment,
    *,
    report_form: ReportForm | None = None,
    cancel_form: CancelForm | None = None,
) -> HttpResponse:
    now, own = timezone.now(), _is_own(request, found)
    office = request.user.has_role(Role.COORDINATOR, office_id=found.office_id)
    reports = list(found.reports.all())
    may_report = (
        found.starts_at <= now
        and found.status != AssignmentStatus.CANCELLED
        and not any(entry.by_pilot == own for entry in reports)
    )
    may_cancel = (own or office) and found.status == AssignmentStatus.CONFIRMED and found.starts_at > now
    context = {
        "assignment": found,
        "here": page_here(request, "web:assignment", found.pk),
        "help_request": found.help_request,
        "zone": found.help_request.office.time_zone,
        "own": own,
        "office": office,
        "place": meeting_place_for(found, by=request.user, now=now),
        "details": details_of(found, by=request.user, now=now),
        "cancelled_reason": cancelled_reason_for(found, by=request.user, now=now),
        "contact": pilot_for_counterpart(found, by=request.user, now=now),
        "reports": reports,
        "now": now,
        "is_soon": found.starts_at - now < SOON,
        "report_form": report_form or (ReportForm(initial=_planned(found)) if may_report else None),
        "cancel_form": cancel_form or (CancelForm(by_pilot=own) if may_cancel else None),
    }
    bound = report_form or cancel_form
    return render(request, "web/assignment.html", context, status=422 if bound else 200)


def _visible(request: SignedInRequest, assignment_id: UUID) -> Assignment:
    found = (
        Assignment.objects.visible_to(request.user)
        .select_related(
            "office",
            "help_request__office",
            "help_request__organisation",
            "help_request__help_seeker",
            "help_request__meeting_place",
            "pilot__identity",
        )
        .filter(pk=assignment_id)
        .first()
    )
    if found is None:
        raise NotThere("assignment_unknown")
    return found


def _planned(found: Assignment) -> dict[str, int]:
    """What a report says where all went as planned."""
    return {"minutes": int((found.ends_at - found.starts_at).total_seconds()) // 60}


def _is_own(request: SignedInRequest, found: Assignment) -> bool:
    return found.pilot.user_id == request.user.pk
