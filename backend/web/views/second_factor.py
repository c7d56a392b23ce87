"""Setting up passkeys, the app and emergency codes, each behind a sign-in of the last minutes."""

from typing import cast

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backend.accounts.entry.commands.emergency_codes import make_emergency_codes
from backend.accounts.entry.emergency_codes import EmergencyCodes
from backend.accounts.entry.second_factor import needs_two_steps
from backend.accounts.models import User
from backend.accounts.registration_limit import within_rate
from backend.errors import TooManyRequests
from backend.web.fresh_sign_in import freshly_signed_in
from backend.web.gates import Gate, SignedInRequest, gated


class AddPasskey(AddWebAuthnView):
    """Emergency codes are for staff: everybody else has the mail to fall back on beside a passkey."""

    def get_success_url(self) -> str:
        user = cast(SignedInRequest, self.request).user
        return _codes_or_overview(user) if needs_two_steps(user) else reverse("mfa_index")


class ActivateApp(ActivateTOTPView):
    """From now on the app is asked for whoever she is: whoever loses it needs an emergency code."""

    def get_success_url(self) -> str:
        return _codes_or_overview(cast(SignedInRequest, self.request).user)


@gated(Gate.SIGNED_IN)
@freshly_signed_in
def add_passkey(request: SignedInRequest) -> HttpResponse:
    """Whoever finds an open browser must not make herself a key to it."""
    return cast(HttpResponse, AddPasskey.as_view()(request))


@gated(Gate.SIGNED_IN)
@freshly_signed_in
def activate_app(request: SignedInRequest) -> HttpResponse:
    return cast(HttpResponse, ActivateApp.as_view()(request))


@gated(Gate.SIGNED_IN)
@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def emergency_codes(request: SignedInRequest) -> HttpResponse:
    """How many are left, and a button that makes new ones.

    The answer to the button shows them, and nothing ever again: they wait in no session and in no file.
    """
    made = []
    if request.method == "POST":
        if not within_rate(request, action="make_emergency_codes", key=""):
            raise TooManyRequests("too_many_requests", retry_after=3600)
        made = make_emergency_codes(by=request.user, now=timezone.now())
    codes = _codes_of(request.user)
    context = {"made": made, "there_were": codes is not None, "left": len(codes.hashes) if codes else 0}
    return render(request, "web/my_data/emergency_codes.html", context)


def _codes_or_overview(user: User) -> str:
    return reverse("mfa_index" if _codes_of(user) else "emergency_codes")


def _codes_of(user: User) -> EmergencyCodes | None:
    """Those she has, used up or not."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return EmergencyCodes(row) if row else None
