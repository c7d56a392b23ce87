"""What the API shows of a trained acceptance model: its fate, and the report on the answers it had not seen."""

from rest_framework import serializers

from backend.api.serializers.values import Moment
from backend.dispatch.states import AcceptanceStatus


class BinShown(serializers.Serializer):
    """One step of the reliability curve: of `count` offers, the mean estimate and the share that said yes."""

    count = serializers.IntegerField()
    predicted = serializers.FloatField()
    observed = serializers.FloatField()


class FiguresShown(serializers.Serializer):
    brier = serializers.FloatField()
    log_loss = serializers.FloatField()
    ece = serializers.FloatField()
    bins = BinShown(many=True)


class CellShown(BinShown):
    """The same for one group; groups of fewer than five people stand together under the code ""."""

    code = serializers.CharField(allow_blank=True)


class GroupsShown(serializers.Serializer):
    """Of whom the estimate was too high or too low. What makes these groups is never estimated from."""

    gender = CellShown(many=True)
    language = CellShown(many=True)


class GainShown(serializers.Serializer):
    """How much log loss an answer is spared against the plain estimate."""

    mean = serializers.FloatField()
    standard_error = serializers.FloatField()


class DelayShown(serializers.Serializer):
    median_hours = serializers.FloatField()
    spread = serializers.FloatField()


class AcceptanceReportShown(serializers.Serializer):
    answers = serializers.IntegerField()
    learned_from = serializers.IntegerField()
    held_out = serializers.IntegerField()
    said_yes = serializers.FloatField()
    goes_live = serializers.BooleanField()
    gain = GainShown()
    model = FiguresShown()
    prior = FiguresShown()
    groups = GroupsShown()
    weights = serializers.DictField(child=serializers.FloatField())
    delay = DelayShown()


class AcceptanceVersionShown(serializers.Serializer):
    """One version; without an office it was learned from the answers of all offices."""

    id = serializers.UUIDField()
    office = serializers.UUIDField(source="office_id", allow_null=True)
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=AcceptanceStatus.choices)
    answers = serializers.IntegerField()
    trained_at = Moment()
    live_at = Moment(allow_null=True)
    retired_at = Moment(allow_null=True)
    rejected_at = Moment(allow_null=True)
    report = AcceptanceReportShown()
