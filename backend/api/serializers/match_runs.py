"""What goes out of a ranking: candidates, the waterfall and every reason, each with its sentence for the reader."""

from typing import Any

from rest_framework import serializers

from backend.api.serializers.offers import PilotCode
from backend.api.serializers.values import Moment, Slot
from backend.dispatch.commands.help_requests import SUGGESTIONS_AT_MOST
from backend.reason_texts import LEFT_OUT, STEP_LABELS, TERM_LABELS, refusal_reason, term_reason
from backend.relay_texts import LAST_RESORT, chain_reason


class Limit(serializers.Serializer):
    limit = serializers.IntegerField(min_value=1, max_value=SUGGESTIONS_AT_MOST, default=10)


class ContributionShown(serializers.Serializer):
    """What one criterion adds to the score: weight x value / sum of weights."""

    code = serializers.CharField()
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    value = serializers.FloatField()
    weight = serializers.FloatField()
    contribution = serializers.FloatField()
    facts = serializers.DictField()
    text = serializers.SerializerMethodField()

    def get_label(self, part: dict[str, Any]) -> str:
        return str(TERM_LABELS[part["code"]])

    def get_text(self, part: dict[str, Any]) -> str:
        return term_reason(part["code"], part["facts"])


class SuggestionShown(serializers.Serializer):
    """`chance` is how likely the pilot is to say yes when asked now; the score is about fit alone and leaves it out."""

    rank = serializers.IntegerField()
    pilot = PilotCode()
    score = serializers.FloatField()
    chance = serializers.FloatField(allow_null=True)
    contributions = ContributionShown(many=True)
    slots = serializers.ListField(child=serializers.UUIDField())


class StepShown(serializers.Serializer):
    """How many pilots remained after this constraint and all before it: those who `label`; the others `text`."""

    code = serializers.CharField()
    remaining = serializers.IntegerField()
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    text = serializers.SerializerMethodField()

    def get_label(self, step: dict[str, Any]) -> str:
        return str(STEP_LABELS[step["code"]])

    def get_text(self, step: dict[str, Any]) -> str:
        return str(LEFT_OUT[step["code"]])


class MatchRunShown(serializers.Serializer):
    """One ranking. Nobody has been asked yet."""

    id = serializers.UUIDField()
    created_at = Moment()
    considered = serializers.IntegerField()
    eligible = serializers.IntegerField()
    weights = serializers.DictField(child=serializers.FloatField())
    waterfall = StepShown(many=True)
    candidates = SuggestionShown(many=True, source="suggestions")


class ReasonShown(serializers.Serializer):
    code = serializers.CharField()
    facts = serializers.DictField()
    text = serializers.SerializerMethodField()

    def get_text(self, reason: dict[str, Any]) -> str:
        return refusal_reason(reason["code"], reason["facts"])


class WhyShown(serializers.Serializer):
    """All that stands between this pilot and this request; empty: the pilot may be asked."""

    pilot = PilotCode()
    eligible = serializers.BooleanField()
    reasons = ReasonShown(many=True)


class InOtherLanguageShown(serializers.Serializer):
    """A pilot for a language that the help-seeker knows too."""

    pilot = PilotCode()
    score = serializers.FloatField()
    contributions = ContributionShown(many=True)
    slots = Slot(many=True)


class PilotChainShown(serializers.Serializer):
    """The first talks with the help-seeker, the second German, both with each other in a bridge language."""

    first = PilotCode()
    second = PilotCode()
    facts = serializers.DictField()
    slots = Slot(many=True)
    text = serializers.SerializerMethodField()

    def get_text(self, chain: Any) -> str:
        return chain_reason(chain.facts)


class LastResortShown(serializers.Serializer):
    """Ways over a third language or a second pilot. `last_resort` is false, and there are none, while anybody fits."""

    last_resort = serializers.BooleanField()
    text = serializers.SerializerMethodField()
    in_other_languages = InOtherLanguageShown(many=True)
    chains = PilotChainShown(many=True)

    def get_text(self, found: dict[str, Any]) -> str:
        return str(LAST_RESORT) if found["last_resort"] else ""
