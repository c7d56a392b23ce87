"""A browser in which somebody has signed in just now, as pages ask for that hand out or erase everything."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from backend.accounts.models import User


def fresh_browser(user: User, *, ago: float = 0) -> Client:
    """Signed in by a code, `ago` seconds before."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "code", "at": time.time() - ago, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
