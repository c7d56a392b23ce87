"""A browser of somebody who has signed in as her role asks: staff with the second step, an hour ago."""

import time
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from backend.accounts.models import User

_force_login = Client.force_login


def note_proofs(client: Client, user: User, *methods: dict[str, Any], ago: float) -> None:
    """Write into the session what was proven in it."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{**proof, "at": time.time() - ago} for proof in methods]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def force_login(client: Client, user: User, backend: str | None = None) -> None:
    """Django's own, with the second step taken too."""
    _force_login(client, user, backend)
    note_proofs(client, user, {"method": "code"}, {"method": "mfa", "type": "totp"}, ago=3600)


def force_login_half_way(client: Client, user: User) -> None:
    """By mail alone."""
    _force_login(client, user)
    note_proofs(client, user, {"method": "code", "reauthenticated": True}, ago=0)
