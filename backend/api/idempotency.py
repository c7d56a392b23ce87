"""How a POST that is sent twice happens once: the key, the change and its answer are one transaction.

The row of the key is inserted first. A second request with the same key waits at the unique index until the first
one has ended: it then finds the answer, or nothing if the first one died, because its row was rolled back as well.
"""

import hashlib
import json
from typing import Any

import psycopg.errors
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import IdempotencyKey
from backend.api.errors import MEDIA_TYPE, BadRequest
from backend.errors import Conflict, RuleViolated

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 80
NOT_FINAL = frozenset(
    {"busy_try_again", "request_in_progress", "too_many_requests", "too_many_registrations"}
)


class Replay(Exception):
    """The same request was answered before."""

    def __init__(self, row: IdempotencyKey) -> None:
        super().__init__()
        self.row = row


class Idempotent:
    """Mixin for views: honours the header on every POST. `secret_fields` of an answer are never stored."""

    secret_fields: tuple[str, ...] = ()
    _claim: IdempotencyKey | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or HEADER not in request.headers:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        with transaction.atomic():
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if request.method == "POST" and HEADER in request.headers:
            self._claim = _claim(request)

    def handle_exception(self, exc: Exception) -> Response:
        if not isinstance(exc, Replay):
            return super().handle_exception(exc)  # type: ignore[misc]
        status = exc.row.status
        media_type = MEDIA_TYPE if status and status >= 400 else None
        return Response(exc.row.answer, status=status, content_type=media_type, headers={REPLAYED: "true"})

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if self._claim is not None:
            if _is_final(response):
                self._claim.status = response.status_code
                self._claim.answer = self._storable(response.data)
                self._claim.save(update_fields=["status", "answer"])
            else:
                transaction.set_rollback(True)
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]

    def _storable(self, answer: Any) -> Any:
        plain = json.loads(JSONRenderer().render(answer) or "null")
        return {**plain, **dict.fromkeys(self.secret_fields)} if self.secret_fields else plain


def _claim(request: Request) -> IdempotencyKey:
    """The row of this key, ours alone until the transaction ends; raises Replay or a refusal."""
    key = request.headers[HEADER]
    if not (1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise BadRequest("idempotency_key_malformed", at_most=LONGEST_KEY)
    user = request.user if request.user.is_authenticated else None
    now = timezone.now()
    fingerprint = _fingerprint(request)
    if user is None:
        # Strangers share one name space: there a key holds for its own request only, and nobody meets another's.
        key = hashlib.sha256(f"{key}\n{fingerprint}".encode()).hexdigest()
    stale = now - IdempotencyKey.REMEMBERED
    IdempotencyKey.objects.filter(user=user, key=key, created_at__lte=stale).delete()
    try:
        row, claimed = IdempotencyKey.objects.get_or_create(
            user=user, key=key, defaults={"fingerprint": fingerprint, "created_at": now}
        )
    except DatabaseError as error:
        if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            raise Conflict("request_in_progress") from error
        raise
    if row.fingerprint != fingerprint:
        raise RuleViolated("idempotency_key_reused")
    if not claimed:
        raise Replay(row)
    return row


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(request._request.body)
    return digest.hexdigest()


def _is_final(response: Response) -> bool:
    """Whether a repetition must get the same answer; refusals of the moment may be tried again."""
    code = response.data.get("code") if response.status_code >= 400 else None
    return response.status_code < 500 and code not in NOT_FINAL
