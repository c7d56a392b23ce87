"""One request on the office's desk: suggest, ask, confirm, and why somebody is not among those suggested."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from backend.dispatch import matchmaking, permissions
from backend.dispatch.commands.help_requests import close_unfilled, suggest_pilots, withdraw_help_request
from backend.dispatch.commands.offers import make_offers, retract_offer
from backend.dispatch.models import HelpRequest, Offer, Suggestion
from backend.dispatch.policies import slots_in_question, still_says_yes
from backend.dispatch.queries import details_for_office
from backend.dispatch.states import LIVELY, HelpRequestStatus
from backend.errors import NotThere, RuleViolated
from backend.people.models import Pilot
from backend.reason_texts import refusal_reason
from backend.web import ranking
from backend.web.desk import found_on_desk
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.requests import WithdrawForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.ticked import ticked
from backend.web.views.requester import MAY_WITHDRAW

DISPLAY_NUMBER = re.compile(r"([0-9]{1,6})")


@gated(Gate.COORDINATOR)
@require_safe
def office_request(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    """Everything about one request, with the next step on top."""
    return _page(request, found_on_desk(request.user, help_request_id), WithdrawForm())


@gated(Gate.COORDINATOR)
@require_POST
def suggest(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    with refusals_as_messages(request):
        run = suggest_pilots(help_request_id=help_request_id, by=request.user, now=timezone.now())
        messages.success(
            request,
            _("%(eligible)s of %(considered)s pilots come into question.")
            % {"eligible": run.eligible, "considered": run.considered},
        )
    return _back(help_request_id, "#vorschlaege")


@gated(Gate.COORDINATOR)
@require_POST
def ask(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    """Offers to everybody ticked; all or none."""
    pilots = ticked(request, "pilot")
    with refusals_as_messages(request):
        if not pilots:
            raise RuleViolated("pilot_count", at_most=20)
        offers = make_offers(
            help_request_id=help_request_id, pilot_ids=pilots, by=request.user, now=timezone.now()
        )
        messages.success(
            request,
            ngettext("%(count)s pilot is asked.", "%(count)s pilots are asked.", len(offers))
            % {"count": len(offers)},
        )
    return _back(help_request_id, "#angebote")


@gated(Gate.COORDINATOR)
@require_POST
def retract(request: SignedInRequest, help_request_id: UUID, offer_id: UUID) -> HttpResponse:
    _offer_of(request, help_request_id, offer_id)
    with refusals_as_messages(request):
        retract_offer(offer_id=offer_id, by=request.user, now=timezone.now())
        messages.success(request, _("The question is taken back, and the pilot is told."))
    return _back(help_request_id, "#angebote")


@gated(Gate.COORDINATOR)
@require_POST
def close(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    """Tell whoever asked that nobody can come, while there is time."""
    with refusals_as_messages(request):
        close_unfilled(help_request_id=help_request_id, by=request.user, now=timezone.now())
        messages.success(request, _("Closed. We tell whoever asked that nobody can come."))
    return _back(help_request_id)


@gated(Gate.COORDINATOR)
@require_POST
def withdraw(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    found, form = found_on_desk(request.user, help_request_id), WithdrawForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            withdraw_help_request(
                help_request_id=help_request_id,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The request is withdrawn. We tell everybody concerned."))
            return _back(help_request_id)
    return _page(request, found, form)


def _page(request: SignedInRequest, found: HelpRequest, withdraw_form: WithdrawForm) -> HttpResponse:
    now, user = timezone.now(), request.user
    run = found.match_runs.first()
    suggestions: list[Suggestion] = (
        list(
            run.suggestions.select_related("pilot__identity").prefetch_related(
                "pilot__pilot_offices", "pilot__skills"
            )
        )
        if run
        else []
    )
    offers = list(
        found.offers.select_related("pilot__identity", "accepted_slot")
        .prefetch_related("pilot__pilot_offices")
        .order_by("made_at", "pk")
    )
    pilots = [s.pilot for s in suggestions] + [offer.pilot for offer in offers]
    names = ranking.names_of(pilots, by=user, now=now)
    live = [offer for offer in offers if offer.status in LIVELY]
    context = {
        "help_request": found,
        "zone": found.office.time_zone,
        "slots": list(found.slots.all()),
        "is_open": found.status == HelpRequestStatus.OPEN,
        "details": details_for_office(found, by=user, now=now),
        "run": run,
        "candidates": ranking.candidate_rows(suggestions, names, live),
        "steps": ranking.step_rows(run) if run else [],
        "offers": [(offer, names[offer.pilot_id]) for offer in offers],
        "ready": [(offer, names[offer.pilot_id]) for offer in live if _may_be_confirmed(found, offer)],
        "assignments": list(found.assignments.select_related("pilot")),
        "names": names,
        "timeline": ranking.timeline_rows(found, offers, names),
        "withdraw_form": withdraw_form if found.status in MAY_WITHDRAW or withdraw_form.errors else None,
        "at_once": found.office.offers_at_once,
        "last_resort": ranking.last_resort_rows(found, run, now=now),
        "waves": found.wave_series.prefetch_related("waves").first(),
        **_why_not(request, found),
    }
    return render(request, "web/office/request.html", context, status=422 if withdraw_form.errors else 200)


def _why_not(request: SignedInRequest, found: HelpRequest) -> dict[str, Any]:
    """The answer to 'why does this pilot not appear?', asked by display code."""
    code = request.GET.get("lotse", "").strip().upper()
    if not code:
        return {"asked_code": ""}
    if number := DISPLAY_NUMBER.fullmatch(code):
        code = f"P-{int(number[1]):04d}"
    elif "\0" in code:  # PostgreSQL takes no such text
        return {"asked_code": code.replace("\0", ""), "asked_pilot": None}
    permissions.check_may_dispatch(request.user, found)
    pilot = Pilot.objects.filter(pilot_offices__office=found.office_id, display_code=code).first()
    if pilot is None:
        return {"asked_code": code, "asked_pilot": None}
    now = timezone.now()
    reasons = matchmaking.why_not(found, slots_in_question(found, now=now), pilot, now=now)
    return {
        "asked_code": code,
        "asked_pilot": pilot,
        "asked_offer": found.offers.filter(pilot=pilot, status__in=LIVELY).first(),
        "why_not": [refusal_reason(reason["code"], reason["facts"]) for reason in reasons],
    }


def _offer_of(request: SignedInRequest, help_request_id: UUID, offer_id: UUID) -> Offer:
    offer = found_on_desk(request.user, help_request_id).offers.filter(pk=offer_id).first()
    if offer is None:
        raise NotThere("offer_unknown")
    return offer


def _may_be_confirmed(found: HelpRequest, offer: Offer) -> bool:
    return found.status == HelpRequestStatus.OPEN and still_says_yes(offer)


def _back(help_request_id: UUID, anchor: str = "") -> HttpResponse:
    response = redirect("web:office_request", help_request_id=help_request_id)
    response["Location"] += anchor
    return response
