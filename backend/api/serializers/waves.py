"""What is shown of asking in waves: how far it has come, and what the clock does next."""

from rest_framework import serializers

from backend.api.serializers.values import Moment
from backend.dispatch.codes import WavesStopped
from backend.dispatch.states import WaveSeriesStatus


class WaveShown(serializers.Serializer):
    """One wave; `chance` is the estimated probability that enough say yes in time, before and after it."""

    number = serializers.IntegerField()
    sent_at = Moment()
    asked = serializers.IntegerField()
    explored = serializers.IntegerField()
    chance_before = serializers.FloatField()
    chance = serializers.FloatField()


class WaveSeriesShown(serializers.Serializer):
    """A series of waves. `next_at` is when the clock looks again, while it is RUNNING."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=WaveSeriesStatus.choices)
    policy = serializers.DictField(child=serializers.FloatField())
    started_at = Moment()
    next_at = Moment()
    stopped_at = Moment(allow_null=True)
    stopped_reason = serializers.ChoiceField(choices=WavesStopped.choices, allow_blank=True)
    waves = WaveShown(many=True)
