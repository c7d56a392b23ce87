"""The office's pilots and organisations: who applies, what is due, whom to approve."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.commands import approve_organisation
from backend.accounts.models import Organisation, User
from backend.errors import NotThere
from backend.people.codes import AccessReason
from backend.people.commands.pilots import (
    activate_pilot,
    pause_pilot,
    record_background_check,
    record_qualification,
    resume_pilot,
)
from backend.people.models import Pilot
from backend.people.name_order import in_order_of_names
from backend.people.policies import missing_for_activation, steps_left
from backend.people.queries import reveal
from backend.people.states import PilotStatus
from backend.web import pilot_list, ranking
from backend.web import worklist as waiting
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.pilots import ActivationForm, BackgroundCheckForm, PilotSearchForm, QualificationForm
from backend.web.fresh_sign_in import signed_in_lately
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.here import page_here
from backend.web.pilot_list import answers_of, assignments_of

PAGE = 25
HISTORY = 20
NOTED = ("qualifications", "background_checks")


@gated(Gate.COORDINATOR)
@require_safe
def pilots(request: SignedInRequest) -> HttpResponse:
    """Find by name, code or place; languages, load, what is due. All filters stand in the address."""
    now, offices = timezone.now(), waiting.office_ids(request.user)
    today = timezone.localdate(now)
    form = PilotSearchForm(request.GET, languages=pilot_list.languages_of(offices))
    wanted, status = form.wanted(), request.GET.get("status", "")
    every = pilot_list.filtered(pilot_list.pilots_of(offices), status=status, today=today, **wanted)
    page = Paginator(in_order_of_names(every, by=request.user, like=form.words), PAGE).get_page(
        request.GET.get("seite")
    )
    rows = pilot_list.pilots_of(offices).select_related("identity", "home", "office")
    by_id = rows.prefetch_related("skills", "pilot_offices").in_bulk(list(page.object_list))
    shown = [by_id[pk] for pk in page.object_list]
    context = {
        "page": page,
        "rows": pilot_list.lines_of(shown, by=request.user, now=now),
        "form": form,
        "narrowed": bool(form.words or any(value not in ("", None, False) for value in wanted.values())),
        "current": status if status in pilot_list.STATES else "",
        "filters": [
            ("", _("All")),
            ("bewerbungen", _("Applying")),
            ("aktiv", _("Active")),
            ("pause", _("Pausing")),
            ("ausgeschieden", pgettext("people who", "Left")),
        ],
    }
    return render(request, "web/office/pilots.html", context)


@gated(Gate.COORDINATOR)
@require_safe
def pilot(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    """One pilot: profile, what is still missing, what the office can note."""
    return _pilot_page(request, _visible(request, pilot_id, *NOTED))


@gated(Gate.COORDINATOR)
@signed_in_lately
@require_safe
def contact(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    """Name, phone and street out of the vault; that they were opened stands in the access log."""
    found = _visible(request, pilot_id)
    person = reveal(person=found, by=request.user, reason=AccessReason.CONTACT, at=timezone.now())
    return render(request, "web/office/contact.html", {"pilot": found, "person": person})


@gated(Gate.COORDINATOR)
@require_POST
def activate(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    _visible(request, pilot_id)
    form = ActivationForm(request.POST)
    form.full_clean()
    with refusals_as_messages(request):
        activate_pilot(pilot_id=pilot_id, **form.cleaned_data, by=request.user, now=timezone.now())
        messages.success(request, _("Active: from now on this pilot can be asked."))
    return redirect("web:pilot", pilot_id=pilot_id)


@gated(Gate.COORDINATOR)
@require_POST
def pause(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    """Pause an active pilot, or bring a paused one back."""
    found = _visible(request, pilot_id)
    with refusals_as_messages(request):
        if found.status == PilotStatus.PAUSED:
            resume_pilot(pilot_id=pilot_id, by=request.user, now=timezone.now())
        else:
            pause_pilot(pilot_id=pilot_id, until=None, by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
    return redirect("web:pilot", pilot_id=pilot_id)


@gated(Gate.COORDINATOR)
@require_POST
def qualification(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    found, form = _visible(request, pilot_id), QualificationForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            record_qualification(pilot_id=pilot_id, **form.values(), by=request.user, now=timezone.now())
            messages.success(request, _("The qualification is noted."))
            return redirect("web:pilot", pilot_id=pilot_id)
    return _pilot_page(request, found, qualification_form=form)


@gated(Gate.COORDINATOR)
@require_POST
def background_check(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    found, form = _visible(request, pilot_id), BackgroundCheckForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            record_background_check(pilot_id=pilot_id, **form.values(), by=request.user, now=timezone.now())
            messages.success(request, _("The inspection is noted."))
            return redirect("web:pilot", pilot_id=pilot_id)
    return _pilot_page(request, found, check_form=form)


@gated(Gate.COORDINATOR)
@require_safe
def organisations(request: SignedInRequest) -> HttpResponse:
    """Who asks for pilots; those that wait for approval stand first."""
    found = Organisation.objects.filter(offices__in=waiting.office_ids(request.user)).distinct()
    page = Paginator(found.order_by("name", "pk"), PAGE).get_page(request.GET.get("seite"))
    context = {"page": page, "waiting": waiting.waiting_organisations(request.user).order_by("created_at")}
    return render(request, "web/office/organisations.html", context)


@gated(Gate.COORDINATOR)
@require_POST
def approve(request: SignedInRequest, organisation_id: UUID) -> HttpResponse:
    approve_organisation(organisation_id=organisation_id, by=request.user, now=timezone.now())
    messages.success(request, _("Approved: this organisation can ask for pilots now."))
    return redirect("web:organisations")


def _pilot_page(request: SignedInRequest, found: Pilot, **bound: Any) -> HttpResponse:
    now, applying = timezone.now(), found.status in waiting.APPLYING
    check = next(iter(found.background_checks.all()), None)
    context = {
        "pilot": found,
        "here": page_here(request, "web:pilot", found.pk),
        "name": ranking.names_of([found], by=request.user, now=now, reason=AccessReason.OVERVIEW)[found.pk],
        "skills": found.skills.all(),
        "week": found.availabilities.all(),
        "absences": found.absences.filter(end_date__gte=timezone.localdate()),
        "qualifications": found.qualifications.all(),
        "check": check,
        "check_is_valid": bool(
            check and not check.stands_in_the_way and check.valid_until >= timezone.localdate()
        ),
        **(_before_she_begins(found) if applying else _what_she_does(found, by=request.user, now=now)),
        "steps_left": steps_left(found),
        "is_applying": applying,
        "activation_form": ActivationForm(),
        "qualification_form": QualificationForm(),
        "check_form": BackgroundCheckForm(),
        **bound,
    }
    return render(request, "web/office/pilot.html", context, status=422 if bound else 200)


def _before_she_begins(found: Pilot) -> dict[str, Any]:
    return {"missing": missing_for_activation(found), "pledge_only": ["confidentiality_pledge"]}


def _what_she_does(found: Pilot, *, by: User, now: datetime) -> dict[str, Any]:
    return {
        "load": pilot_list.loads_of([found], now=now)[found.pk],
        "history": list(assignments_of(found, by=by)[:HISTORY]),
        "answers": answers_of(found, now=now),
    }


def _visible(request: SignedInRequest, pilot_id: UUID, *along: str) -> Pilot:
    found = (
        Pilot.objects.filter(
            pk=pilot_id,
            pilot_offices__office__in=waiting.office_ids(request.user),
        )
        .select_related("office", "home", "identity")
        .prefetch_related(*along)
        .first()
    )
    if found is None:
        raise NotThere("pilot_unknown")
    return found
