"""Volunteers: registering, being looked after, looking after one's own profile."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.authentication import check_scopes
from backend.api.endpoint import Endpoint
from backend.api.filters import PilotFilter
from backend.api.serializers.pilots import (
    Activation,
    BackgroundCheckInput,
    BackgroundCheckShown,
    IdentityQuery,
    IdentityShown,
    Pause,
    PilotChange,
    PilotInFull,
    PilotRegistration,
    PilotShown,
    QualificationInput,
    QualificationShown,
)
from backend.api.serializers.values import Received, received
from backend.people.codes import AccessReason
from backend.people.commands import pilots as commands
from backend.people.models import Pilot
from backend.people.policies import missing_for_activation
from backend.people.queries import reveal, reveal_names

NAMES = OpenApiParameter(
    "names", OpenApiTypes.BOOL, description="Open the names too; each opening is kept in the access log."
)


class PilotViews(Endpoint):
    queryset = Pilot.objects.select_related("office", "home", "identity").prefetch_related("skills")
    filterset_class = PilotFilter
    scopes = ("people",)
    public_actions = frozenset({"create"})
    unknown = "pilot_unknown"

    @extend_schema(parameters=[NAMES], responses=PilotShown(many=True))
    def list(self, request: Request) -> Response:
        """The pilots of one's offices, and oneself."""
        page = self.page(self.filtered().prefetch_related("pilot_offices"))
        names = {}
        if request.query_params.get("names") in {"1", "true"}:
            check_scopes(request, self.scopes)
            names = reveal_names(page, by=self.reader, reason=AccessReason.OVERVIEW, at=timezone.now())
        context = {**self.get_serializer_context(), "names": names}
        return self.get_paginated_response(PilotShown(page, many=True, context=context).data)

    @extend_schema(request=PilotRegistration, responses={201: PilotInFull, 202: Received})
    def create(self, request: Request) -> Response:
        """Register as a volunteer. The public learns nothing; a coordinator of the office gets the pilot."""
        values = self.registration(PilotRegistration, address="email")
        now = timezone.now()
        pilot = commands.register_pilot(**values, by=self.actor, now=now)
        if self.actor is None or pilot is None or not self.get_queryset().filter(pk=pilot.pk).exists():
            return Response(received(), status=202)
        return self._in_full(pilot.pk, status=201 if pilot.registered_at == now else 200)

    @extend_schema(responses=PilotInFull)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One pilot, with qualifications and what is missing for being active."""
        return self._in_full(id)

    @extend_schema(request=PilotChange, responses=PilotInFull)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Change parts of the profile; matching sees it at once."""
        self.visible(id)
        commands.change_profile(pilot_id=id, **self.values(PilotChange), by=self.reader, now=timezone.now())
        return self._in_full(id)

    @extend_schema(request=Activation, responses=PilotInFull)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, id: UUID) -> Response:
        """Let the office ask this pilot from now on."""
        self.visible(id)
        commands.activate_pilot(pilot_id=id, **self.values(Activation), by=self.reader, now=timezone.now())
        return self._in_full(id)

    @extend_schema(request=Pause, responses=PilotInFull)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, id: UUID) -> Response:
        """Ask this pilot nothing until a date, or until further notice."""
        self.visible(id)
        commands.pause_pilot(pilot_id=id, **self.values(Pause), by=self.reader, now=timezone.now())
        return self._in_full(id)

    @extend_schema(request=None, responses=PilotInFull)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, id: UUID) -> Response:
        """End a pause."""
        self.visible(id)
        commands.resume_pilot(pilot_id=id, by=self.reader, now=timezone.now())
        return self._in_full(id)

    @extend_schema(request=QualificationInput, responses={201: QualificationShown})
    @action(detail=True, methods=["post"])
    def qualifications(self, request: Request, id: UUID) -> Response:
        """Note a course or an interview."""
        self.visible(id)
        noted = commands.record_qualification(
            pilot_id=id, **self.values(QualificationInput), by=self.reader, now=timezone.now()
        )
        return self.shown(QualificationShown, noted, status=201)

    @extend_schema(request=BackgroundCheckInput, responses={201: BackgroundCheckShown})
    @action(detail=True, methods=["post"], url_path="background-checks")
    def background_checks(self, request: Request, id: UUID) -> Response:
        """Note that the certificate was inspected."""
        self.visible(id)
        noted = commands.record_background_check(
            pilot_id=id, **self.values(BackgroundCheckInput), by=self.reader, now=timezone.now()
        )
        return self.shown(BackgroundCheckShown, noted, status=201)

    @extend_schema(parameters=[IdentityQuery], responses=IdentityShown)
    @action(detail=True, read_scopes=("people",))
    def identity(self, request: Request, id: UUID) -> Response:
        """Open the vault entry; the access log keeps who did and why."""
        reason = self.query_values(IdentityQuery)["reason"]
        revealed = reveal(person=self.visible(id), by=self.reader, reason=reason, at=timezone.now())
        return self.shown(IdentityShown, revealed)

    def _in_full(self, id: UUID, *, status: int = 200) -> Response:
        pilot = self.visible(id)
        return self.shown(PilotInFull, pilot, status=status, missing=missing_for_activation(pilot))
