"""Proving by a code in a mail that it is still she: for whoever has neither a passkey nor an app."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.errors import TooManyRequests
from backend.web.forms.account import CodeForm
from backend.web.gates import Gate, SignedInRequest, gated

STATE = "confirm_identity"
VALID_SECONDS = 10 * 60
TRIES = 5


@gated(Gate.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_identity(request: SignedInRequest) -> HttpResponse:
    """Send a code, then take it; afterwards back to what was to be done."""
    target = _target(request)
    methods = get_adapter().get_reauthentication_methods(request.user)
    if request.path not in {method["url"] for method in methods}:
        return redirect(f"{methods[0]['url']}?{urlencode({'next': target})}")
    sent = _state(request) is not None
    form = CodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST":
        _check_rate(request)
        if "code" not in request.POST:
            _send(request)
            sent = True
        elif form.is_valid() and _fits(request, form.cleaned_data["code"]):
            request.session.pop(STATE, None)
            record_authentication(request, request.user, method="code", reauthenticated=True)
            return redirect(target)
        elif form.is_valid():
            form.add_error("code", _("This code does not fit. Please look again, or have a new one sent."))
            sent = _state(request) is not None
    others = [method for method in methods if method["url"] != request.path]
    context = {"form": form, "sent": sent, "target": target, "others": others}
    return render(request, "account/reauthenticate.html", context, status=422 if form.errors else 200)


def _send(request: SignedInRequest) -> None:
    code = get_adapter().generate_login_code()
    request.session[STATE] = {
        "print": _print(request, code),
        "until": time.time() + VALID_SECONDS,
        "tries": TRIES,
    }
    get_adapter().send_mail("account/email/login_code", request.user.email, {"code": code})
    messages.success(request, _("The code is on its way to you."))


def _fits(request: SignedInRequest, code: str) -> bool:
    """Compare; a code is good for a few tries."""
    state = _state(request)
    if state is None:
        return False
    if constant_time_compare(state["print"], _print(request, code)):
        return True
    state["tries"] -= 1
    if state["tries"] > 0:
        request.session[STATE] = state
    else:
        request.session.pop(STATE, None)
    return False


def _state(request: SignedInRequest) -> dict[str, Any] | None:
    state = request.session.get(STATE)
    return state if state and state["until"] > time.time() else None


def _print(request: SignedInRequest, code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac(STATE, f"{request.user.pk}:{letters}", algorithm="sha256").hexdigest()


def _target(request: SignedInRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if allowed and target.startswith("/") else "/"


def _check_rate(request: SignedInRequest) -> None:
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        raise TooManyRequests("too_many_requests", retry_after=60)
