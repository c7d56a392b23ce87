"""How well is an account guarded: passkeys, an app, and whether its owner should be told to have more."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator

from backend.accounts.models import User
from backend.accounts.roles import STAFF_ROLES


@dataclass(frozen=True)
class Security:
    passkeys: int
    app: bool
    should_have_more: bool  # whoever sees other people's data


def security_of(user: User) -> Security:
    """What the account has beside the mail code."""
    types = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    passkeys = types.count(Authenticator.Type.WEBAUTHN)
    app = Authenticator.Type.TOTP in types
    return Security(passkeys, app, should_have_more=user.has_role(*STAFF_ROLES) and not (passkeys or app))
