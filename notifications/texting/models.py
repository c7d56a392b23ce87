"""At which number does somebody want SMS, and which replies have been taken?"""

import secrets
from datetime import datetime, timedelta

from django.db import models

from backend.accounts.models import User
from backend.accounts.tokens import digest
from backend.encryption import EncryptedTextField
from backend.keys import Keyed

CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=30)
GUESSES = 5


class SmsNumberQuerySet(models.QuerySet["SmsNumber"]):
    def proven(self) -> "SmsNumberQuerySet":
        """Those whose owner has typed the code that was sent there."""
        return self.filter(proven_at__isnull=False)


class SmsNumber(Keyed):
    """A mobile number of somebody who asked for SMS. It gets nothing but a code until that code has come back.

    It stands beside the vault and not in it: its owner typed it for this purpose, no colleague reads it, and each
    use of it is a Delivery.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="sms_number")
    number = EncryptedTextField()
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    guesses = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True)

    objects = SmsNumberQuerySet.as_manager()

    class Privacy:
        personal = ("number",)
        plain = ("id", "user", "code_hash", "code_until", "guesses", "created_at", "proven_at")
        keep_for = "as long as the account, or until its owner ends SMS"
        counted_from = None

    def new_code(self, *, at: datetime) -> str:
        """A fresh code for the message that is written now; the row keeps its hash alone."""
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        self.code_hash, self.code_until, self.guesses = self._print_of(code), at + CODE_LASTS, 0
        self.save(update_fields=["code_hash", "code_until", "guesses"])
        return code

    def takes(self, code: str, *, at: datetime) -> bool:
        """Whether this is the code, in time and not guessed at too often; a wrong one is counted."""
        open_still = bool(self.code_hash) and self.guesses < GUESSES
        if not open_still or self.code_until is None or at > self.code_until:
            return False
        self.guesses += 1
        self.save(update_fields=["guesses"])
        return secrets.compare_digest(self.code_hash, self._print_of(code))

    def _print_of(self, code: str) -> str:
        # The row's own id as salt: two people's equal codes look different.
        return digest(f"{self.pk}:{code}")


class SmsReply(Keyed):
    """A reply that was taken: the provider delivers it at least once, and it counts once."""

    provider_id = models.CharField(max_length=64, unique=True)  # its hash
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sms_replies")
    outcome = models.CharField(max_length=12)
    received_at = models.DateTimeField()

    class Privacy:
        personal = ("user",)
        plain = ("id", "provider_id", "outcome", "received_at")
        keep_for = "90 days"
        counted_from = "received_at"
