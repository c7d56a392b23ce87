"""Pages of whoever asks for a pilot: an organisation, or somebody for herself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.accounts.models import Organisation
from backend.dispatch.commands.help_requests import withdraw_help_request
from backend.dispatch.models import HelpRequest
from backend.dispatch.queries import details_for_office, help_request_for, with_progress
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus
from backend.errors import NotThere
from backend.people.models import HelpSeeker
from backend.web.chances import asks_for_chances, chances_page, typed
from backend.web.errors import refusals_on
from backend.web.filing import file_for_client, file_for_oneself
from backend.web.forms.requests import ClientRequestForm, NeedForm, WithdrawForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.organisations import organisation_of

PAGE = 25
CASE_KEYS_AT_MOST = 200
MAY_WITHDRAW = (HelpRequestStatus.DRAFT, HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED)


@gated(Gate.REQUESTER)
@require_safe
def my_requests(request: SignedInRequest) -> HttpResponse:
    """Every request with its state in words, newest first."""
    mine = with_progress(HelpRequest.objects.visible_to(request.user)).select_related(
        "office", "help_seeker", "organisation"
    )
    page = Paginator(mine.order_by("-created_at", "-pk"), PAGE).get_page(request.GET.get("seite"))
    context = {"page": page, "organisation": organisation_of(request.user)}
    return render(request, "web/requester/requests.html", context)


@gated(Gate.REQUESTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_request(request: SignedInRequest) -> HttpResponse:
    """Ask for a pilot on one page."""
    organisation = organisation_of(request.user)
    if organisation is None:
        return _for_oneself(request)
    if organisation.approved_at is None:
        return render(request, "web/requester/not_approved.html", {"organisation": organisation})
    clients = HelpSeeker.objects.filter(organisation=organisation).values_list("case_key", flat=True)
    office = organisation.offices.order_by("pk").first()
    form = ClientRequestForm(
        typed(request),
        zone=office.time_zone if office else "Europe/Berlin",
        case_keys=clients[:CASE_KEYS_AT_MOST],
        initial={"address": _address_of(organisation)},
    )
    if asks_for_chances(request):
        return chances_page(request, form, organisation=organisation, now=timezone.now())
    if form.is_valid():
        with refusals_on(form):
            filed = file_for_client(form, organisation=organisation, by=request.user, now=timezone.now())
            return _filed(request, filed)
    return _form_page(request, form)


@gated(Gate.REQUESTER)
@require_safe
def request_detail(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    """Where one request stands."""
    return _detail_page(request, help_request_id, WithdrawForm())


@gated(Gate.REQUESTER)
@require_POST
def withdraw(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    form = WithdrawForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            withdraw_help_request(
                help_request_id=help_request_id,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The request is withdrawn. We tell everybody concerned."))
            return redirect("web:request", help_request_id=help_request_id)
    return _detail_page(request, help_request_id, form)


def _detail_page(request: SignedInRequest, help_request_id: UUID, form: WithdrawForm) -> HttpResponse:
    found = help_request_for(request.user, help_request_id)
    context = {
        "help_request": found,
        "counted": with_progress(HelpRequest.objects.filter(pk=found.pk)).get(),
        "zone": found.office.time_zone,
        "slots": found.slots.all(),
        "details": details_for_office(found, by=request.user, now=timezone.now()),
        "assignments": found.assignments.exclude(status=AssignmentStatus.CANCELLED),
        "withdraw_form": form if found.status in MAY_WITHDRAW or form.errors else None,
    }
    return render(request, "web/requester/request.html", context, status=422 if form.errors else 200)


def _for_oneself(request: SignedInRequest) -> HttpResponse:
    help_seeker = HelpSeeker.objects.select_related("office").filter(user=request.user).first()
    if help_seeker is None:
        raise NotThere("help_seeker_unknown")
    initial = {"language": help_seeker.languages[0], "gender_wish": help_seeker.gender_wish}
    form = NeedForm(typed(request), zone=help_seeker.office.time_zone, initial=initial)
    if asks_for_chances(request):
        return chances_page(request, form, help_seeker=help_seeker, now=timezone.now())
    if form.is_valid():
        with refusals_on(form):
            filed = file_for_oneself(form, help_seeker=help_seeker, by=request.user, now=timezone.now())
            return _filed(request, filed)
    return _form_page(request, form)


def _filed(request: SignedInRequest, filed: HelpRequest) -> HttpResponse:
    messages.success(request, _("Your request %(reference)s is with us.") % {"reference": filed.reference})
    return redirect("web:request", help_request_id=filed.pk)


def _form_page(request: SignedInRequest, form: NeedForm, **context: Any) -> HttpResponse:
    context = {"form": form, **context}
    return render(request, "web/requester/new_request.html", context, status=422 if form.errors else 200)


def _address_of(organisation: Organisation) -> str:
    parts = (organisation.street, f"{organisation.postcode} {organisation.place}".strip())
    return ", ".join(part for part in parts if part)
