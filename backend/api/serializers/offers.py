"""What is shown of an offer: before confirmation the language, the topic, the times and roughly where."""

from typing import Any

from rest_framework import serializers

from backend.api.serializers.values import Id, Moment, Slot
from backend.dispatch.codes import ServiceKind, Setting
from backend.dispatch.models import HelpRequest, Offer
from backend.dispatch.queries import cell_of, distance_band_of
from backend.dispatch.states import OfferStatus
from backend.people.codes import Topic


class PilotCode(serializers.Serializer):
    """A pilot where the name is nobody's business yet."""

    id = serializers.UUIDField()
    display_code = serializers.CharField()


class Cell(serializers.Serializer):
    """The middle of a square kilometre."""

    lat = serializers.FloatField()
    lon = serializers.FloatField()


class Asked(serializers.Serializer):
    """All that a pilot who was asked learns of the request."""

    id = serializers.UUIDField()
    topic = serializers.ChoiceField(choices=Topic.choices)
    languages = serializers.ListField(child=serializers.CharField())
    service_kind = serializers.ChoiceField(choices=ServiceKind.choices)
    setting = serializers.ChoiceField(choices=Setting.choices)
    town = serializers.CharField(source="meeting_place.place", default=None, allow_null=True)
    cell = serializers.SerializerMethodField()

    def get_cell(self, help_request: HelpRequest) -> Cell(allow_null=True):  # type: ignore[valid-type]
        cell = cell_of(help_request)
        return Cell(cell).data if cell else None


class OfferShown(serializers.Serializer):
    """An offer. `reference`, `rank` and `score` are for the office alone."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=OfferStatus.choices)
    pilot = PilotCode()
    help_request = Asked()
    special_needs = serializers.BooleanField()
    distance_band = serializers.SerializerMethodField()
    slots = Slot(many=True)
    accepted_slot = serializers.UUIDField(source="accepted_slot_id", allow_null=True)
    made_at = Moment()
    expires_at = Moment()
    accepted_at = Moment(allow_null=True)
    declined_at = Moment(allow_null=True)
    retracted_at = Moment(allow_null=True)
    expired_at = Moment(allow_null=True)
    chosen_at = Moment(allow_null=True)
    reserved_at = Moment(allow_null=True)
    reaffirmed_at = Moment(allow_null=True)
    reference = serializers.SerializerMethodField()
    rank = serializers.SerializerMethodField()
    score = serializers.SerializerMethodField()

    def get_distance_band(self, offer: Offer) -> str | None:
        return distance_band_of(offer)

    def get_reference(self, offer: Offer) -> str | None:
        return offer.help_request.reference if self._for_office(offer) else None

    def get_rank(self, offer: Offer) -> int | None:
        return offer.suggestion.rank if offer.suggestion and self._for_office(offer) else None

    def get_score(self, offer: Offer) -> float | None:
        return offer.suggestion.score if offer.suggestion and self._for_office(offer) else None

    def _for_office(self, offer: Offer) -> bool:
        reader: Any = self.context["request"].user
        return offer.pilot.user_id != reader.pk


class OffersMade(serializers.Serializer):
    offers = OfferShown(many=True)


class Acceptance(serializers.Serializer):
    """The date the pilot can make; it may be left out where only one was offered."""

    slot = Id(required=False, allow_null=True, default=None)
