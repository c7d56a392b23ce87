"""How allauth behaves here: nobody signs up by themselves, and new users get their time of birth."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from registration or invitation, both of which are commands."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
