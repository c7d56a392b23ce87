"""How tests make a joint plan, apply it, and read who would go where."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from backend.accounts.models import Office, User
from backend.dispatch.commands.plans import Applied, apply_plan, make_plan
from backend.dispatch.models import HelpRequest, PlanRun
from backend.people.models import Pilot
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at

LATER = NOW + timedelta(hours=1)


def plan(
    cast: Cast, *, now: datetime = NOW, offices: Sequence[Office] = (), by: User | None = None
) -> PlanRun:
    chosen = offices or [cast.osnabrueck]
    return make_plan(office_ids=[office.pk for office in chosen], by=by or cast.kaya, now=now)


def apply(plan_run: PlanRun, cast: Cast, *, now: datetime = LATER, by: User | None = None) -> Applied:
    """All of its proposals that ask somebody anew."""
    chosen = plan_run.proposals.filter(held=False).values_list("pk", flat=True)
    return apply_plan(plan_id=plan_run.pk, proposal_ids=list(chosen), by=by or cast.kaya, now=now)


def pairs(plan_run: PlanRun) -> dict[HelpRequest, list[Pilot]]:
    found: dict[HelpRequest, list[Pilot]] = {}
    for proposal in plan_run.proposals.all():
        found.setdefault(proposal.help_request, []).append(proposal.pilot)
    return found


def request(cast: Cast, **need: Any) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita, **need)


def hour(day: int, start: int) -> tuple[datetime, datetime]:
    return at(day, start), at(day, start + 1)
