"""What the OpenAPI schema says beyond what DRF knows: how to sign in, which problems come, which headers count."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from backend.api.authentication import Anyone

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Repeating a request with the same key changes nothing and gives the first answer again.",
)


class InvalidField(serializers.Serializer):
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class Problem(serializers.Serializer):
    """RFC 9457. `code` is stable; `detail` is a sentence in the reader's language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    facts = serializers.DictField()
    errors = InvalidField(many=True, required=False)  # type: ignore[assignment]


class ProblemSchema(AutoSchema):
    """Every operation may answer with a problem, and every POST takes an idempotency key."""

    def get_auth(self) -> list[Any]:
        public = any(isinstance(permission, Anyone) for permission in self.view.get_permissions())
        return [*super().get_auth(), {}] if public else super().get_auth()

    def get_override_parameters(self) -> list[Any]:
        return [IDEMPOTENCY_KEY] if self.method == "POST" else []

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        problem = self._get_response_for_code(Problem, "default", ["application/problem+json"])
        return {**bodies, "default": {**problem, "description": "Refused"}}


class ApiTokenScheme(OpenApiAuthenticationExtension):
    target_class = "backend.api.authentication.ApiTokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "ilos_…"}


class CsrfSessionScheme(OpenApiAuthenticationExtension):
    target_class = "backend.api.authentication.CsrfSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
