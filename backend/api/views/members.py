"""Who belongs to an office: another role, or none any more."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.commands import change_role
from backend.accounts.models import Membership
from backend.api.endpoint import Endpoint
from backend.api.serializers.accounts import OfficeMemberShown, RoleChange
from backend.people.commands.members import deactivate_user, remove_member


class MemberViews(Endpoint):
    queryset = Membership.objects.select_related("user")
    scopes = ("people",)
    unknown = "membership_unknown"

    @extend_schema(responses=OfficeMemberShown)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """A member of an office that one administers."""
        return self.shown(OfficeMemberShown, self.visible(id))

    @extend_schema(request=RoleChange, responses=OfficeMemberShown)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Give the member another role."""
        self.visible(id)
        change_role(membership_id=id, **self.values(RoleChange), by=self.reader, now=timezone.now())
        return self.shown(OfficeMemberShown, self.visible(id))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        """Take the role away; the login stays."""
        remove_member(membership_id=id, by=self.reader, now=timezone.now())
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, id: UUID) -> Response:
        """Close the login; who belongs elsewhere too loses the roles in one's own offices only."""
        deactivate_user(user_id=self.visible(id).user_id, by=self.reader, now=timezone.now())
        return Response(status=204)
