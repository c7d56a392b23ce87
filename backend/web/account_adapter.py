"""How allauth behaves here: nobody signs up by themselves, and the pages follow the user's own language."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from backend.accounts.models import User
from backend.people.commands.consents import confirm_consents

SILENT = frozenset({"account/messages/logged_in.txt", "account/messages/login_code_sent.txt"})


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
        request.session["language"] = user.language

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
