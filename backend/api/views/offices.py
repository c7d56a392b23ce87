"""The offices that coordinate: public by name, with their rules and members for those who work there."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import commands, permissions
from backend.accounts.models import Membership, Office
from backend.accounts.permissions import Permission
from backend.api.endpoint import Endpoint, language_of
from backend.api.serializers.accounts import (
    OfficeChange,
    OfficeInFull,
    OfficeMemberInput,
    OfficeMemberShown,
    OfficeShown,
)


class OfficeViews(Endpoint):
    queryset = Office.objects.all()
    scopes = ("people",)
    public_actions = frozenset({"list"})
    unknown = "office_unknown"

    def get_queryset(self) -> Any:
        """Everybody may know which offices there are; their rules are for their staff."""
        return Office.objects.all() if self.action == "list" else super().get_queryset()

    @extend_schema(responses=OfficeShown(many=True))
    def list(self, request: Request) -> Response:
        """All offices, and whether help-seekers may register there by themselves."""
        return self.listed(OfficeShown, self.get_queryset())

    @extend_schema(responses=OfficeInFull)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """An office one works for, with its rules."""
        return self.shown(OfficeInFull, self.visible(id))

    @extend_schema(request=OfficeChange, responses=OfficeInFull)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Change rules of an office that one administers."""
        self.visible(id)
        values = self.values(OfficeChange)
        return self.shown(
            OfficeInFull, commands.change_office(office_id=id, **values, by=self.reader, now=timezone.now())
        )

    @extend_schema(request=OfficeMemberInput, responses={201: OfficeMemberShown}, methods=["post"])
    @extend_schema(responses=OfficeMemberShown(many=True), methods=["get"])
    @action(detail=True, methods=["get", "post"])
    def members(self, request: Request, id: UUID) -> Response:
        """Who works in an office that one administers; POST invites somebody. Pilots are the coordinators' affair."""
        office = self.visible(id)
        permissions.check(self.reader, Permission.MANAGE_USERS, office_id=office.pk)
        if request.method == "POST":
            member = commands.invite(
                **{"language": language_of(), **self.values(OfficeMemberInput)},
                office_id=office.pk,
                organisation_id=None,
                by=self.reader,
                now=timezone.now(),
            )
            return self.shown(OfficeMemberShown, member, status=201)
        members = Membership.objects.filter(office=office).staff().select_related("user")
        return self.listed(OfficeMemberShown, members)
