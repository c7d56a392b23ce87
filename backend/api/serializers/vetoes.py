"""What comes in and goes out about a veto: never again, and nobody asks why."""

from rest_framework import serializers

from backend.api.serializers.values import Id


class VetoInput(serializers.Serializer):
    """Exactly one of the three."""

    help_seeker_id = Id(required=False, allow_null=True, default=None)
    organisation_id = Id(required=False, allow_null=True, default=None)
    postcode = serializers.CharField(max_length=5, allow_blank=True, default="")


class VetoShown(serializers.Serializer):
    id = serializers.UUIDField()
    pilot = serializers.UUIDField(source="pilot_id")
    help_seeker = serializers.UUIDField(source="help_seeker_id", allow_null=True)
    organisation = serializers.UUIDField(source="organisation_id", allow_null=True)
    postcode = serializers.CharField()
