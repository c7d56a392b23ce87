"""Setting up passkeys and the app: allauth's own pages, behind a sign-in of the last minutes."""

from typing import cast

from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpResponse
from django.urls import reverse

from backend.accounts.entry.second_factor import needs_two_steps
from backend.web.fresh_sign_in import freshly_signed_in
from backend.web.gates import Gate, SignedInRequest, gated


class AddPasskey(AddWebAuthnView):
    """Emergency codes are for staff: everybody else has the mail to fall back on."""

    def get_success_url(self) -> str:
        if self.did_generate_recovery_codes and needs_two_steps(cast(SignedInRequest, self.request).user):
            return reverse("mfa_view_recovery_codes")
        return reverse("mfa_index")


@gated(Gate.SIGNED_IN)
@freshly_signed_in
def add_passkey(request: SignedInRequest) -> HttpResponse:
    """Whoever finds an open browser must not make herself a key to it."""
    return cast(HttpResponse, AddPasskey.as_view()(request))


@gated(Gate.SIGNED_IN)
@freshly_signed_in
def activate_app(request: SignedInRequest) -> HttpResponse:
    return cast(HttpResponse, ActivateTOTPView.as_view()(request))
