"""Codes for the day on which the phone is lost: what of them is kept, and which of them still lets somebody in.

allauth derives such codes from a seed it keeps, and can show them again at any time. Here only salted hashes stay, of
the codes that are left; whoever reads the table knows none of them, and neither do we. Each code begins with its
number, so that a wrong one costs a single hash. allauth asks `Authenticator.wrap()` what stands behind a row, for pages
and apps alike: the class below takes the place of its own there (backend/accounts/apps.py).
"""

from typing import Any
from unicodedata import decimal

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import get_random_string

DIGITS = "0123456789"  # alone: a phone shows its keypad for them, and every script of our readers has them
SECRET_DIGITS = 15  # after that of the number: 49 bits
GROUP = 4
OLD_DIGITS = 8  # of the codes that were derived from a seed; their keys begin with OLD
OLD = "old-"
NOT_KNOWN = "·"


def new_codes() -> dict[str, str]:
    """Ten codes as they are typed, by their number."""
    return {number: number + get_random_string(SECRET_DIGITS, DIGITS) for number in DIGITS}


def kept_of(codes: dict[str, str]) -> dict[str, Any]:
    """What a row holds of them. The version before, which looks for other keys, finds that none are left."""
    return {"hashes": {key: make_password(code) for key, code in codes.items()}, "migrated_codes": []}


def as_read(code: str) -> str:
    """In groups, as it is shown."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def as_typed(code: str) -> str:
    """Its digits, in whichever script, without what people put between them."""
    return "".join(str(decimal(sign)) for sign in code if sign.isdecimal())


class EmergencyCodes:
    """Those of one person; the names of the methods are allauth's."""

    def __init__(self, instance: Authenticator) -> None:
        self.instance = instance

    @property
    def hashes(self) -> dict[str, str]:
        found: dict[str, str] = self.instance.data.get("hashes", {})
        return found

    def validate_code(self, code: str) -> bool:
        """Whether it is one of those that are left; it is not from now on, for nobody else who sends it either."""
        typed = as_typed(code)
        for key in self._in_question(typed):
            kept = self.hashes[key]
            if check_password(typed, kept):
                return self._use(key, kept)
        return False

    def get_unused_codes(self) -> list[str]:
        """As many as are left. Which they are nobody can say any more."""
        return [NOT_KNOWN] * len(self.hashes)

    def generate_codes(self) -> list[str]:
        """As many as were made."""
        return [NOT_KNOWN] * len(DIGITS)

    def _in_question(self, typed: str) -> list[str]:
        """The keys of those that it could be by its form alone: the hashes are slow, and a code of the app is none."""
        if len(typed) == OLD_DIGITS:
            return [key for key in self.hashes if key.startswith(OLD)]
        is_one = len(typed) == 1 + SECRET_DIGITS
        return [key for key in self.hashes if is_one and key == typed[0]]

    def _use(self, key: str, kept: str) -> bool:
        """Take it away. The row is locked for this moment only, not while hashes are computed."""
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=self.instance.pk).first()
            if row is None or row.data.get("hashes", {}).pop(key, None) != kept:
                return False
            row.save(update_fields=["data"])
        self.instance.data = row.data
        return True
