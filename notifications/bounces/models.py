"""Which addresses take no mail?"""

from django.db import models

from backend.accounts.models import User
from backend.accounts.tokens import digest
from backend.keys import Keyed


class UndeliverableAddress(Keyed):
    """A mail to this user came back for good. Nothing is sent there until somebody says that the address is right.

    It holds for the address that came back, not for one that has been put in its place.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="undeliverable_address")
    address_hash = models.CharField(max_length=64)
    code = models.CharField(max_length=12)  # RFC 3463: 5.1.1
    bounced_at = models.DateTimeField()

    class Privacy:
        personal = ("address_hash",)
        plain = ("id", "user", "code", "bounced_at")
        keep_for = "as long as the account, or until the address is confirmed"
        counted_from = None


def address_hash(email: str) -> str:
    """Tells whether an address is still the same, without writing it down again."""
    return digest(email.strip().lower())


def undeliverable(user: User) -> UndeliverableAddress | None:
    """What is known against the user's present address."""
    return UndeliverableAddress.objects.filter(user=user, address_hash=address_hash(user.email)).first()
