"""What comes in and goes out about joint plans: proposals with their price, the proof, and what stays open."""

from typing import Any

from rest_framework import serializers

from backend.api.serializers.match_runs import ContributionShown, ReasonShown
from backend.api.serializers.offers import OfferShown, PilotCode
from backend.api.serializers.values import Id, Moment, Named, Slot
from backend.dispatch.commands.plans import Skipped
from backend.error_texts import sentence_for
from backend.plan_texts import open_reason

OFFICES_AT_MOST = 50
PROPOSALS_AT_MOST = 500


class PlanOrder(serializers.Serializer):
    """Which offices to plan for; without any, all that one coordinates."""

    offices = serializers.ListField(child=Id(), min_length=1, max_length=OFFICES_AT_MOST, required=False)


class PlanChoice(serializers.Serializer):
    proposals = serializers.ListField(child=Id(), min_length=1, max_length=PROPOSALS_AT_MOST)


class RequestNamed(serializers.Serializer):
    id = serializers.UUIDField()
    reference = serializers.CharField()


class CertificateShown(serializers.Serializer):
    """No plan is worth more than `bound`; `gap` is what this one lacks at most, relative to its value."""

    method = serializers.CharField()
    bound = serializers.FloatField()
    gap = serializers.FloatField()


class ProposalShown(serializers.Serializer):
    """A pairing. `regret` is what the plan loses with the runner-up, `regret_here` the part at this request itself.

    `held`: asked before the plan was made. `offer`: what has come of it.
    """

    id = serializers.UUIDField()
    help_request = RequestNamed()
    slot = Slot()
    pilot = PilotCode()
    score = serializers.FloatField()
    contributions = ContributionShown(many=True)
    held = serializers.BooleanField()
    runner_up = PilotCode(allow_null=True)
    runner_up_slot = Slot(allow_null=True)
    regret = serializers.FloatField(allow_null=True)
    regret_here = serializers.FloatField(allow_null=True)
    offer = serializers.UUIDField(source="offer_id", allow_null=True)


class LeftOpenShown(serializers.Serializer):
    """A request with a seat nobody takes, and why."""

    help_request = serializers.UUIDField()
    code = serializers.CharField()
    facts = serializers.DictField()
    detail = serializers.SerializerMethodField()

    def get_detail(self, left_open: dict[str, Any]) -> str:
        return open_reason(left_open["code"], left_open["facts"])


class ScarceShown(serializers.Serializer):
    """A pilot's planned time: `price` is what the plan loses without it, `only` that nobody else could help there."""

    pilot = serializers.UUIDField()
    help_request = serializers.UUIDField()
    slot_start = Moment()
    slot_end = Moment()
    price = serializers.FloatField()
    language = serializers.CharField(allow_blank=True)
    only = serializers.BooleanField()


class PlanShown(serializers.Serializer):
    """One joint plan. Nobody is asked by it."""

    id = serializers.UUIDField()
    offices = Named(many=True)
    created_at = Moment()
    applied_at = Moment(allow_null=True)
    requests = serializers.IntegerField()
    pilots = serializers.IntegerField()
    pairs = serializers.IntegerField()
    weights = serializers.DictField()
    value = serializers.FloatField()
    certificate = CertificateShown()
    proposals = ProposalShown(many=True)
    left_open = LeftOpenShown(many=True)
    scarce = ScarceShown(many=True)


class SkippedShown(serializers.Serializer):
    """A proposal that was no longer possible, and why."""

    proposal = serializers.UUIDField(source="proposal.pk")
    code = serializers.CharField()
    detail = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()

    def get_detail(self, skipped: Skipped) -> str:
        return sentence_for(skipped.code, skipped.facts)

    def get_reasons(self, skipped: Skipped) -> ReasonShown(many=True):  # type: ignore[valid-type]
        return ReasonShown(skipped.facts.get("reasons", []), many=True).data


class PlanApplied(serializers.Serializer):
    """Who has been asked, and what was skipped. Pilots answer, and the office confirms."""

    offers = OfferShown(many=True)
    skipped = SkippedShown(many=True)


class ChoiceQuery(serializers.Serializer):
    help_request = serializers.UUIDField()
    pilot = serializers.UUIDField()


class ChoiceShown(serializers.Serializer):
    """What a choice of one's own costs the plan as it would be now; `is_stale`: that is not the stored one any more."""

    slot = Slot(allow_null=True)
    regret = serializers.FloatField(allow_null=True)
    is_stale = serializers.BooleanField()
