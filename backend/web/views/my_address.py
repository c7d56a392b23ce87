"""Another e-mail address: proven by a code that is sent there, and told to the one before."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.accounts.entry.commands.sign_ins import change_email
from backend.accounts.models import User
from backend.accounts.registration_limit import within_rate
from backend.errors import TooManyRequests
from backend.web.errors import refusals_on
from backend.web.forms.account import AddressForm, CodeForm
from backend.web.fresh_sign_in import freshly_signed_in
from backend.web.gates import Gate, SignedInRequest, gated

STATE = "change_email"
VALID_SECONDS = 10 * 60
TRIES = 3


@gated(Gate.SIGNED_IN)
@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def my_address(request: SignedInRequest) -> HttpResponse:
    """First the address, then the code; until that fits nothing has changed."""
    address, code = AddressForm(), CodeForm()
    if request.method == "POST" and "email" in request.POST:
        address = AddressForm(request.POST)
        if address.is_valid():
            _send(request, address.cleaned_data["email"])
            return redirect("web:my_address")
    elif request.method == "POST":
        code = CodeForm(request.POST)
        if code.is_valid() and (email := _proven(request, code.cleaned_data["code"])):
            with refusals_on(code):
                change_email(email=email, by=request.user, now=timezone.now())
                messages.success(request, _("Your new address is saved. From now on you sign in with it."))
                return redirect("web:my_data")
        elif code.is_valid():
            code.add_error("code", _("This code does not fit. Please look again, or have a new one sent."))
    state = _state(request)
    context = {"address": address, "code": code, "sent_to": state["email"] if state else ""}
    wrong = address.errors or code.errors
    return render(request, "web/my_data/new_address.html", context, status=422 if wrong else 200)


def _send(request: SignedInRequest, email: str) -> None:
    """A code to the new address. One that has an account here already gets a mail that says so, and no code.

    The page is the same either way: nobody finds out here who has an account.
    """
    if not within_rate(request, action="change_email", key=str(request.user.pk)):
        raise TooManyRequests("too_many_requests", retry_after=3600)
    email, adapter = email.strip().lower(), get_adapter()
    code = adapter.generate_login_code()
    taken = User.objects.filter(email__iexact=email).exclude(pk=request.user.pk).exists()
    request.session[STATE] = {
        "email": email,
        "print": _print(request, email, code),
        "until": time.time() + VALID_SECONDS,
        "tries": TRIES,
    }
    adapter.send_mail(
        "account/email/address_taken" if taken else "account/email/prove_address", email, {"code": code}
    )


def _proven(request: SignedInRequest, code: str) -> str:
    """The address to which this code was sent; empty where it does not fit. A code is good for a few tries."""
    state = _state(request)
    if state is None:
        return ""
    if constant_time_compare(state["print"], _print(request, state["email"], code)):
        request.session.pop(STATE)
        return str(state["email"])
    state["tries"] -= 1
    if state["tries"] > 0:
        request.session[STATE] = state
    else:
        request.session.pop(STATE)
    return ""


def _state(request: SignedInRequest) -> dict[str, Any] | None:
    state = request.session.get(STATE)
    return state if state and state["until"] > time.time() else None


def _print(request: SignedInRequest, email: str, code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac(STATE, f"{request.user.pk}:{email}:{letters}", algorithm="sha256").hexdigest()
