"""The adapter of the joint plan: the best one, its proof and its alternatives become a stored PlanRun."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from math import isinf
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from backend.accounts.models import Office, User
from backend.dispatch.matchmaking import weights_of
from backend.dispatch.models import HelpRequest, HelpRequestSlot, PlanProposal, PlanRun
from backend.dispatch.models.offer import OfferQuerySet
from backend.dispatch.plan_table import Table, lay_out, open_requests, plan_weights_of
from backend.dispatch.pool import load_joint
from backend.people.models import Reach
from matching.assignment import Plan, assign
from matching.overrides import regret_of, runner_up, scarce, why_open
from matching.pairs import Demand, pairs_of
from matching.plan_weights import PlanWeights

SEARCH_SECONDS = 5.0  # nobody waits longer for a proof; what may be missing stands in the certificate
SCARCE_AT_MOST = 5
WORTH_TELLING = 0.05  # of what one served request is worth


class Pairing(NamedTuple):
    """This pilot for this request on this date, by their keys."""

    help_request_id: UUID
    slot_id: UUID
    pilot_id: UUID


@dataclass(frozen=True)
class Choice:
    """What a pilot of one's own choice would cost the plan as it would be now; `is_stale`: it is not the stored one."""

    slot: HelpRequestSlot | None
    regret: float | None
    is_stale: bool


def store_plan(offices: Sequence[Office], *, by: User, now: datetime) -> PlanRun | None:
    """The best plan for these offices, each proposal with its runner-up; None where no request is open."""
    table = lay_out(open_requests(offices, now=now), now=now)
    if table is None:
        return None
    plan = assign(table.pairs, seconds=SEARCH_SECONDS)
    proof = plan.certificate
    run = PlanRun.objects.create(
        asked_by=by,
        weights={str(desk.office.pk): _weights(desk.office) for desk in table.desks},
        value=plan.value,
        certificate={"method": proof.method, "bound": proof.bound, "gap": proof.gap},
        left_open=list(_left_open(table, plan)),
        scarce=list(_scarce(table, plan)),
        requests=len(table.requests),
        pilots=len(table.pilot_ids),
        pairs=table.pairs.pair_count,
        created_at=now,
    )
    run.offices.set(offices)
    PlanProposal.objects.bulk_create(_proposal(run, table, plan, pair) for pair in plan.chosen.tolist())
    return run


def still_possible(
    help_requests: Iterable[HelpRequest],
    pilot_ids: Collection[UUID],
    *,
    now: datetime,
    taken_by: OfferQuerySet | None = None,
) -> set[Pairing]:
    """Which of these pilots may be asked for which of these requests, by the rules of make_offers.

    The dates of the offers `taken_by` count as appointments in the way.
    """
    found: set[Pairing] = set()
    by_office = sorted(help_requests, key=lambda one: (one.office_id, one.pk))
    for office_id, group in groupby(by_office, key=lambda one: one.office_id):
        dated = [(one, dates) for one in group if (dates := one.coming_slots(now=now))]
        if not dated:
            continue
        bookable = Reach.objects.filter(office=office_id, pilot__in=pilot_ids).values("pilot")
        pool = load_joint(
            [one for one, _ in dated], [dates for _, dates in dated], bookable, now=now, taken_by=taken_by
        )
        pairs = pairs_of(
            pool.problem, Demand.build(pool.problem), weights_of(dated[0][0].office), PlanWeights()
        )
        slots = [slot for _, dates in dated for slot in dates]
        found.update(
            Pairing(slots[slot].help_request_id, slots[slot].pk, pool.pilot_ids[pilot])
            for slot, pilot in zip(pairs.slot.tolist(), pairs.pilot.tolist(), strict=True)
        )
    return found


