"""Who may open a page: every view names its gate, and nobody passes without one."""

import functools
import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from backend.accounts.models import User
from backend.accounts.roles import STAFF_ROLES, Role
from backend.errors import DomainError, NotPermitted, NotThere
from backend.people.oneself import own_help_seeker
from backend.web.errors import button_missing, error_page, signed_out_part

logger = logging.getLogger("ilos.security")


class SignedInRequest(HttpRequest):
    """What a view behind a closed gate gets: somebody is signed in."""

    user: User


P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
GuardedView = Callable[Concatenate[R, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class Gate(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    PILOT = "pilot"
    REQUESTER = "requester"  # a member of an organisation, or somebody who asks for herself
    COORDINATOR = "coordinator"
    ADMIN = "admin"
    STAFF = "staff"  # whoever works in an office, in whichever role
    LINK = "link"  # whoever holds the secret in the address
    MACHINE = (
        "machine"  # a program that brings the token of the settings; without a token there is no such page
    )
    DEMO = "demo"  # open only where a setting of the demo says so; the view answers 404 otherwise


OFFICE_GATES = frozenset({Gate.COORDINATOR, Gate.ADMIN, Gate.STAFF})
OPEN_GATES = frozenset({Gate.PUBLIC, Gate.LINK, Gate.MACHINE, Gate.DEMO})  # nobody has to sign in


def is_requester(user: User) -> bool:
    """Whether the user asks for pilots: for an organisation or for herself."""
    return user.has_role(Role.REQUESTER) or own_help_seeker(user) is not None


PASSES: dict[Gate, Callable[[User], bool]] = {
    Gate.SIGNED_IN: lambda user: True,
    Gate.PILOT: lambda user: user.has_role(Role.PILOT),
    Gate.REQUESTER: is_requester,
    Gate.COORDINATOR: lambda user: user.has_role(Role.COORDINATOR),
    Gate.ADMIN: lambda user: user.has_role(Role.ADMIN),
    Gate.STAFF: lambda user: user.has_role(*STAFF_ROLES),
}


def _not_kept(view: View[P]) -> View[P]:
    """Answers that no cache keeps, unless the view has said itself who may keep what and must ask again."""

    @functools.wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return run


def _without_token(request: HttpRequest) -> HttpResponse | None:
    """The refusal for a program without the right token, or None when it has it."""
    if not settings.METRICS_TOKEN:
        raise NotThere("not_found")
    brought = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if constant_time_compare(brought, settings.METRICS_TOKEN):
        return None
    logger.warning("refused gate=machine code=token_invalid")
    return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"}, content_type="text/plain")


def page_of(request: HttpRequest) -> str:
    """Where to go on after signing in: the page itself, or, for what only a button reaches, the page of that button."""
    before = request.headers.get("Referer", "")
    if request.method == "POST" and url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return urlsplit(before)._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return request.get_full_path()


def gated(gate: Gate) -> Callable[[GuardedView[R, P]], View[P]]:
    """Let only those through whom the gate names, and turn every DomainError into its page."""

    def decorate(view: GuardedView[R, P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if gate not in OPEN_GATES and not request.user.is_authenticated:
                if request.headers.get("HX-Request"):
                    return signed_out_part(request)
                return redirect_to_login(page_of(request))
            try:
                if gate is Gate.MACHINE and (refusal := _without_token(request)):
                    return refusal
                if gate not in OPEN_GATES and not PASSES[gate](cast(User, request.user)):
                    raise NotPermitted("not_permitted")
                response = view(cast(R, request), *args, **kwargs)
            except DomainError as error:
                if isinstance(error, NotPermitted):
                    logger.warning(
                        "refused gate=%s code=%s user=%s", gate, error.code, request.user.pk or "-"
                    )
                return error_page(request, error)
            if response.status_code == 405 and request.method == "GET":
                return button_missing(request, response)
            return response

        # What only some people may read must not wait in a shared browser's cache.
        result = guarded if gate is Gate.PUBLIC else _not_kept(guarded)
        result.gate = gate  # type: ignore[attr-defined]
        return result

    return decorate
