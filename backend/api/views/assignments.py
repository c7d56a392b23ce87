"""Assignments: this pilot, this appointment; cancelled or reported on."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.endpoint import Endpoint
from backend.api.filters import AssignmentFilter
from backend.api.serializers.assignments import (
    AssignmentInFull,
    AssignmentShown,
    Cancellation,
    ReportInput,
    ReportShown,
)
from backend.dispatch.commands import assignments as commands
from backend.dispatch.models import Assignment
from backend.dispatch.queries import details_of, pilot_for_counterpart


class AssignmentViews(Endpoint):
    queryset = Assignment.objects.select_related(
        "office",
        "pilot__identity",
        "help_request__organisation",
        "help_request__meeting_place",
    )
    filterset_class = AssignmentFilter
    scopes = ("answers", "dispatch")
    unknown = "assignment_unknown"

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": timezone.now()}

    @extend_schema(responses=AssignmentShown(many=True))
    def list(self, request: Request) -> Response:
        """The assignments of one's office, one's organisation, or one's own."""
        return self.listed(AssignmentShown, self.filtered())

    @extend_schema(responses=AssignmentInFull)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One assignment; contact details are opened for those they are meant for, and logged."""
        assignment: Assignment = self.visible(id)
        now = timezone.now()
        return self.shown(
            AssignmentInFull,
            assignment,
            confidential=details_of(assignment, by=self.reader, now=now),
            contact=pilot_for_counterpart(assignment, by=self.reader, now=now),
        )

    @extend_schema(request=Cancellation, responses=AssignmentShown)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: UUID) -> Response:
        """End it before it happens; while a date is left, the request opens again."""
        self.visible(id)
        commands.cancel_assignment(
            assignment_id=id, **self.values(Cancellation), by=self.reader, now=timezone.now()
        )
        return self.shown(AssignmentShown, self.visible(id))

    @extend_schema(request=ReportInput, responses={201: ReportShown})
    @action(detail=True, methods=["post"])
    def report(self, request: Request, id: UUID) -> Response:
        """Say how it went."""
        self.visible(id)
        report = commands.report_activity(
            assignment_id=id, **self.values(ReportInput), by=self.reader, now=timezone.now()
        )
        return self.shown(ReportShown, report, status=201)