def regret_of_choice(run: PlanRun, help_request_id: UUID, pilot_id: UUID, *, now: datetime) -> Choice:
    """What it would cost the plan to take this pilot for the request, on the date on which that costs least."""
    table = lay_out(open_requests(run.offices.all(), now=now), now=now)
    if table is None:
        return Choice(None, None, is_stale=True)
    plan = assign(table.pairs, seconds=SEARCH_SECONDS)
    stored = set(run.proposals.values_list("help_request", "slot", "pilot"))
    is_stale = {tuple(_pairing(table, pair)) for pair in plan.chosen.tolist()} != stored
    wanted = [
        pair
        for pair in range(table.pairs.pair_count)
        if (table.request_of(pair).help_request.pk, table.pilot_of(pair)) == (help_request_id, pilot_id)
    ]
    regrets = {pair: regret_of(table.pairs, plan, pair) for pair in wanted}
    best = min(regrets, key=lambda pair: regrets[pair], default=None)
    if best is None or isinf(regrets[best]):
        return Choice(None, None, is_stale)
    return Choice(table.slot_of(best), regrets[best], is_stale)


def _weights(office: Office) -> dict[str, Any]:
    return {"score": weights_of(office).to_dict(), "plan": plan_weights_of(office).to_dict()}


def _pairing(table: Table, pair: int) -> Pairing:
    slot = table.slot_of(pair)
    return Pairing(slot.request_id, slot.pk, table.pilot_of(pair))


def _proposal(run: PlanRun, table: Table, plan: Plan, pair: int) -> PlanProposal:
    """A chosen pair with its reasons; whoever was asked already is not put up against others."""
    chosen, offer = _pairing(table, pair), table.offer_of(pair)
    proposal = PlanProposal(
        plan_run=run,
        **chosen._asdict(),
        score=float(table.pairs.score[pair]),
        contributions=[part._asdict() for part in table.contributions(pair)],
        held=offer is not None,
        offer=offer,
    )
    if offer is None:
        other, regret = runner_up(table.pairs, plan, pair)
        if other is not None:
            proposal.runner_up_id = table.pilot_of(other)
            proposal.runner_up_slot = table.slot_of(other)
            proposal.regret = regret
            proposal.regret_here = float(table.pairs.merit[pair] - table.pairs.merit[other])
    return proposal


def _left_open(table: Table, plan: Plan) -> Iterator[dict[str, Any]]:
    """Requests with a seat nobody takes, and why; the requests that stand in the way by key instead of row."""
    pairs = table.pairs
    filled = np.bincount(pairs.request[plan.chosen], minlength=pairs.request_count)
    for request in np.flatnonzero(filled < pairs.seats).tolist():
        code, facts = why_open(pairs, plan, request)
        in_the_way = [str(table.requests[row].help_request.pk) for row in facts.get("requests", ())]
        yield {
            "help_request": str(table.requests[request].help_request.pk),
            "code": code,
            "facts": {**facts, "requests": in_the_way},
        }


def _scarce(table: Table, plan: Plan) -> Iterator[dict[str, Any]]:
    """Whose time the rest of the plan would miss most. Of those asked already nothing is left to decide."""
    pairs = table.pairs
    pair_at = {(pairs.pilot[pair], pairs.request[pair]): pair for pair in plan.chosen.tolist()}
    held = int(pairs.held[plan.chosen].sum())
    dearest = ((one, pair_at[one.pilot, one.request]) for one in scarce(pairs, plan, SCARCE_AT_MOST + held))
    telling = ((one, pair) for one, pair in dearest if not pairs.held[pair] and one.price >= WORTH_TELLING)
    for one, pair in islice(telling, SCARCE_AT_MOST):
        slot = table.slot_of(pair)
        yield {
            "pilot": str(table.pilot_of(pair)),
            "help_request": str(slot.help_request_id),
            "slot_start": slot.starts_at.isoformat(),
            "slot_end": slot.ends_at.isoformat(),
            "price": one.price,
            "language": _language(table, pair),
            "only": len(np.unique(pairs.pilot[pairs.request == one.request])) == 1,
        }


def _language(table: Table, pair: int) -> str:
    """In which language the two would talk; empty where none was asked for."""
    fit = next(part for part in table.contributions(pair) if part.code == "language_fit")
    return fit.facts["language"] or ""
