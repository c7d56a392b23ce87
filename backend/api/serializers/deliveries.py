"""What the office reads of messages: to whom, about what, and why one did not arrive; never what it said."""

from rest_framework import serializers

from backend.api.serializers.values import Moment
from notifications.states import DeliveryStatus, Failure


class DeliveryShown(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=DeliveryStatus.choices)
    template = serializers.CharField()
    channel = serializers.CharField()
    recipient = serializers.EmailField(source="recipient.email")
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()
    attempts = serializers.IntegerField()
    failure = serializers.ChoiceField(choices=Failure.choices, allow_blank=True)
    failure_detail = serializers.CharField()
    due_at = Moment()
    sent_at = Moment(allow_null=True)
    failed_at = Moment(allow_null=True)
