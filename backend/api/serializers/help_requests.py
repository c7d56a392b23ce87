"""What comes in and goes out about a request for help."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from backend.accounts.matters import Matter
from backend.api.serializers.assignments import ConfidentialShown
from backend.api.serializers.values import Id, MeetingPlaceInput, Moment, Named, PlaceShown, Slot
from backend.dispatch.codes import ServiceKind, Setting, UnfilledReason, WithdrawalReason
from backend.dispatch.commands.help_requests import Confidential, Need
from backend.dispatch.models import HelpRequest
from backend.dispatch.policies import SLOTS_AT_MOST
from backend.dispatch.queries import facts_for
from backend.dispatch.states import HelpRequestStatus
from backend.journal.kinds import EventKind
from backend.people.codes import CefrLevel, Gender, Topic

LANGUAGES_AT_MOST = 10


class SlotInput(serializers.Serializer):
    starts_at = Moment()
    ends_at = Moment()

    def to_internal_value(self, data: Any) -> tuple[datetime, datetime]:
        values = super().to_internal_value(data)
        return values["starts_at"], values["ends_at"]


class HelpRequestFiling(serializers.Serializer):
    """A need. Without `languages` and `gender_wish` those of the help-seeker count.

    `matter` says that it is about something which many offices leave to others; whom to turn to stands in the refusal.
    """

    help_seeker_id = Id()
    topic = serializers.ChoiceField(choices=Topic.choices)
    slots: serializers.ListSerializer = serializers.ListSerializer(
        child=SlotInput(), min_length=1, max_length=SLOTS_AT_MOST
    )
    languages = serializers.ListField(
        child=serializers.CharField(max_length=16), max_length=LANGUAGES_AT_MOST, required=False
    )
    required_level = serializers.IntegerField(min_value=1, max_value=6, required=False)
    service_kind = serializers.ChoiceField(choices=ServiceKind.choices, required=False)
    setting = serializers.ChoiceField(choices=Setting.choices, required=False)
    gender_wish = serializers.ChoiceField(
        choices=Gender.choices, allow_blank=True, allow_null=True, required=False
    )
    minors = serializers.BooleanField(required=False)
    urgent = serializers.BooleanField(required=False)
    seats = serializers.IntegerField(min_value=1, max_value=5, required=False)
    matter = serializers.ChoiceField(choices=Matter.choices, allow_blank=True, required=False)
    meeting_place = MeetingPlaceInput(required=False, allow_null=True)
    meeting_point = serializers.CharField(max_length=200, required=False, allow_blank=True)
    contact_on_site = serializers.CharField(max_length=200, required=False, allow_blank=True)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Under the names of the command; what is confidential goes its own way."""
        confidential = {
            name: values.pop(name) for name in ("meeting_point", "contact_on_site", "note") if name in values
        }
        return {
            "help_seeker_id": values.pop("help_seeker_id"),
            "where": values.pop("meeting_place", None),
            "confidential": Confidential(**confidential),
            "need": Need(**values),
        }


class OffersInput(serializers.Serializer):
    """Whom to ask. With `override_note`, one pilot all the same, against rules that may be bent."""

    pilots = serializers.ListField(child=Id(), min_length=1, max_length=20)
    override_note = serializers.CharField(required=False, default="", max_length=500)


class Confirmation(serializers.Serializer):
    offer = Id()


class Withdrawal(serializers.Serializer):
    reason = serializers.ChoiceField(choices=WithdrawalReason.choices)


class CaseShown(serializers.Serializer):
    """The help-seeker of a request, by case key."""

    id = serializers.UUIDField()
    case_key = serializers.CharField()


class HelpRequestShown(serializers.Serializer):
    """A request as the asking side and the office see it in a list."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=HelpRequestStatus.choices)
    office = Named()
    organisation = Named(allow_null=True)
    help_seeker = CaseShown()
    topic = serializers.ChoiceField(choices=Topic.choices)
    languages = serializers.ListField(child=serializers.CharField())
    required_level = serializers.ChoiceField(choices=CefrLevel.choices)
    service_kind = serializers.ChoiceField(choices=ServiceKind.choices)
    setting = serializers.ChoiceField(choices=Setting.choices)
    gender_wish = serializers.ChoiceField(choices=Gender.choices, allow_blank=True)
    minors = serializers.BooleanField()
    urgent = serializers.BooleanField()
    seats = serializers.IntegerField()
    slots = Slot(many=True)
    meeting_place = PlaceShown(allow_null=True)
    created_at = Moment()
    unfilled_reason = serializers.ChoiceField(choices=UnfilledReason.choices, allow_blank=True)
    withdrawn_reason = serializers.ChoiceField(choices=WithdrawalReason.choices, allow_blank=True)


class ProgressShown(serializers.Serializer):
    """How far the office is; nobody else is told."""

    pending_offers = serializers.IntegerField()
    accepted_offers = serializers.IntegerField()


class HelpRequestInFull(HelpRequestShown):
    """One request; `confidential` was opened for this reader, `progress` is for the office alone."""

    confidential = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()

    def get_confidential(self, help_request: HelpRequest) -> ConfidentialShown(allow_null=True):  # type: ignore[valid-type]
        details = self.context.get("confidential")
        return ConfidentialShown(details).data if details else None

    def get_progress(self, help_request: HelpRequest) -> ProgressShown(allow_null=True):  # type: ignore[valid-type]
        return ProgressShown(help_request).data if self.context.get("for_office") else None


class EventShown(serializers.Serializer):
    """A step of the timeline. `pilot`, `actor` and some of the facts are for the office alone."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    happened_at = Moment()
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()
    facts = serializers.SerializerMethodField()
    actor = serializers.SerializerMethodField()
    pilot = serializers.SerializerMethodField()

    def get_facts(self, event: Any) -> dict[str, Any]:
        return facts_for(event, for_office=self.context["for_office"])

    def get_actor(self, event: Any) -> str | None:
        return str(event.actor_id) if self.context["for_office"] and event.actor_id else None

    def get_pilot(self, event: Any) -> str | None:
        return self.context["pilots"].get(event.subject_id)
