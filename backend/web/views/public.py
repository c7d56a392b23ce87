"""Pages for everybody: the start, the three registrations."""

from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.commands import register_organisation
from backend.accounts.models import Office, User
from backend.accounts.registration_limit import check_registration_rate
from backend.accounts.roles import Role
from backend.people.commands.applications import apply_as_pilot
from backend.people.commands.help_seekers import register_oneself
from backend.reader import reader_language
from backend.web.errors import refusals_on, say_when_again
from backend.web.forms.base import PageForm
from backend.web.forms.registration import OrganisationForm, PilotForm, SeekHelpForm
from backend.web.gates import Gate, gated, is_requester
from backend.web.views.profile import is_new

OFFICE_LANGUAGES = ("de", "en")
Registration = TypeVar("Registration", PilotForm, OrganisationForm, SeekHelpForm)


@gated(Gate.PUBLIC)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is; whoever is signed in comes straight to the page of the own role."""
    if not request.user.is_authenticated:
        takes_help_seekers = Office.objects.filter(accepts_self_registration=True).exists()
        return render(request, "web/public/start.html", {"takes_help_seekers": takes_help_seekers})
    if request.user.has_role(Role.COORDINATOR):
        return redirect("web:worklist")
    if request.user.has_role(Role.ADMIN):
        return redirect("web:settings")
    if request.user.has_role(Role.AUDITOR):
        return redirect("web:access_log")
    if request.user.has_role(Role.PILOT):
        return redirect("web:profile" if is_new(request.user) else "web:my_assignments")
    if is_requester(request.user):
        return redirect("web:my_requests")
    return render(request, "web/public/no_role.html")


@gated(Gate.PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def become_pilot(request: HttpRequest) -> HttpResponse:
    form = _form(PilotForm, request)
    if form.is_valid():
        with refusals_on(form):
            _check_rate(request, form)
            by = _signed_in(request)
            pilot = apply_as_pilot(**form.values(), language=reader_language(), by=by, now=timezone.now())
            if by is not None and pilot is not None and pilot.user_id == by.pk:
                return redirect("web:profile")
            if by is not None and pilot is not None and pilot.office_id in by.office_ids(Role.COORDINATOR):
                return redirect("web:profile_for", pilot_id=pilot.pk)
            return redirect("web:thanks", kind="pilot")
    return _page(request, "web/public/become_pilot.html", form)


@gated(Gate.PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    form = _form(OrganisationForm, request)
    if form.is_valid():
        with refusals_on(form):
            _check_rate(request, form)
            register_organisation(
                **form.values(), language=reader_language(), by=_signed_in(request), now=timezone.now()
            )
            return redirect("web:thanks", kind="organisation")
    return _page(request, "web/public/organisation.html", form)


@gated(Gate.PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def seek_help(request: HttpRequest) -> HttpResponse:
    form = _form(SeekHelpForm, request)
    if form.is_valid():
        with refusals_on(form):
            _check_rate(request, form)
            register_oneself(
                **form.values(), language=reader_language(), by=_signed_in(request), now=timezone.now()
            )
            return redirect("web:thanks", kind="help-seeker")
    # Who reads Arabic most likely speaks it.
    form.fields["language"].initial = "" if reader_language() in OFFICE_LANGUAGES else reader_language()
    open_here = Office.objects.filter(accepts_self_registration=True).order_by("name")
    return _page(request, "web/public/seek_help.html", form, offices=open_here)


@gated(Gate.PUBLIC)
@require_safe
def thanks(request: HttpRequest, kind: str) -> HttpResponse:
    """What happens next. The same for a new address and for one we know already."""
    return render(request, "web/public/thanks.html", {"kind": kind})


def _form(kind: type[Registration], request: HttpRequest) -> Registration:
    """The form as it was sent. Whoever is signed in registers with the account's own address; an office for others."""
    form = kind(request.POST or None)
    user = _signed_in(request)
    if user and not user.has_role(Role.COORDINATOR):
        form.fields["email"].initial, form.fields["email"].disabled = user.email, True
    return form


def _check_rate(request: HttpRequest, form: PageForm) -> None:
    check_registration_rate(request, email=form.cleaned_data["email"], by=_signed_in(request))


def _page(request: HttpRequest, template: str, form: PageForm, **context: object) -> HttpResponse:
    page = render(request, template, {"form": form, **context}, status=422 if form.errors else 200)
    return say_when_again(page, form)


def _signed_in(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None
