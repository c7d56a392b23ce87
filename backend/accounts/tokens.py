"""How secrets that travel (API tokens, answer links) are made and recognised: random, stored as a hash only."""

import hashlib
import secrets

TOKEN_PREFIX = "ilos_"  # noqa: S105 - how a token is recognised, not a token


def new_secret() -> str:
    """32 random bytes as URL-safe text."""
    return secrets.token_urlsafe(32)


def short_secret() -> str:
    """16 random bytes as URL-safe text: where each character counts, and nobody can try many."""
    return secrets.token_urlsafe(16)


def digest(secret: str) -> str:
    """SHA-256 as hex: enough for a secret of 128 random bits or more."""
    return hashlib.sha256(secret.encode()).hexdigest()
