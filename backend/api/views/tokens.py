"""Keys for programs. Only a person who has signed in can make one: a token cannot make a stronger one."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import commands
from backend.accounts.entry.second_factor import has_second_factor
from backend.accounts.models import ApiToken
from backend.api.authentication import session_of
from backend.api.endpoint import Endpoint
from backend.api.serializers.accounts import TokenIssue, TokenIssued, TokenShown


class TokenViews(Endpoint):
    queryset = ApiToken.objects.all()
    secret_fields = ("secret",)
    unknown = "token_unknown"

    def get_queryset(self) -> Any:
        return ApiToken.objects.filter(user=self.reader)

    @extend_schema(responses=TokenShown(many=True))
    def list(self, request: Request) -> Response:
        """One's own tokens, without their secrets."""
        return self.listed(TokenShown, self.get_queryset())

    @extend_schema(request=TokenIssue, responses={201: TokenIssued})
    def create(self, request: Request) -> Response:
        """Make a token; its secret is shown in this answer and never again."""
        issued = commands.issue_api_token(
            **self.values(TokenIssue),
            by=self.reader,
            now=timezone.now(),
            is_strong=has_second_factor(session_of(request), self.reader),
        )
        return self.shown(TokenIssued, _with_secret(issued), status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        """End a token at once."""
        commands.revoke_api_token(token_id=id, by=self.reader, now=timezone.now())
        return Response(status=204)


def _with_secret(issued: commands.IssuedToken) -> dict[str, Any]:
    return {**TokenShown(issued.token).data, "secret": issued.secret}
