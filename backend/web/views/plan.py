"""The joint plan of all open requests: make it, read it, ask those whom one agrees with."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from backend.dispatch.commands.plans import Skipped, apply_plan, make_plan
from backend.error_texts import sentence_for
from backend.reason_texts import refusal_reason
from backend.web.errors import refusals_as_messages
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.plans import latest_plan, open_count, plan_page
from backend.web.ticked import ticked
from backend.web.worklist import office_ids

NONE = "keine"  # the value of ?auswahl= that unticks every proposal


@gated(Gate.COORDINATOR)
@require_safe
def plan(request: SignedInRequest) -> HttpResponse:
    """The last plan: whom to ask, what each choice costs, what stays open, and the proof."""
    plan_run = latest_plan(request.user)
    context = {
        "plan": plan_page(plan_run, by=request.user, now=timezone.now()) if plan_run else None,
        "all_ticked": request.GET.get("auswahl") != NONE,
        "open_requests": None if plan_run else open_count(request.user),
    }
    return render(request, "web/office/plan.html", context)


@gated(Gate.COORDINATOR)
@require_POST
def make(request: SignedInRequest) -> HttpResponse:
    """A plan for all offices the user coordinates."""
    with refusals_as_messages(request):
        make_plan(office_ids=sorted(office_ids(request.user)), by=request.user, now=timezone.now())
    return redirect("web:plan")


@gated(Gate.COORDINATOR)
@require_POST
def ask(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Offers to the pilots of the proposals ticked; the others are left as they are."""
    with refusals_as_messages(request):
        done = apply_plan(
            plan_id=plan_id,
            proposal_ids=ticked(request, "proposal"),
            by=request.user,
            now=timezone.now(),
        )
        if done.offers:
            messages.success(
                request,
                ngettext(
                    "%(count)s pilot is asked. Nothing is assigned before you confirm.",
                    "%(count)s pilots are asked. Nothing is assigned before you confirm.",
                    len(done.offers),
                )
                % {"count": len(done.offers)},
            )
        for skipped in done.skipped:
            messages.warning(request, _skipped_in_words(skipped))
    return redirect("web:plan")


def _skipped_in_words(skipped: Skipped) -> str:
    reasons = [refusal_reason(one["code"], one["facts"]) for one in skipped.facts.get("reasons", [])]
    return _("%(reference)s skipped: %(reason)s") % {
        "reference": skipped.proposal.help_request.reference,
        "reason": " ".join([sentence_for(skipped.code, skipped.facts), *reasons]),
    }
