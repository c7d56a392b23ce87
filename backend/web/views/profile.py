"""A pilot's profile as a list of five short steps: taken one by one at first, changed one by one later."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.models import User
from backend.errors import NotThere
from backend.people.codes import AccessReason, ProfileStep
from backend.people.commands.applications import say_how_to_reach
from backend.people.commands.availability import set_availability
from backend.people.commands.pilots import change_profile
from backend.people.models import Pilot
from backend.people.policies import pledges_of, steps_left
from backend.people.queries import reveal
from backend.people.states import APPLYING
from backend.web import worklist as waiting
from backend.web.errors import refusals_on
from backend.web.forms.profile import ContactStep, LanguagesStep, TimesStep, TopicsStep, TravelStep
from backend.web.forms.week import boxes_of
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.profile_texts import said_so_far

SLUGS: dict[str, ProfileStep] = {
    "sprachen": ProfileStep.LANGUAGES,
    "wege": ProfileStep.TRAVEL,
    "zeiten": ProfileStep.TIMES,
    "themen": ProfileStep.TOPICS,
    "kontakt": ProfileStep.CONTACT,
}
SLUG_OF = {step: slug for slug, step in SLUGS.items()}
NEXT = "next"


@dataclass(frozen=True)
class Task:
    """One line of the list."""

    step: ProfileStep
    url: str
    done: bool
    said: list[str]


@gated(Gate.PILOT)
@require_safe
def profile(request: SignedInRequest) -> HttpResponse:
    """The five steps, what is done, and what happens when all are."""
    return _list_page(request, _own(request), own=True)


@gated(Gate.PILOT)
@require_http_methods(["GET", "HEAD", "POST"])
def profile_step(request: SignedInRequest, slug: str) -> HttpResponse:
    """One step; saved, it leads to the next or back to the list."""
    return _step_page(request, _own(request), slug, own=True)


@gated(Gate.COORDINATOR)
@require_safe
def profile_for(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    """The same for the office, which fills in what somebody says on the phone."""
    return _list_page(request, _of_office(request, pilot_id), own=False)


@gated(Gate.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def profile_step_for(request: SignedInRequest, pilot_id: UUID, slug: str) -> HttpResponse:
    return _step_page(request, _of_office(request, pilot_id), slug, own=False)


def _list_page(request: SignedInRequest, pilot: Pilot, *, own: bool) -> HttpResponse:
    left = steps_left(pilot)
    tasks = [
        Task(step, _address(pilot, step, own=own), done=step not in left, said=said_so_far(pilot, step))
        for step in ProfileStep
    ]
    context = {
        "pilot": pilot,
        "own": own,
        "tasks": tasks,
        "done": len(tasks) - len(left),
        "count": len(tasks),
        "next": _address(pilot, left[0], own=own) if left else "",
        "is_applying": pilot.status in APPLYING,
    }
    return render(request, "web/pilot/profile.html", context)


def _step_page(request: SignedInRequest, pilot: Pilot, slug: str, *, own: bool) -> HttpResponse:
    step = SLUGS.get(slug)
    if step is None:
        raise NotThere("step_unknown")
    if step == ProfileStep.TIMES and boxes_of(pilot.availabilities.all()) is None:
        return redirect("web:my_times" if own else _list_address(pilot, own=own))
    form = _form(step, request, pilot, own=own)
    if form.is_valid():
        with refusals_on(form):
            _save(step, form, pilot, request)
            messages.success(request, _("Saved."))
            return redirect(_after(pilot, step, request, own=own))
    context = {
        "pilot": pilot,
        "own": own,
        "step": step,
        "number": list(ProfileStep).index(step) + 1,
        "count": len(ProfileStep),
        "goes_on": step in steps_left(pilot) and len(steps_left(pilot)) > 1,
        "form": form,
        "list_url": _list_address(pilot, own=own),
    }
    return render(request, "web/pilot/step.html", context, status=422 if form.errors else 200)


def _form(step: ProfileStep, request: SignedInRequest, pilot: Pilot, *, own: bool) -> Any:
    data = request.POST if request.method == "POST" else None
    match step:
        case ProfileStep.LANGUAGES:
            return LanguagesStep(data, pilot=pilot)
        case ProfileStep.TRAVEL:
            return TravelStep(data, pilot=pilot)
        case ProfileStep.TIMES:
            return TimesStep(data, pilot=pilot)
        case ProfileStep.TOPICS:
            return TopicsStep(data, pilot=pilot)
    # Name and phone come out of the vault; that an office opened them stands in the access log.
    person = reveal(person=pilot, by=request.user, reason=AccessReason.CORRECTION, at=timezone.now())
    asks_pledge = own and not pledges_of(pilot).exists()
    return ContactStep(data, pilot=pilot, person=person, asks_pledge=asks_pledge)


def _save(step: ProfileStep, form: Any, pilot: Pilot, request: SignedInRequest) -> None:
    by, now = request.user, timezone.now()
    if step == ProfileStep.TIMES:
        set_availability(pilot_id=pilot.pk, **form.values(), by=by, now=now)
    elif step == ProfileStep.CONTACT:
        say_how_to_reach(pilot_id=pilot.pk, **form.values(), by=by, now=now)
    else:
        change_profile(pilot_id=pilot.pk, **form.values(), by=by, now=now)


def _after(pilot: Pilot, step: ProfileStep, request: SignedInRequest, *, own: bool) -> str:
    """The next step that is left, where she goes on; otherwise the list."""
    left = [other for other in steps_left(pilot) if other != step]
    if request.POST.get("then") == NEXT and left:
        return _address(pilot, left[0], own=own)
    return _list_address(pilot, own=own)


def _address(pilot: Pilot, step: ProfileStep, *, own: bool) -> str:
    """Where a step is said. A week that no boxes can show is kept by the clock, on the pilot's page of the times."""
    if step == ProfileStep.TIMES and boxes_of(pilot.availabilities.all()) is None:
        return reverse("web:my_times") if own else ""
    if own:
        return reverse("web:profile_step", args=[SLUG_OF[step]])
    return reverse("web:profile_step_for", args=[pilot.pk, SLUG_OF[step]])


def _list_address(pilot: Pilot, *, own: bool) -> str:
    return reverse("web:profile") if own else reverse("web:profile_for", args=[pilot.pk])


def _own(request: SignedInRequest) -> Pilot:
    return _found(Pilot.objects.filter(user=request.user))


def _of_office(request: SignedInRequest, pilot_id: UUID) -> Pilot:
    return _found(Pilot.objects.filter(pk=pilot_id, office__in=waiting.office_ids(request.user)))


def _found(pilots: Any) -> Pilot:
    pilot = (
        pilots.select_related("office", "home", "identity", "user")
        .prefetch_related("skills", "availabilities")
        .first()
    )
    if pilot is None:
        raise NotThere("pilot_unknown")
    return pilot


def is_new(user: User) -> bool:
    """Whether somebody who has just signed in should be shown the list first."""
    pilot = Pilot.objects.filter(user=user, status__in=APPLYING).first()
    return pilot is not None and bool(steps_left(pilot))
