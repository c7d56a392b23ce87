"""Requesting services: registering, being approved, their members."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import commands
from backend.accounts.models import Membership, Organisation
from backend.accounts.roles import Role
from backend.api.endpoint import Endpoint, language_of
from backend.api.filters import OrganisationFilter
from backend.api.serializers.accounts import (
    MemberInput,
    MemberShown,
    OrganisationRegistration,
    OrganisationShown,
)
from backend.api.serializers.values import Received, received


class OrganisationViews(Endpoint):
    queryset = Organisation.objects.prefetch_related("offices")
    filterset_class = OrganisationFilter
    scopes = ("people",)
    public_actions = frozenset({"create"})
    unknown = "organisation_unknown"

    @extend_schema(responses=OrganisationShown(many=True))
    def list(self, request: Request) -> Response:
        """The organisations that one's offices look after, and one's own."""
        return self.listed(OrganisationShown, self.filtered())

    @extend_schema(request=OrganisationRegistration, responses={201: OrganisationShown, 202: Received})
    def create(self, request: Request) -> Response:
        """Register a requesting service; it may ask as soon as its office approves."""
        values = self.registration(OrganisationRegistration, address="contact_email")
        where = values.pop("address")
        organisation = commands.register_organisation(
            **values, where=where, by=self.actor, now=timezone.now()
        )
        if organisation is None or self.actor is None:
            return Response(received(), status=202)
        if not self.get_queryset().filter(pk=organisation.pk).exists():
            return Response(received(), status=202)
        return self.shown(OrganisationShown, organisation, status=201)

    @extend_schema(responses=OrganisationShown)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One organisation."""
        return self.shown(OrganisationShown, self.visible(id))

    @extend_schema(request=None, responses=OrganisationShown)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, id: UUID) -> Response:
        """Let it ask for pilots."""
        self.visible(id)
        commands.approve_organisation(organisation_id=id, by=self.reader, now=timezone.now())
        return self.shown(OrganisationShown, self.visible(id))

    @extend_schema(request=MemberInput, responses={201: MemberShown}, methods=["post"])
    @extend_schema(responses=MemberShown(many=True), methods=["get"])
    @action(detail=True, methods=["get", "post"], filterset_class=None)
    def members(self, request: Request, id: UUID) -> Response:
        """Who may ask for it; POST invites somebody."""
        organisation = self.visible(id)
        if request.method == "POST":
            member = commands.invite(
                **{"language": language_of(), **self.values(MemberInput)},
                role=Role.REQUESTER,
                office_id=None,
                organisation_id=id,
                by=self.reader,
                now=timezone.now(),
            )
            return self.shown(MemberShown, member, status=201)
        members = Membership.objects.filter(organisation=organisation).select_related("user")
        return self.listed(MemberShown, members)
