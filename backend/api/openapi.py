"""What the OpenAPI schema says beyond what DRF knows: how to sign in, which problems come, which headers count."""

from typing import Any

from django.conf import settings
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


# Which refusals an operation can meet, whatever it does; with how each is told.
PROBLEMS = {
    "400": "Not understood",
    "401": "Not signed in, or by a token that is not, or no longer, good",
    "403": "Not permitted to this role, or not to a token of these scopes",
    "404": "Not there, or not for this reader",
    "406": "Only JSON is answered",
    "409": "Something else has happened in between",
    "413": "The body is larger than 2 MB",
    "415": "Only JSON is understood",
    "422": "A rule speaks against it",
    "429": "Too many requests; Retry-After says when to come again",
    "500": "Our fault",
}
WITH_BODY_ONLY = frozenset({"413", "415"})


def _name(code: str) -> str:
    return f"Problem{code}"


class ProblemSchema(AutoSchema):
    """Every operation may answer with a problem, and every POST takes an idempotency key."""

    def get_auth(self) -> list[Any]:
        public = any(isinstance(permission, Anyone) for permission in self.view.get_permissions())
        return [*super().get_auth(), {}] if public else super().get_auth()

    def get_override_parameters(self) -> list[Any]:
        return [IDEMPOTENCY_KEY] if self.method == "POST" else []

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        self.resolve_serializer(Problem, direction)  # so that the schema holds it
        has_body = self.method in {"POST", "PUT", "PATCH"}
        told = (code for code in PROBLEMS if has_body or code not in WITH_BODY_ONLY)
        return {**bodies, **{code: {"$ref": f"#/components/responses/{_name(code)}"} for code in told}}


def with_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Each refusal is told once, and every operation points there."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    wait = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": "seconds"}}
    result["components"]["responses"] = {
        _name(code): {
            "description": text,
            "content": content,
            **({"headers": wait} if code == "429" else {}),
        }
        for code, text in PROBLEMS.items()
    }
    return result


class ApiTokenScheme(OpenApiAuthenticationExtension):
    target_class = "backend.api.authentication.ApiTokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "ilos_…"}


class AppSessionScheme(OpenApiAuthenticationExtension):
    target_class = "backend.api.authentication.AppSessionAuthentication"
    name = "XSessionTokenAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token"}


class CsrfSessionScheme(OpenApiAuthenticationExtension):
    target_class = "backend.api.authentication.CsrfSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
