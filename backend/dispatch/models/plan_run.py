"""One joint plan: whom it would ask for which request, what that is worth, and the proof that nothing is better."""

from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from backend.accounts.models import Office, User
from backend.accounts.roles import Role
from backend.dispatch.models.help_request import HelpRequest, HelpRequestSlot
from backend.dispatch.models.offer import Offer
from backend.keys import Keyed
from backend.people.models import Pilot


class PlanRunQuerySet(models.QuerySet["PlanRun"]):
    def visible_to(self, user: User) -> "PlanRunQuerySet":
        """Plans that touch the user's own offices and no other."""
        own = user.office_ids(Role.COORDINATOR)
        its = PlanRun.offices.through.objects.filter(planrun=OuterRef("pk"))
        return self.filter(Exists(its.filter(office__in=own)), ~Exists(its.exclude(office__in=own)))


class PlanRun(Keyed):
    """`certificate` is {method, bound, gap}; `left_open` a list of {help_request, code, facts}."""

    offices = models.ManyToManyField(Office, related_name="plan_runs")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    weights = models.JSONField()
    value = models.FloatField()
    certificate = models.JSONField()
    left_open = models.JSONField()
    scarce = (
        models.JSONField()
    )  # [{pilot, slot_start, slot_end, price, language}]: whose time costs others dearly
    requests = models.PositiveIntegerField()
    pilots = models.PositiveIntegerField()
    pairs = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    objects = PlanRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    class Privacy:
        personal = ("scarce",)
        plain = (
            "id", "offices", "asked_by", "weights", "value", "certificate", "left_open", "requests", "pilots",
            "pairs", "created_at", "applied_at",
        )  # fmt: skip
        keep_for = "90 days"
        counted_from = "created_at"

    @property
    def office_id(self) -> UUID | None:
        """The office it is for; None where it is for several."""
        offices = list(self.offices.values_list("pk", flat=True)[:2])
        return offices[0] if len(offices) == 1 else None


class PlanProposal(Keyed):
    """One pairing of the plan: `regret` is what the plan loses if the runner-up is taken instead."""

    plan_run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="proposals")
    help_request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="+")
    slot = models.ForeignKey(HelpRequestSlot, on_delete=models.CASCADE, related_name="+")
    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    contributions = models.JSONField()
    held = models.BooleanField(default=False)  # offered or accepted already: the plan keeps it
    runner_up = models.ForeignKey(Pilot, on_delete=models.SET_NULL, null=True, related_name="+")
    runner_up_slot = models.ForeignKey(
        HelpRequestSlot, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    regret = models.FloatField(null=True)  # None: nobody else could take it
    regret_here = models.FloatField(null=True)  # the part of it that this request itself loses; may be a gain
    offer = models.ForeignKey(Offer, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["slot__starts_at", "pk"]
        constraints = [
            models.UniqueConstraint("plan_run", "help_request", "pilot", name="plan_proposal_once")
        ]

    class Privacy:
        personal = ("pilot", "score", "contributions", "runner_up", "runner_up_slot", "regret", "regret_here")
        plain = ("id", "plan_run", "help_request", "slot", "held", "offer")
        keep_for = "90 days"
        counted_from = "plan_run__created_at"
