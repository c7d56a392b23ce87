"""What happens to joint plans: made for the coordinator's eyes, applied as offers by the coordinator's click."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, prefetch_related_objects

from backend.accounts.models import User
from backend.dispatch import matchmaking, permissions, planning
from backend.dispatch.commands.offers import offer_to
from backend.dispatch.models import HelpRequest, Offer, PlanProposal, PlanRun
from backend.dispatch.models.offer import OfferQuerySet
from backend.dispatch.plan_table import lively_offers
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record


@dataclass(frozen=True)
class Skipped:
    """A proposal that is no longer possible, and why: a code of error_texts with its facts."""

    proposal: PlanProposal
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Applied:
    """What has become of the proposals chosen."""

    plan_run: PlanRun
    offers: Sequence[Offer]
    skipped: Sequence[Skipped]


@command
def make_plan(*, office_ids: Sequence[UUID], by: User, now: datetime) -> PlanRun:
    """The best joint plan for all open requests of these offices. Nobody is asked by it."""
    offices = permissions.offices_to_plan(by, office_ids)
    plan_run = planning.store_plan(offices, by=by, now=now)
    if plan_run is None:
        raise RuleViolated("nothing_to_plan")
    record(
        EventKind.PLAN_MADE,
        subject=plan_run,
        by=by,
        at=now,
        proposals=plan_run.proposals.count(),
        left_open=len(plan_run.left_open),
        gap=plan_run.certificate["gap"],
    )
    return plan_run


@command
def apply_plan(*, plan_id: UUID, proposal_ids: Sequence[UUID], by: User, now: datetime) -> Applied:
    """Ask the pilots of these proposals, each for the proposal's date alone; what is no longer possible is skipped."""
    plan_run = PlanRun.objects.filter(pk=plan_id).first()
    if plan_run is None:
        raise NotThere("plan_unknown")
    permissions.check_may_apply(by, plan_run)
    of_plan = list(plan_run.proposals.select_related("pilot", "slot"))
    chosen = [proposal for proposal in of_plan if proposal.pk in set(proposal_ids)]
    if not chosen:
        raise RuleViolated("nothing_chosen", field="proposals")
    if len(chosen) < len(set(proposal_ids)):
        raise NotThere("proposal_unknown")

    _one_plan_at_a_time()
    help_requests = HelpRequest.objects.lock_all({proposal.help_request_id for proposal in chosen})
    prefetch_related_objects(list(help_requests.values()), "office", "meeting_place", "slots", "assignments")
    lively = lively_offers(help_requests.values())
    since = plan_run.created_at
    pilot_ids = {proposal.pilot_id for proposal in chosen}
    possible = planning.still_possible(help_requests.values(), pilot_ids, now=now)
    asked_since = _asked_since(plan_run, of_plan)
    undisturbed = planning.still_possible(help_requests.values(), pilot_ids, now=now, taken_by=asked_since)
    offers: list[Offer] = []
    skipped: list[Skipped] = []
    for proposal in chosen:
        help_request = help_requests[proposal.help_request_id]
        places = sum(p.help_request_id == help_request.pk and not p.held for p in of_plan)
        refusal = _refusal(
            proposal,
            help_request,
            lively[help_request.pk],
            possible,
            undisturbed,
            since=since,
            places=places,
            now=now,
        )
        if refusal is not None:
            skipped.append(refusal)
            continue
        (offer,) = offer_to(help_request, {proposal.pilot: [proposal.slot]}, by=by, now=now)
        lively[help_request.pk].append(offer)
        proposal.offer = offer
        proposal.save(update_fields=["offer"])
        offers.append(offer)
    if offers:
        plan_run.applied_at = plan_run.applied_at or now
        plan_run.save(update_fields=["applied_at"])
    record(EventKind.PLAN_APPLIED, subject=plan_run, by=by, at=now, offers=len(offers), skipped=len(skipped))
    return Applied(plan_run, offers, skipped)


def _one_plan_at_a_time() -> None:
    """Until the transaction ends, no other plan is applied: two at once would not see each other's questions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('dispatch_planrun'))")


def _asked_since(plan_run: PlanRun, of_plan: Sequence[PlanProposal]) -> OfferQuerySet:
    """What the plan could not know: questions that others have asked since, and every yes said since."""
    own = [proposal.offer_id for proposal in of_plan if proposal.offer_id is not None]
    asked = Offer.objects.filter(status=OfferStatus.PENDING, made_at__gte=plan_run.created_at)
    said_since = Q(accepted_at__gte=plan_run.created_at) | Q(reaffirmed_at__gte=plan_run.created_at)
    found = asked.exclude(pk__in=own) | Offer.objects.saying_yes().filter(said_since)
    return found.filter(help_request__status=HelpRequestStatus.OPEN)


def _refusal(
    proposal: PlanProposal,
    help_request: HelpRequest,
    lively: Sequence[Offer],
    possible: Collection[planning.Pairing],
    undisturbed: Collection[planning.Pairing],
    *,
    since: datetime,
    places: int,
    now: datetime,
) -> Skipped | None:
    """Why this pilot cannot be asked any more, or need not; None where nothing stands in the way.

    `undisturbed` is what would be possible still if all that pilots were asked elsewhere since came true.
    `places` is how many pilots the plan wants to be asked for the request; offers made since the plan take them.
    """
    if help_request.status != HelpRequestStatus.OPEN:
        return Skipped(proposal, "help_request_not_open", {"status": help_request.status})
    if proposal.slot not in help_request.coming_slots(now=now):
        begun = proposal.slot.starts_at <= now
        return Skipped(proposal, "date_has_passed" if begun else "other_date_chosen")
    if any(offer.pilot_id == proposal.pilot_id for offer in lively):
        return Skipped(proposal, "offer_already_pending")
    if sum(offer.made_at >= since for offer in lively) >= places:
        return Skipped(proposal, "enough_asked")
    pairing = planning.Pairing(help_request.pk, proposal.slot_id, proposal.pilot_id)
    if pairing not in possible:
        reasons = matchmaking.why_not(help_request, [proposal.slot], proposal.pilot, now=now)
        return Skipped(proposal, "pilot_not_eligible", {"pilot": str(proposal.pilot_id), "reasons": reasons})
    if pairing not in undisturbed:
        return Skipped(proposal, "asked_for_that_hour")
    return None
