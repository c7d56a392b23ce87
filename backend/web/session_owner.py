"""Who is signed in? Read together with the session, in one statement."""

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from backend.accounts.models import User


class SessionOwnerMiddleware(AuthenticationMiddleware):
    """Django's own, which need not look the user up where the session's row has brought her along."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _signed_in(request))  # type: ignore[assignment]


def _signed_in(request: HttpRequest) -> Any:
    if not hasattr(request, "_cached_user") and (owner := _owner(request)) is not None:
        request._cached_user = owner  # type: ignore[attr-defined]
    return get_user(request)


def _owner(request: HttpRequest) -> User | None:
    """The owner, where all that Django checks holds at first sight; None leaves it to Django."""
    session: Any = request.session
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    owner: User | None = session.owner()
    if owner is None or not owner.is_active or session.get(SESSION_KEY) != str(owner.pk):
        return None
    proof = session.get(HASH_SESSION_KEY) or ""
    return owner if constant_time_compare(proof, owner.get_session_auth_hash()) else None
