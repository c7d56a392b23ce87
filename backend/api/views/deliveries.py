"""Messages that did not arrive, and trying again."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.endpoint import Endpoint
from backend.api.filters import DeliveryFilter
from backend.api.serializers.deliveries import DeliveryShown
from notifications.commands import retry_delivery
from notifications.models import Delivery


class DeliveryViews(Endpoint):
    queryset = Delivery.objects.select_related("recipient")
    filterset_class = DeliveryFilter
    scopes = ("dispatch",)
    unknown = "delivery_unknown"

    @extend_schema(responses=DeliveryShown(many=True))
    def list(self, request: Request) -> Response:
        """The messages of one's office: those that failed, unless the query asks for another status."""
        return self.listed(DeliveryShown, self.filtered())

    @extend_schema(responses=DeliveryShown)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One message."""
        return self.shown(DeliveryShown, self.visible(id))

    @extend_schema(request=None, responses=DeliveryShown)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, id: UUID) -> Response:
        """Try a failed message again."""
        self.visible(id)
        retry_delivery(delivery_id=id, by=self.reader, now=timezone.now())
        return self.shown(DeliveryShown, self.visible(id))
