"""How the API says no: application/problem+json (RFC 9457) with a stable code, for every refusal there is."""

import logging
import traceback
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest as DjangoBadRequest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from backend.error_texts import sentence_for
from backend.errors import (
    Conflict,
    DomainError,
    NotPermitted,
    NotThere,
    RuleViolated,
    TooManyRequests,
    Unavailable,
)
from backend.reason_texts import refusal_reason
from geo.address import GeoError

logger = logging.getLogger(__name__)
security = logging.getLogger("ilos.security")

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: _("Not understood"),
    401: _("Not signed in"),
    403: _("Not permitted"),
    404: _("Not found"),
    405: _("Method not allowed"),
    406: _("Not acceptable"),
    409: _("Conflict"),
    413: _("Too large"),
    415: _("Unsupported media type"),
    422: _("Not possible"),
    429: _("Too many requests"),
    503: _("Please try again later"),
    500: _("Internal error"),
}
STATUS_OF: dict[type[Exception], int] = {
    NotPermitted: 403,
    NotThere: 404,
    Conflict: 409,
    RuleViolated: 422,
    TooManyRequests: 429,
    Unavailable: 503,
    GeoError: 422,
}
CODE_OF: dict[type[Exception], tuple[int, str]] = {
    Http404: (404, "not_found"),
    exceptions.NotFound: (404, "not_found"),
    PermissionDenied: (403, "not_permitted"),
    exceptions.PermissionDenied: (403, "not_permitted"),
    exceptions.NotAuthenticated: (401, "sign_in_needed"),
    exceptions.AuthenticationFailed: (401, "token_invalid"),
    exceptions.ParseError: (400, "malformed_body"),
    exceptions.MethodNotAllowed: (405, "method_not_allowed"),
    exceptions.NotAcceptable: (406, "media_type_not_acceptable"),
    exceptions.UnsupportedMediaType: (415, "media_type_unsupported"),
    exceptions.Throttled: (429, "too_many_requests"),
    RequestDataTooBig: (413, "request_too_large"),
    SuspiciousOperation: (400, "request_malformed"),
    DjangoBadRequest: (400, "request_malformed"),
}


REFUSALS = (
    NotPermitted,
    PermissionDenied,
    exceptions.PermissionDenied,
    exceptions.NotAuthenticated,
    exceptions.AuthenticationFailed,
)


class BadRequest(exceptions.APIException):
    """A request that cannot even be read, with its code."""

    status_code = 400

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code=code)
        self.code = code
        self.facts = facts


def problem(error: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to an exception raised anywhere below a view of the API."""
    if isinstance(error, REFUSALS):
        _log_refusal(error, context)
    match error:
        case DomainError() | GeoError():
            status = next(status for kind, status in STATUS_OF.items() if isinstance(error, kind))
            return _answer(status, error.code, error.facts, errors=_of_field(error), headers=_headers(error))
        case BadRequest():
            return _answer(400, error.code, error.facts)
        case exceptions.ValidationError():
            return _answer(400, "invalid_input", {}, errors=list(_flat(error.detail)))
        case exceptions.MethodNotAllowed():
            request = context.get("request")
            return _answer(405, "method_not_allowed", {"method": getattr(request, "method", None)})
    for kind, (status, code) in CODE_OF.items():
        if isinstance(error, kind):
            return _answer(status, code, {}, headers=_headers(error))
    _log(error, context)
    return _answer(500, "internal_error", {})


def _answer(
    status: int,
    code: str,
    facts: Mapping[str, Any],
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:ilos:problem:{code}",
        "title": str(TITLES.get(status, HTTPStatus(status).phrase)),
        "status": status,
        "code": code,
        "detail": sentence_for(code, facts),
        "facts": {name: _told(name, value) for name, value in facts.items() if name != "field"},
    }
    if errors:
        body["errors"] = errors
    return Response(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def _told(name: str, value: Any) -> Any:
    """A fact as it is; why a pilot may not be asked with a sentence for each reason."""
    if name != "reasons":
        return value
    return [{**reason, "text": refusal_reason(reason["code"], reason["facts"])} for reason in value]


def _of_field(error: DomainError | GeoError) -> list[dict[str, str]]:
    """A broken rule that names its input reads like any other invalid field."""
    field = error.facts.get("field")
    return (
        [{"field": field, "code": error.code, "message": sentence_for(error.code, error.facts)}]
        if field
        else []
    )


def _flat(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested error details as {field, code, message}; the path reads home.postcode or slots.0."""
    if isinstance(detail, Mapping):
        for name, part in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _flat(part, ".".join(filter(None, (path, own))))
    elif isinstance(detail, list | tuple):
        for row, part in enumerate(detail):
            # A list of rows keeps their numbers; a list of sentences belongs to one field.
            nested = isinstance(part, Mapping | list | tuple)
            yield from _flat(part, ".".join(filter(None, (path, str(row)))) if nested else path)
    else:
        yield {"field": path, "code": getattr(detail, "code", "invalid"), "message": str(detail)}


def _headers(error: Exception) -> dict[str, str]:
    headers = {}
    if wanted := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = wanted
    wait = error.facts["retry_after"] if isinstance(error, TooManyRequests) else getattr(error, "wait", None)
    if wait:
        headers["Retry-After"] = str(int(wait))
    return headers


def _log_refusal(error: Exception, context: Mapping[str, Any]) -> None:
    """Who was not let in, by id: a wrong token, a missing permission."""
    # Django's user and not DRF's: asking DRF again would refuse again, and nobody would catch it.
    user = getattr(getattr(context.get("request"), "_request", None), "user", None)
    security.warning(
        "refused code=%s view=%s user=%s",
        getattr(error, "code", None) or type(error).__name__,
        *(type(context.get("view")).__name__, getattr(user, "pk", None) or "-"),
    )


def _log(error: Exception, context: Mapping[str, Any]) -> None:
    """Where it broke, never with which values: messages of the database driver carry them."""
    cause = error.__cause__ or error
    logger.error(
        "api_failed view=%s error=%s sqlstate=%s constraint=%s\n%s",
        type(context.get("view")).__name__,
        type(error).__name__,
        getattr(cause, "sqlstate", None),
        getattr(getattr(cause, "diag", None), "constraint_name", None),
        "".join(traceback.format_tb(error.__traceback__)),
    )
