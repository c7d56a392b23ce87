"""How allauth behaves here: nobody signs up by themselves, and the pages follow the user's own language."""

from contextlib import suppress
from typing import Any, ClassVar
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.entry.commands.sign_ins import note_emergency_code, note_sign_in, note_way_in
from backend.accounts.entry.second_factor import APP_SECRET, has_second_factor, is_half_way, needs_two_steps
from backend.accounts.models import User
from backend.encryption import seal, unseal
from backend.errors import NotThere, Unavailable
from backend.people.commands.consents import confirm_consents
from backend.web.devices import THIS_BROWSER, device_of
from backend.web.errors import error_page
from backend.web.fresh_sign_in import is_fresh
from backend.web.known_browsers import browser_behind
from backend.web.sessions import DEVICE
from notifications.commands import end_push

SILENT = frozenset(
    {
        "account/messages/logged_in.txt",
        "account/messages/login_code_sent.txt",
    }
)

# allauth's notices: which way in has changed, and whether it came or went.
CHANGES = {
    "mfa/email/totp_activated": ("app", True),
    "mfa/email/totp_deactivated": ("app", False),
    "mfa/email/webauthn_added": ("passkey", True),
    "mfa/email/webauthn_removed": ("passkey", False),
}
WAYS = {
    "mfa_reauthenticate": gettext_lazy("Enter a code from the app, or an emergency code"),
    "mfa_reauthenticate:webauthn": gettext_lazy("Use a passkey"),
}


WAIT = gettext_lazy("Too many requests. Please wait a moment.")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from registration or invitation, both of which are commands."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code does not fit. Please look again."),
        "rate_limited": WAIT,
        "too_many_login_attempts": WAIT,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        """The subject as it stands: the sender says who writes."""
        return subject

    def login(self, request: HttpRequest, user: User) -> None:
        """The address is proven: consents count. From here on in the user's language, unless a cookie names one."""
        super().login(request, user)
        now = timezone.now()
        confirm_consents(by=user, now=now)
        records = get_authentication_records(request, user)
        if records:
            # Whoever has just signed in has just proven who she is: no second question right after it.
            records[-1]["reauthenticated"] = True
        request.session["language"] = user.language
        request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))
        note_sign_in(browser=browser_behind(request), by=user, now=now)
        if any(record.get("type") == Authenticator.Type.RECOVERY_CODES for record in records):
            note_emergency_code(by=user, now=now)

    def logout(self, request: HttpRequest) -> None:
        """The next person at this computer shall see none of the messages: they end here with the session."""
        if (subscription_id := request.session.get(THIS_BROWSER)) and isinstance(request.user, User):
            with suppress(NotThere):  # switched off already
                end_push(subscription_id=UUID(subscription_id), by=request.user, now=timezone.now())
        super().logout(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code that cannot be sent is said to whoever waits for it."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # smtplib's errors are such
            page = error_page(self.request, Unavailable("mail_unavailable"))
            raise ImmediateHttpResponse(page) from error

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """A way in was changed: its owner hears of it in our own words, as of everything else."""
        if template_prefix not in CHANGES:
            return
        way, added = CHANGES[template_prefix]
        note_way_in(way=way, added=added, by=user, now=timezone.now())
        if added and way in ("app", "passkey") and is_half_way(self.request.session, user):
            # It was just proven that she holds it.
            record_authentication(self.request, user, method="mfa", type=way, reauthenticated=True)

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

    def is_reauthentication_required(self, *, app: str, **given: Any) -> bool:
        """For apps too, which come past the guards of our pages: a way in needs a proof of the last minutes.

        allauth takes whoever has neither a passkey nor an app for proven at all times.
        """
        required = bool(super().is_reauthentication_required(app=app, **given))
        request = self.request
        if required and not get_reauthentication_flows(request.user) and not is_fresh(request):
            raise ReauthenticationRequired
        return required

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

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code does not fit. Please look again.")
    }

    def is_mfa_enabled(self, user: User, types: list[str] | None = None) -> bool:
        """Whether a code by mail is not enough: for an office's staff with a passkey or an app.

        A volunteer's passkey saves her the mail. On another device she signs in by mail as before, and not by both.
        """
        second_step = {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}
        if types is not None and set(types) == second_step:  # asked at each sign-in
            if has_second_factor(self.request.session, user):
                return False  # proven already, by a service whose word counts
            if not needs_two_steps(user):
                types = [Authenticator.Type.TOTP]
        return bool(super().is_mfa_enabled(user, types=types))

    def get_totp_issuer(self) -> str:
        return "ILOS"

    def encrypt(self, text: str) -> str:
        return seal(text, APP_SECRET)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, APP_SECRET)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "ILOS"}
