"""Who has signed in as one of the staff and has still to take the second step: where to, and what opens until then?"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from backend.accounts.entry.second_factor import is_half_way
from backend.accounts.models import User
from backend.web.errors import signed_out_part
from backend.web.gates import OPEN_GATES, SignedInRequest
from backend.web.known_browsers import remember_browser

# Open half-way to whoever has a second factor already: here it is asked for.
ASKING = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "web:language",
    }
)
# Open half-way to whoever has none yet.
SETTING_UP = frozenset({"mfa_index", "mfa_activate_totp", "mfa_add_webauthn"})


@dataclass(frozen=True)
class Step:
    url: str
    is_setting_up: bool

    def __str__(self) -> str:
        return self.url


def second_step_url(request: SignedInRequest) -> Step:
    """The page that asks for the passkey or the app's code; or the one on which they are set up."""
    second_step = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    if not Authenticator.objects.filter(user=request.user, type__in=second_step).exists():
        return Step(reverse("mfa_index"), is_setting_up=True)
    back = {REDIRECT_FIELD_NAME: request.get_full_path() if request.method == "GET" else "/"}
    methods = get_adapter().get_reauthentication_methods(request.user)
    url = methods[0]["url"] if methods else reverse("account_reauthenticate")
    return Step(f"{url}?{urlencode(back)}", is_setting_up=False)


class SecondStepMiddleware:
    """Staff without the second step are nobody: closed pages lead there, and to open ones they are strangers.

    Asked anew at each request: who is given a role while signed in goes through it with the next click.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return remember_browser(request, self.get_response(request))

    def process_view(
        self, request: Any, view: Callable[..., HttpResponse], *_: object
    ) -> HttpResponse | None:
        account = request.user  # not looked up before somebody asks

        @functools.cache
        def half_way() -> bool:
            return account.is_authenticated and is_half_way(request.session, cast(User, account))

        request.is_half_way = half_way
        name, gate = request.resolver_match.view_name, getattr(view, "gate", None)
        if name in ASKING:
            return None
        if name in SETTING_UP or name == "web:home" or (gate is not None and gate not in OPEN_GATES):
            return self._to_the_step(request, name) if half_way() else None
        request.user = SimpleLazyObject(lambda: AnonymousUser() if half_way() else account)
        return None

    @staticmethod
    def _to_the_step(request: SignedInRequest, name: str) -> HttpResponse | None:
        url = second_step_url(request)
        if name in SETTING_UP and url.is_setting_up:
            return None
        return signed_out_part(request) if request.headers.get("HX-Request") else redirect(str(url))
