"""Who am I here?"""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.commands import choose_language
from backend.accounts.models import ApiToken, User
from backend.api.endpoint import Endpoint
from backend.api.serializers.accounts import MeChange, MeShown
from backend.people.models import HelpSeeker, Pilot


class MeViews(Endpoint):
    queryset = User.objects.all()

    @extend_schema(responses=MeShown)
    def retrieve(self, request: Request) -> Response:
        """The signed-in user with all roles."""
        return self._me()

    @extend_schema(request=MeChange, responses=MeShown)
    def partial_update(self, request: Request) -> Response:
        """Choose the language of messages."""
        values = self.values(MeChange)
        self.reader.language = choose_language(**values, by=self.reader, now=timezone.now()).language
        return self._me()

    def _me(self) -> Response:
        user = self.reader
        auth = self.request.auth
        return self.shown(
            MeShown,
            {
                "id": user.pk,
                "email": user.email,
                "language": user.language,
                "live_memberships": user.live_memberships,
                "pilot": Pilot.objects.filter(user=user).values_list("pk", flat=True).first(),
                "help_seeker": HelpSeeker.objects.filter(user=user).values_list("pk", flat=True).first(),
                "scopes": auth.scopes if isinstance(auth, ApiToken) else None,
            },
        )
