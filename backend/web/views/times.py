"""When a pilot has time: the week, days away, a pause, and what she never wants again."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.dispatch.models import Assignment, Offer
from backend.dispatch.states import AssignmentStatus, OfferStatus
from backend.errors import NotThere
from backend.moments import day_in_words
from backend.people.commands.availability import add_absence, remove_absence, set_availability
from backend.people.commands.pilots import pause_pilot, resume_pilot
from backend.people.commands.vetoes import add_veto, remove_veto
from backend.people.models import Pilot, Veto
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.pilots import PAUSES, AbsenceForm, PauseForm, PostcodeVetoForm
from backend.web.forms.week import WeekForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.here import page_here
from backend.web.own import own_profile

MET_AT_MOST = 5


@gated(Gate.PILOT)
@require_safe
def my_times(request: SignedInRequest) -> HttpResponse:
    """The week, days away, a pause."""
    return _times_page(request, own_profile(request))


@gated(Gate.PILOT)
@require_POST
def save_week(request: SignedInRequest) -> HttpResponse:
    pilot, form = own_profile(request), WeekForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            set_availability(pilot_id=pilot.pk, week=form.week(), by=request.user, now=timezone.now())
            messages.success(request, _("Your week is saved."))
            return redirect("web:my_times")
    return _times_page(request, pilot, week_form=form)


@gated(Gate.PILOT)
@require_POST
def save_absence(request: SignedInRequest) -> HttpResponse:
    pilot, form = own_profile(request), AbsenceForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            away = add_absence(pilot_id=pilot.pk, **form.cleaned_data, by=request.user, now=timezone.now())
            days = {"first": day_in_words(away.start_date), "last": day_in_words(away.end_date)}
            messages.success(
                request,
                _("Noted: away from %(first)s to %(last)s. We ask you nothing for these days.") % days,
            )
            _warn_of_promises(request, pilot, away.start_date, away.end_date)
            return redirect("web:my_times")
    return _times_page(request, pilot, absence_form=form)


@gated(Gate.PILOT)
@require_POST
def drop_absence(request: SignedInRequest, absence_id: UUID) -> HttpResponse:
    # NotPermitted would tell strangers that the row exists.
    if not own_profile(request).absences.filter(pk=absence_id).exists():
        raise NotThere("absence_unknown")
    remove_absence(absence_id=absence_id, by=request.user, now=timezone.now())
    messages.success(request, _("These days are free for questions again."))
    return redirect("web:my_times")


@gated(Gate.PILOT)
@require_POST
def pause(request: SignedInRequest) -> HttpResponse:
    pilot, form = own_profile(request), PauseForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            until = form.until_from(pilot.office.local_date(timezone.now()))
            pause_pilot(pilot_id=pilot.pk, until=until, by=request.user, now=timezone.now())
            messages.success(request, _("You are pausing. We ask you nothing until then."))
            _warn_of_promises(request, pilot, pilot.office.local_date(timezone.now()), until)
            if Offer.objects.filter(pilot=pilot, status=OfferStatus.ACCEPTED).exists():
                messages.warning(
                    request,
                    _(
                        "You have said yes. While you pause, the office cannot confirm it: "
                        "if you still want to come, end the pause."
                    ),
                )
            return redirect("web:my_times")
    return _times_page(request, pilot, pause_form=form)


@gated(Gate.PILOT)
@require_POST
def resume(request: SignedInRequest) -> HttpResponse:
    pilot = own_profile(request)
    with refusals_as_messages(request):
        resume_pilot(pilot_id=pilot.pk, by=request.user, now=timezone.now())
        messages.success(request, _("Welcome back."))
    return redirect("web:my_times")


@gated(Gate.PILOT)
@require_http_methods(["GET", "HEAD", "POST"])
def my_vetoes(request: SignedInRequest) -> HttpResponse:
    """Never again: a postcode is added here, people and organisations on the page of an assignment."""
    pilot, form = own_profile(request), PostcodeVetoForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            postcode = form.cleaned_data["postcode"]
            add_veto(pilot_id=pilot.pk, postcode=postcode, by=request.user, now=timezone.now())
            messages.success(request, _("Noted. We will not ask you for that again."))
            return redirect("web:my_vetoes")
    vetoes = pilot.vetoes.select_related("organisation")
    context = {
        "form": form,
        "rows": [(veto, _met_last(pilot, veto)) for veto in vetoes],
        "refused": pilot.topics_refused,
        "met": Assignment.objects.filter(pilot=pilot)
        .select_related("help_request__office")
        .order_by("-starts_at")[:MET_AT_MOST],
    }
    return render(request, "web/pilot/vetoes.html", context, status=422 if form.errors else 200)


@gated(Gate.PILOT)
@require_POST
def drop_veto(request: SignedInRequest, veto_id: UUID) -> HttpResponse:
    # NotPermitted would tell strangers that the row exists.
    if not own_profile(request).vetoes.filter(pk=veto_id).exists():
        raise NotThere("veto_unknown")
    remove_veto(veto_id=veto_id, by=request.user, now=timezone.now())
    messages.success(request, _("Taken back. We may ask you for that again."))
    return redirect("web:my_vetoes")


def _met_last(pilot: Pilot, veto: Veto) -> Assignment | None:
    """By which appointment she knows the person: no name stands anywhere."""
    if veto.help_seeker_id is None:
        return None
    met = Assignment.objects.filter(pilot=pilot, help_request__help_seeker=veto.help_seeker_id)
    return met.select_related("help_request__office").last()


def _times_page(request: SignedInRequest, pilot: Pilot, **bound: Any) -> HttpResponse:
    today = pilot.office.local_date(timezone.now())
    context = {
        "pilot": pilot,
        "absences": pilot.absences.filter(end_date__gte=today),
        "pauses": [(weeks, today + timedelta(weeks=weeks)) for weeks in PAUSES],
        "week_form": WeekForm(week=pilot.availabilities.all()),
        "absence_form": AbsenceForm(),
        "pause_form": PauseForm(),
        "vetoes": pilot.vetoes.count() + len(pilot.topics_refused),
        "here": page_here(request, "web:my_times"),
        **bound,
    }
    return render(request, "web/pilot/times.html", context, status=422 if bound else 200)


def _warn_of_promises(request: SignedInRequest, pilot: Pilot, first: date, last: date | None) -> None:
    """What is confirmed already does not vanish: say so, as she may have meant it to."""
    confirmed = Assignment.objects.filter(
        pilot=pilot, status=AssignmentStatus.CONFIRMED, starts_at__gt=timezone.now()
    )
    days = [pilot.office.local_date(one.starts_at) for one in confirmed]
    inside = [day for day in days if first <= day and (last is None or day <= last)]
    if inside:
        messages.warning(
            request,
            ngettext(
                "You have promised %(count)s appointment in that time. It stays yours unless you cancel it.",
                "You have promised %(count)s appointments in that time. They stay yours unless you cancel them.",
                len(inside),
            )
            % {"count": len(inside)},
        )
