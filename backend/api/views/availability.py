"""A pilot's times: the week as a whole, and dates away; for oneself without naming the pilot."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.endpoint import Endpoint
from backend.api.filters import AbsenceFilter
from backend.api.serializers.pilots import AbsenceInput, AbsenceShown, Week
from backend.errors import NotThere
from backend.people.commands import availability as commands
from backend.people.models import Absence, Pilot


class OfPilot(Endpoint):
    """Base of what belongs to the pilot in the address, or to oneself where none is named."""

    scopes = ("people",)

    def pilot(self, pilot_id: UUID | None) -> Pilot:
        """The visible pilot; NotThere otherwise."""
        own = {"user": self.reader} if pilot_id is None else {"pk": pilot_id}
        found = Pilot.objects.visible_to(self.reader).filter(**own).first()
        if found is None:
            raise NotThere("pilot_unknown")
        return found


class AvailabilityViews(OfPilot):
    queryset = Pilot.objects.all()

    @extend_schema(responses=Week)
    def retrieve(self, request: Request, pilot_id: UUID | None = None) -> Response:
        """The weekly hours, in the local time of the office."""
        return self._week(self.pilot(pilot_id))

    @extend_schema(request=Week, responses=Week)
    def update(self, request: Request, pilot_id: UUID | None = None) -> Response:
        """Replace the weekly hours."""
        pilot = self.pilot(pilot_id)
        values = self.values(Week)
        commands.set_availability(pilot_id=pilot.pk, **values, by=self.reader, now=timezone.now())
        return self._week(pilot)

    def _week(self, pilot: Pilot) -> Response:
        return self.shown(Week, {"week": pilot.availabilities.all()})


class AbsenceViews(OfPilot):
    queryset = Absence.objects.all()
    filterset_class = AbsenceFilter
    unknown = "absence_unknown"

    def get_queryset(self) -> Any:
        pilots = Pilot.objects.visible_to(self.reader)
        return Absence.objects.filter(pilot__in=pilots.values("pk")).select_related("pilot")

    @extend_schema(responses=AbsenceShown(many=True))
    def list(self, request: Request, pilot_id: UUID | None = None) -> Response:
        """Dates away."""
        absences = self.filter_queryset(Absence.objects.filter(pilot=self.pilot(pilot_id)))
        return self.listed(AbsenceShown, absences)

    @extend_schema(request=AbsenceInput, responses={201: AbsenceShown})
    def create(self, request: Request, pilot_id: UUID | None = None) -> Response:
        """Note dates away; nobody asks for these days."""
        pilot = self.pilot(pilot_id)
        absence = commands.add_absence(
            pilot_id=pilot.pk, **self.values(AbsenceInput), by=self.reader, now=timezone.now()
        )
        return self.shown(AbsenceShown, absence, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        """Take dates away back."""
        self.visible(id)
        commands.remove_absence(absence_id=id, by=self.reader, now=timezone.now())
        return Response(status=204)
