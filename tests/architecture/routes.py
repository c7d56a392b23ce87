"""Which addresses are there, what answers at each, and who is let in?"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver
from rest_framework.permissions import SAFE_METHODS
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from backend.accounts.commands import SCOPES
from backend.api.authentication import Anyone, SignedIn
from backend.urls import NOT_FOR_APPS
from backend.web.gates import Gate

SAMPLES = {"uuid": str(UUID(int=7)), "int": "7", "str": "x", "slug": "x", "path": "x/y"}
METHODS = ("get", "post", "put", "patch", "delete")

# Code of others that guards its own addresses: package -> how.
GUARDED_BY_OTHERS = {
    "allauth.account": "signing in is for everybody; reauthentication and the rest ask for a session themselves",
    "allauth.mfa": "login_required and a recent sign-in, or the pending login of the session",
    "allauth.headless": "its own authentication and stages; only for apps (HEADLESS_CLIENTS)",
}
# Addresses of ours without a guard: route -> why nothing needs guarding.
HARMLESS = {
    "konto/neu/": "redirects to the registration of pilots",
    "api/v1/schema/": "describes the API to whoever wants to write a client",
    "api/v1/docs/": "the same as a page",
    **{f"_allauth/<str:client>/v1/{route}": "answers 404 to whatever is asked" for route in NOT_FOR_APPS},
    "api/": "answers 404 to whatever no other address answers",
}
# Where a token changes nothing, whatever its scopes: only a person who has signed in can.
FOR_PERSONS_ONLY = {
    "TokenViews": "a token must not make a stronger one",
    "MeViews": "the language is the person's, not the program's",
}


@dataclass(frozen=True)
class Route:
    """One address, as it stands in the URL configuration, and its view."""

    path: str
    view: Callable[..., Any]

    @property
    def module(self) -> str:
        return getattr(self.view, "view_class", getattr(self.view, "cls", self.view)).__module__

    @property
    def of_others(self) -> bool:
        return self.path in HARMLESS or any(
            self.module == package or self.module.startswith(f"{package}.") for package in GUARDED_BY_OTHERS
        )

    @property
    def is_api(self) -> bool:
        return isinstance(getattr(self.view, "cls", None), type) and issubclass(self.view.cls, APIView)

    @property
    def example(self) -> str:
        """An address that leads here."""
        filled = re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES[match[1] or "str"], self.path)
        return f"/{filled}"

    def operations(self) -> Iterator[tuple[str, Any]]:
        """(method, view as it answers that method) of an API address."""
        actions = getattr(self.view, "actions", None)
        if actions is None:
            actions = {method: method for method in METHODS if hasattr(self.view.cls, method)}
        for method, action in actions.items():
            if method not in METHODS:  # DRF adds "head" to the table when it first answers a request
                continue
            view = self.view.cls(**getattr(self.view, "initkwargs", {}))
            view.action, view.request, view.kwargs = action, None, {}
            yield method, view


def walk(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[Route]:
    """Every address below these patterns."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, path)
        else:
            yield Route(path, pattern.callback)


def ungated(route: Route) -> list[str]:
    """Why this address is not guarded as it should be; empty when it is."""
    if route.of_others:
        return []
    if route.is_api:
        return [f"{route.path}: {what}" for what in _loose_ends(route)]
    gate = getattr(route.view, "gate", None)
    return [] if isinstance(gate, Gate) else [f"{route.path}: {route.module} names no gate"]


def _loose_ends(route: Route) -> Iterator[str]:
    if list(route.view.cls.authentication_classes) != list(api_settings.DEFAULT_AUTHENTICATION_CLASSES):
        yield "its own ways to sign in"
    for method, view in route.operations():
        permissions = {type(permission) for permission in view.get_permissions()}
        if not permissions or not permissions <= {Anyone, SignedIn}:
            yield f"{method} is open"
        scopes = tuple(getattr(view, "scopes", ()))
        if set(scopes) - set(SCOPES):
            yield f"{method} asks for a scope that does not exist"
        unsafe = method.upper() not in SAFE_METHODS and SignedIn in permissions
        if unsafe and not scopes and type(view).__name__ not in FOR_PERSONS_ONLY:
            yield f"{method} changes something and names no scope"


def wants_sign_in(route: Route, method: str) -> bool:
    """Whether this method of an API address is closed to strangers."""
    return any(
        isinstance(permission, SignedIn)
        for name, view in route.operations()
        if name == method
        for permission in view.get_permissions()
    )
