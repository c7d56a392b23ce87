"""Joint plans: made, read, weighed against a choice of one's own, and applied as offers."""

from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.permissions import Permission, offices_where
from backend.api.endpoint import Endpoint
from backend.api.serializers.plans import (
    ChoiceQuery,
    ChoiceShown,
    PlanApplied,
    PlanChoice,
    PlanOrder,
    PlanShown,
)
from backend.dispatch.commands.plans import apply_plan, make_plan
from backend.dispatch.models import HelpRequest, Offer, PlanProposal, PlanRun
from backend.dispatch.planning import regret_of_choice
from backend.dispatch.queries import offers_to_read
from backend.errors import NotThere
from backend.people.models import Pilot


class PlanViews(Endpoint):
    queryset = PlanRun.objects.prefetch_related(
        "offices",
        Prefetch(
            "proposals",
            PlanProposal.objects.select_related(
                "help_request", "slot", "pilot", "runner_up", "runner_up_slot"
            ),
        ),
    )
    scopes = ("dispatch",)
    unknown = "plan_unknown"

    @extend_schema(request=PlanOrder, responses={201: PlanShown})
    def create(self, request: Request) -> Response:
        """The best plan for all open requests at once, with its proof; nobody is asked by it."""
        offices = self.values(PlanOrder).get("offices") or sorted(
            offices_where(self.reader, Permission.DISPATCH)
        )
        made = make_plan(office_ids=offices, by=self.reader, now=timezone.now())
        return self.shown(PlanShown, self.visible(made.pk), status=201)

    @extend_schema(responses=PlanShown)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One plan, as it was made, and what has come of its proposals."""
        return self.shown(PlanShown, self.visible(id))

    @extend_schema(request=PlanChoice, responses=PlanApplied)
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, id: UUID) -> Response:
        """Ask the pilots of these proposals; what is no longer possible is skipped. Nothing is assigned by it."""
        proposals = self.values(PlanChoice)["proposals"]
        done = apply_plan(plan_id=id, proposal_ids=proposals, by=self.reader, now=timezone.now())
        offers = offers_to_read(Offer.objects.filter(pk__in=[offer.pk for offer in done.offers]))
        return self.shown(PlanApplied, {"offers": offers, "skipped": done.skipped})

    @extend_schema(parameters=[ChoiceQuery], responses=ChoiceShown)
    @action(detail=True)
    def regret(self, request: Request, id: UUID) -> Response:
        """What another pilot for a request would cost the plan as it would be made now; null: not possible."""
        values = self.query_values(ChoiceQuery)
        plan_run = self.visible(id)
        _check_is_of(plan_run, **values)
        choice = regret_of_choice(plan_run, values["help_request"], values["pilot"], now=timezone.now())
        return self.shown(ChoiceShown, choice)


def _check_is_of(plan_run: PlanRun, *, help_request: UUID, pilot: UUID) -> None:
    """Other offices' requests and pilots are not there."""
    offices = plan_run.offices.values("pk")
    if not HelpRequest.objects.filter(pk=help_request, office__in=offices).exists():
        raise NotThere("help_request_unknown")
    if not Pilot.objects.filter(pk=pilot, pilot_offices__office__in=offices).exists():
        raise NotThere("pilot_unknown")
