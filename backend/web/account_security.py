"""How well is an account guarded: with passkeys, and with an app?"""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator

from backend.accounts.models import User


@dataclass(frozen=True)
class Security:
    passkeys: int
    app: bool


def security_of(user: User) -> Security:
    """What the account has beside the mail code."""
    types = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    passkeys = types.count(Authenticator.Type.WEBAUTHN)
    app = Authenticator.Type.TOTP in types
    return Security(passkeys, app)
