"""Who opened which sealed data: for those who watch over it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.permissions import Permission, offices_where
from backend.api.endpoint import Endpoint
from backend.api.filters import AccessFilter
from backend.api.serializers.accounts import AccessShown
from backend.errors import NotPermitted
from backend.journal.models import AccessLog


class AccessLogViews(Endpoint):
    queryset = AccessLog.objects.all()
    filterset_class = AccessFilter

    def get_queryset(self) -> Any:
        offices = offices_where(self.reader, Permission.READ_ACCESS_LOG)
        if not offices:
            raise NotPermitted("not_permitted", permission=Permission.READ_ACCESS_LOG.value)
        return AccessLog.objects.filter(office_id__in=offices)

    @extend_schema(responses=AccessShown(many=True))
    def list(self, request: Request) -> Response:
        """The access log of one's own offices, the latest first; for administrators and auditors."""
        return self.listed(AccessShown, self.filtered())
