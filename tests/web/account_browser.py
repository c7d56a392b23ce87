"""A browser in which somebody has signed in just now, as pages ask for that hand out or erase everything."""

from django.test import Client

from backend.accounts.models import User
from tests.signed_in import note_proofs


def fresh_browser(user: User, *, ago: float = 0) -> Client:
    """Signed in by a code and the second step, `ago` seconds before."""
    client = Client()
    client.force_login(user)
    proofs = ({"method": "mfa", "type": "totp"}, {"method": "code", "reauthenticated": True})
    note_proofs(client, user, *proofs, ago=ago)
    return client
