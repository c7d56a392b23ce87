"""How allauth behaves here: nobody signs up by themselves, and the pages follow the user's own language."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.models import User
from backend.accounts.roles import STAFF_ROLES
from backend.encryption import seal, unseal
from backend.errors import NotThere
from backend.people.commands.consents import confirm_consents
from backend.web.devices import THIS_BROWSER
from notifications.commands import end_push

SILENT = frozenset(
    {
        "account/messages/logged_in.txt",
        "account/messages/login_code_sent.txt",
        "mfa/messages/recovery_codes_generated.txt",  # the page that follows shows them
    }
)

WAYS = {
    "mfa_reauthenticate": gettext_lazy("Enter a code from the app, or an emergency code"),
    "mfa_reauthenticate:webauthn": gettext_lazy("Use a passkey"),
}


def needs_two_steps(user: User) -> bool:
    """Whether the user sees other people's data in an office."""
    return user.has_role(*STAFF_ROLES)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from registration or invitation, both of which are commands."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        """The subject as it stands: the sender says who writes."""
        return subject

    def login(self, request: HttpRequest, user: User) -> None:
        """The address is proven: consents count. From here on in the user's language, unless a cookie names one."""
        super().login(request, user)
        confirm_consents(by=user, now=timezone.now())
        if records := get_authentication_records(request, user):
            # Whoever has just signed in has just proven who she is: no second question right after it.
            records[-1]["reauthenticated"] = True
            request.session.modified = True
        request.session["language"] = user.language

    def logout(self, request: HttpRequest) -> None:
        """The next person at this computer shall see none of the messages: they end here with the session."""
        if (subscription_id := request.session.get(THIS_BROWSER)) and isinstance(request.user, User):
            with suppress(NotThere):  # switched off already
                end_push(subscription_id=UUID(subscription_id), by=request.user, now=timezone.now())
        super().logout(request)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """A passkey or the app; a code by mail for whoever signs in by it alone."""
        methods: list[dict[str, str]] = [
            {**method, "description": str(WAYS.get(method["id"], method["description"]))}
            for method in super().get_reauthentication_methods(user)
        ]
        if user.is_authenticated and not (methods and needs_two_steps(user)):
            url = reverse("account_reauthenticate")
            methods.append({"id": "code", "description": _("Have a code sent by e-mail"), "url": url})
        return methods

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Without what the page that follows says anyway, and without the address in it."""
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names that people understand, and secrets that lie sealed."""

    CONTEXT = "mfa_authenticator.data:"  # allauth seals before there is a row to bind it to

    def is_mfa_enabled(self, user: User, types: list[str] | None = None) -> bool:
        """Whether a code by mail is not enough: for an office's staff with a passkey or an app.

        A volunteer's passkey saves her the mail. On another device she signs in by mail as before, and not by both.
        """
        second_step = {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}
        if types is not None and set(types) == second_step and not needs_two_steps(user):
            types = [Authenticator.Type.TOTP]
        return bool(super().is_mfa_enabled(user, types=types))

    def get_totp_issuer(self) -> str:
        return "ILOS"

    def encrypt(self, text: str) -> str:
        return seal(text, self.CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, self.CONTEXT)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "ILOS"}
