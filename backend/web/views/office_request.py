"""One request on the office's desk: suggest, ask, confirm, and why somebody is not among those suggested."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from backend.dispatch.commands.help_requests import close_unfilled, suggest_pilots, withdraw_help_request
from backend.dispatch.commands.offers import make_offers, retract_offer
from backend.dispatch.commands.overrides import ask_all_the_same
from backend.dispatch.models import Assignment, HelpRequest, Offer, Suggestion
from backend.dispatch.policies import slots_in_question, still_says_yes
from backend.dispatch.queries import details_for_office
from backend.dispatch.states import LIVELY, HelpRequestStatus
from backend.errors import NotThere, RuleViolated
from backend.journal.record import accesses_noted_together
from backend.web import ranking
from backend.web.desk import found_on_desk
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.office_request import OverrideForm
from backend.web.forms.requests import WithdrawForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.here import page_here
from backend.web.ticked import ticked
from backend.web.views.requester import MAY_WITHDRAW
from backend.web.why_not import why_not


@gated(Gate.COORDINATOR)
@require_safe
def office_request(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    """Everything about one request, with the next step on top."""
    return _page(request, found_on_desk(request.user, help_request_id))


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
def override(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    """Ask somebody against a rule that may be bent, with a note."""
    found, form = found_on_desk(request.user, help_request_id), OverrideForm(request.POST)
    if form.is_valid():
        looked_up = why_not(found, form.cleaned_data["lotse"], by=request.user, now=timezone.now())
        if looked_up.pilot is None:
            raise NotThere("pilot_unknown")
        with refusals_on(form):
            ask_all_the_same(
                help_request_id=help_request_id,
                pilot_id=looked_up.pilot.pk,
                note=form.cleaned_data["note"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("%(name)s is asked. Your note is kept.") % {"name": looked_up.name})
            return _back(help_request_id, "#angebote")
    return _page(request, found, override_form=form)


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
    return _page(request, found, withdraw_form=form)


@accesses_noted_together()
def _page(
    request: SignedInRequest,
    found: HelpRequest,
    *,
    withdraw_form: WithdrawForm | None = None,
    override_form: OverrideForm | None = None,
) -> HttpResponse:
    now, user = timezone.now(), request.user
    # Looked at from several sides below: dates and assignments are read once.
    prefetch_related_objects(
        [found], "slots", Prefetch("assignments", Assignment.objects.select_related("pilot"))
    )
    suggestions = _suggestions(found)
    run = suggestions[0].match_run if suggestions else found.match_runs.first()
    offers = list(
        found.offers.select_related("pilot__identity", "accepted_slot", "override").order_by("made_at", "pk")
    )
    pilots = [one.pilot for one in suggestions] + [offer.pilot for offer in offers]
    prefetch_related_objects(pilots, "pilot_offices")
    names = ranking.names_of(pilots, by=user, now=now)
    live = [offer for offer in offers if offer.status in LIVELY]
    typed = override_form["lotse"].value() if override_form else request.GET.get("lotse", "")
    asked = why_not(found, typed or "", by=user, now=now)
    if asked.may_be_bent and asked.pilot and override_form is None:
        override_form = OverrideForm(initial={"lotse": asked.pilot.display_code})
    slots, status = list(found.slots.all()), found.status
    context = {
        "help_request": found,
        "here": page_here(request, "web:office_request", found.pk),
        "zone": found.office.time_zone,
        "slots": slots,
        "is_open": status == HelpRequestStatus.OPEN,
        "details": details_for_office(found, by=user, now=now),
        "run": run,
        "candidates": ranking.candidate_rows(suggestions, names, live),
        "steps": ranking.step_rows(run) if run else [],
        "left_out": ranking.left_out_rows(
            found, slots_in_question(found, now=now), request.GET.get("schritt", ""), by=user, now=now
        ),
        "offers": [(offer, names[offer.pilot_id]) for offer in offers],
        "ready": [(offer, names[offer.pilot_id]) for offer in live if _may_be_confirmed(found, offer)],
        "assignments": list(found.assignments.all()),
        "names": names,
        "timeline": ranking.timeline_rows(found, offers, names),
        "withdraw_form": withdraw_form or (WithdrawForm() if status in MAY_WITHDRAW else None),
        "at_once": found.office.offers_at_once,
        "last_resort": ranking.last_resort_rows(found, run, now=now),
        "waves": found.wave_series.prefetch_related("waves").first(),
        "asked": asked,
        "override_form": override_form,
    }
    bound = [form for form in (withdraw_form, override_form) if form is not None and form.is_bound]
    return render(request, "web/office/request.html", context, status=422 if bound else 200)


def _suggestions(found: HelpRequest) -> list[Suggestion]:
    """Who came out best in the latest ranking, which each of them brings along."""
    latest = found.match_runs.values("pk")[:1]
    return list(Suggestion.objects.filter(match_run=latest).select_related("match_run", "pilot__identity"))


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
