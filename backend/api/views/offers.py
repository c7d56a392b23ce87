"""Offers: what the office asks, and what the pilot answers."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.endpoint import Endpoint
from backend.api.filters import OfferFilter
from backend.api.serializers.offers import Acceptance, OfferShown
from backend.dispatch.commands import offers as commands
from backend.dispatch.models import Offer
from backend.dispatch.queries import offers_to_read


class OfferViews(Endpoint):
    queryset = Offer.objects.all()
    filterset_class = OfferFilter
    scopes = ("answers",)
    unknown = "offer_unknown"

    def get_queryset(self) -> Any:
        return offers_to_read(super().get_queryset())

    @extend_schema(responses=OfferShown(many=True))
    def list(self, request: Request) -> Response:
        """The offers made to oneself, and those of one's office."""
        return self.listed(OfferShown, self.filtered())

    @extend_schema(responses=OfferShown)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One offer."""
        return self.shown(OfferShown, self.visible(id))

    @extend_schema(request=Acceptance, responses=OfferShown)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, id: UUID) -> Response:
        """Say yes to one of the dates. The office still confirms."""
        slot = self.values(Acceptance)["slot"]
        commands.accept_offer(offer_id=id, slot_id=slot, by=self.reader, now=timezone.now())
        return self.shown(OfferShown, self.visible(id))

    @extend_schema(request=None, responses=OfferShown)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, id: UUID) -> Response:
        """Say no; no reason is asked."""
        commands.decline_offer(offer_id=id, by=self.reader, now=timezone.now())
        return self.shown(OfferShown, self.visible(id))

    @extend_schema(request=None, responses=OfferShown)
    @action(detail=True, methods=["post"], scopes=("dispatch",))
    def retract(self, request: Request, id: UUID) -> Response:
        """Take the offer back."""
        self.visible(id)
        commands.retract_offer(offer_id=id, by=self.reader, now=timezone.now())
        return self.shown(OfferShown, self.visible(id))
