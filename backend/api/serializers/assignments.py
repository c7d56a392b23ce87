"""What is shown of a confirmed assignment: to the pilot where and whom to call, to the asking side who comes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.serializers.offers import PilotCode
from backend.api.serializers.values import Moment, Named, PlaceShown
from backend.dispatch.codes import CancellationReason, NotDoneReason, ServiceKind, Setting
from backend.dispatch.models import Assignment
from backend.dispatch.queries import cancelled_reason_for, meeting_place_for
from backend.dispatch.states import AssignmentStatus
from backend.people.codes import Topic


class Need(serializers.Serializer):
    """The request behind an assignment."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    topic = serializers.ChoiceField(choices=Topic.choices)
    languages = serializers.ListField(child=serializers.CharField())
    service_kind = serializers.ChoiceField(choices=ServiceKind.choices)
    setting = serializers.ChoiceField(choices=Setting.choices)
    organisation = Named(allow_null=True)


class AssignmentShown(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=AssignmentStatus.choices)
    help_request = Need()
    office = Named()
    seat = serializers.IntegerField()
    pilot = PilotCode()
    offer = serializers.UUIDField(source="offer_id")
    slot = serializers.UUIDField(source="slot_id")
    starts_at = Moment()
    ends_at = Moment()
    meeting_place = serializers.SerializerMethodField()
    confirmed_at = Moment()
    cancelled_reason = serializers.SerializerMethodField()

    def get_meeting_place(self, assignment: Assignment) -> PlaceShown(allow_null=True):  # type: ignore[valid-type]
        reader: Any = self.context["request"].user
        place = meeting_place_for(assignment, by=reader, now=self.context["now"])
        return PlaceShown(place).data if place else None

    @extend_schema_field(serializers.ChoiceField(choices=CancellationReason.choices, allow_blank=True))
    def get_cancelled_reason(self, assignment: Assignment) -> str:
        return cancelled_reason_for(assignment, by=self.context["request"].user, now=self.context["now"])


class ConfidentialShown(serializers.Serializer):
    """What the vault keeps with a request."""

    meeting_point = serializers.CharField()
    contact_on_site = serializers.CharField()
    note = serializers.CharField()


class Contact(serializers.Serializer):
    """Who comes, and how to reach the person."""

    name = serializers.CharField()
    phone = serializers.CharField()


class ReportShown(serializers.Serializer):
    id = serializers.UUIDField()
    by_pilot = serializers.BooleanField()
    done = serializers.BooleanField()
    not_done_reason = serializers.ChoiceField(choices=NotDoneReason.choices, allow_blank=True)
    minutes = serializers.IntegerField(allow_null=True)
    km = serializers.IntegerField(allow_null=True)
    reported_at = Moment()


class AssignmentInFull(AssignmentShown):
    """One assignment. What was opened for this reader is kept in the access log."""

    confidential = serializers.SerializerMethodField()
    pilot_contact = serializers.SerializerMethodField()
    reports = ReportShown(many=True)

    def get_confidential(self, assignment: Assignment) -> ConfidentialShown(allow_null=True):  # type: ignore[valid-type]
        details = self.context.get("confidential")
        return ConfidentialShown(details).data if details else None

    def get_pilot_contact(self, assignment: Assignment) -> Contact(allow_null=True):  # type: ignore[valid-type]
        contact = self.context.get("contact")
        return Contact(contact).data if contact else None


class Cancellation(serializers.Serializer):
    reason = serializers.ChoiceField(choices=CancellationReason.choices)


class ReportInput(serializers.Serializer):
    done = serializers.BooleanField()
    not_done_reason = serializers.ChoiceField(choices=NotDoneReason.choices, allow_blank=True, default="")
    minutes = serializers.IntegerField(min_value=1, max_value=1440, allow_null=True, default=None)
    km = serializers.IntegerField(min_value=0, max_value=2000, allow_null=True, default=None)
