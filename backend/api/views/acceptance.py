"""The trained acceptance models and what is known of their quality."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.endpoint import Endpoint
from backend.api.filters import AcceptanceVersionFilter
from backend.api.serializers.acceptance import AcceptanceVersionShown
from backend.dispatch.models import AcceptanceVersion


class AcceptanceVersionViews(Endpoint):
    queryset = AcceptanceVersion.objects.all()
    filterset_class = AcceptanceVersionFilter
    unknown = "acceptance_version_unknown"

    @extend_schema(responses=AcceptanceVersionShown(many=True))
    def list(self, request: Request) -> Response:
        """The versions of one's office and those of all offices together, newest first, each with its report."""
        return self.listed(AcceptanceVersionShown, self.filtered())

    @extend_schema(responses=AcceptanceVersionShown)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One version with its report."""
        return self.shown(AcceptanceVersionShown, self.visible(id))
