"""For whom, or where, a pilot must not be suggested again."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.serializers.vetoes import VetoInput, VetoShown
from backend.api.views.availability import OfPilot
from backend.people.commands import vetoes as commands
from backend.people.models import Veto


class VetoViews(OfPilot):
    queryset = Veto.objects.all()
    unknown = "veto_unknown"

    @extend_schema(responses=VetoShown(many=True))
    def list(self, request: Request, pilot_id: UUID) -> Response:
        """The pilot's vetoes."""
        return self.listed(VetoShown, self.get_queryset().filter(pilot=self.pilot(pilot_id)))

    @extend_schema(request=VetoInput, responses={201: VetoShown})
    def create(self, request: Request, pilot_id: UUID) -> Response:
        """Never suggest this pilot again for a help-seeker, an organisation or a postcode."""
        pilot = self.pilot(pilot_id)
        veto = commands.add_veto(
            pilot_id=pilot.pk, **self.values(VetoInput), by=self.reader, now=timezone.now()
        )
        return self.shown(VetoShown, veto, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        """Take it back."""
        self.visible(id)
        commands.remove_veto(veto_id=id, by=self.reader, now=timezone.now())
        return Response(status=204)
