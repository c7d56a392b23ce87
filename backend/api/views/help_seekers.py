"""People who need a pilot: registered by an organisation or the office, or by themselves where allowed."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.endpoint import Endpoint
from backend.api.filters import HelpSeekerFilter
from backend.api.serializers.help_seekers import HelpSeekerRegistration, HelpSeekerShown, SelfRegistration
from backend.api.serializers.pilots import IdentityQuery, IdentityShown
from backend.api.serializers.values import Received, received
from backend.people.commands import help_seekers as commands
from backend.people.models import HelpSeeker
from backend.people.queries import reveal


class HelpSeekerViews(Endpoint):
    queryset = HelpSeeker.objects.select_related("office", "organisation", "home", "identity")
    filterset_class = HelpSeekerFilter
    scopes = ("requests", "people")
    public_actions = frozenset({"register_oneself"})
    unknown = "help_seeker_unknown"

    @extend_schema(responses=HelpSeekerShown(many=True))
    def list(self, request: Request) -> Response:
        """The help-seekers of one's organisation or office."""
        return self.listed(HelpSeekerShown, self.filtered())

    @extend_schema(request=HelpSeekerRegistration, responses={201: HelpSeekerShown})
    def create(self, request: Request) -> Response:
        """Register somebody under a case key of one's own."""
        help_seeker = commands.register_help_seeker(
            **self.values(HelpSeekerRegistration), by=self.reader, now=timezone.now()
        )
        return self.shown(HelpSeekerShown, help_seeker, status=201)

    @extend_schema(request=SelfRegistration, responses={202: Received})
    @action(detail=False, methods=["post"], url_path="self")
    def register_oneself(self, request: Request) -> Response:
        """Register as a help-seeker, where the office of that place allows it."""
        values = self.registration(SelfRegistration, address="email")
        commands.register_oneself(**values, by=self.actor, now=timezone.now())
        return Response(received(), status=202)

    @extend_schema(responses=HelpSeekerShown)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One help-seeker."""
        return self.shown(HelpSeekerShown, self.visible(id))

    @extend_schema(parameters=[IdentityQuery], responses=IdentityShown)
    @action(detail=True, read_scopes=("people",))
    def identity(self, request: Request, id: UUID) -> Response:
        """Open the vault entry of somebody who registered alone; the access log keeps who did and why."""
        reason = self.query_values(IdentityQuery)["reason"]
        revealed = reveal(person=self.visible(id), by=self.reader, reason=reason, at=timezone.now())
        return self.shown(IdentityShown, revealed)
