"""The offices that coordinate: public by name, with their rules for those who work there."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import Office
from backend.accounts.roles import Role
from backend.api.endpoint import Endpoint
from backend.api.serializers.accounts import OfficeInFull, OfficeShown

STAFF = (Role.COORDINATOR, Role.ADMIN, Role.AUDITOR)


class OfficeViews(Endpoint):
    queryset = Office.objects.all()
    public_actions = frozenset({"list"})
    unknown = "office_unknown"

    def get_queryset(self) -> Any:
        """Everybody may know which offices there are; their rules are for their staff."""
        if self.action == "list":
            return Office.objects.all()
        return Office.objects.filter(pk__in=self.reader.office_ids(*STAFF))

    @extend_schema(responses=OfficeShown(many=True))
    def list(self, request: Request) -> Response:
        """All offices, and whether help-seekers may register there by themselves."""
        return self.listed(OfficeShown, self.get_queryset())

    @extend_schema(responses=OfficeInFull)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """An office one works for, with its rules."""
        return self.shown(OfficeInFull, self.visible(id))
