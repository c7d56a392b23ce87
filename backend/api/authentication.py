"""Who is asking: a program with a token of ours, or a person with a session; and what the token allows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from backend.accounts.entry.second_factor import is_half_way, needs_two_steps
from backend.accounts.models import ApiToken, User
from backend.accounts.tokens import digest
from backend.errors import NotPermitted
from backend.people.oneself import BROUGHT_ALONG

USE_NOTED_EVERY = timedelta(minutes=1)


class ApiTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer ilos_…`: live tokens of active users, found by their hash."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        token = (
            ApiToken.objects.select_related(*BROUGHT_ALONG)
            .filter(hash=digest(secret.strip()), revoked_at=None, expires_at__gt=now, user__is_active=True)
            .first()
        )
        if token is None:
            raise AuthenticationFailed(code="token_invalid")
        if needs_two_steps(token.user) and not token.is_strong:
            # Made before its owner came to see other people's data, by a sign-in that would not do today.
            raise NotPermitted("token_too_weak")
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
        if token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY:
            ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes DRF answer 401 and not 403 to whoever is not signed in."""
        return 'Bearer realm="ilos"'


class AppSessionAuthentication(XSessionTokenAuthentication):
    """`X-Session-Token`: the session of an app; of staff only with the second step."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        found: tuple[User, Any] | None = super().authenticate(request)
        if found is not None and is_half_way(found[1], found[0]):
            raise NotPermitted("second_step_needed")
        return found


class CsrfSessionAuthentication(SessionAuthentication):
    """The pages' own session, for scripts of the same site: with the CSRF token, as for a form."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        found: tuple[User, None] | None = super().authenticate(request)
        if found is None and getattr(request._request, "is_half_way", lambda: False)():
            raise NotPermitted("second_step_needed")
        return found

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise NotPermitted("csrf_failed") from None


def session_of(request: Request) -> Mapping[str, Any]:
    """What was proven by whoever asks in person: the session of the app, or that of the pages."""
    session: Any = request._request.session if request.auth is None else request.auth
    return cast(Mapping[str, Any], session)


class Anyone(BasePermission):
    """Open to the public; but a token that is shown must hold the scope."""

    def has_permission(self, request: Request, view: Any) -> bool:
        check_scopes(request, _wanted(request, view))
        return True


class SignedIn(BasePermission):
    """Signed in, with the scope that the view asks for. Everything else is decided by commands and querysets."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        check_scopes(request, _wanted(request, view))
        return True


def check_scopes(request: Request, wanted: tuple[str, ...]) -> None:
    """A token needs one of the scopes; a person's session has them all. What names none is for persons only."""
    if isinstance(request.auth, ApiToken) and not wanted:
        raise NotPermitted("person_needed")
    if isinstance(request.auth, ApiToken) and not set(wanted) & set(request.auth.scopes):
        raise NotPermitted("scope_missing", scopes=list(wanted))


def _wanted(request: Request, view: Any) -> tuple[str, ...]:
    scopes: tuple[str, ...] = view.read_scopes if request.method in SAFE_METHODS else view.scopes
    return scopes
