"""Who is asking: a program with a token of ours, or a person with a session; and what the token allows."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from backend.accounts.models import ApiToken, User
from backend.accounts.tokens import digest
from backend.errors import NotPermitted

USE_NOTED_EVERY = timedelta(minutes=1)


class ApiTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer ilos_…`: live tokens of active users, found by their hash."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        token = (
            ApiToken.objects.select_related("user")
            .filter(hash=digest(secret.strip()), revoked_at=None, expires_at__gt=now, user__is_active=True)
            .first()
        )
        if token is None:
            raise AuthenticationFailed(code="token_invalid")
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
        if token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY:
            ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes DRF answer 401 and not 403 to whoever is not signed in."""
        return 'Bearer realm="ilos"'


class CsrfSessionAuthentication(SessionAuthentication):
    """The pages' own session, for scripts of the same site: with the CSRF token, as for a form."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise NotPermitted("csrf_failed") from None


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
