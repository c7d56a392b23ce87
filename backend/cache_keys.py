"""Under which key does the cache keep something, so that whoever reads Redis or its file learns nobody's name?

Attempts to sign in are counted by address. A plain checksum of an address can be guessed at with a list of addresses,
and stands in Redis' append-only file long after it has run out; one that is made with the service's secret cannot.
"""

from django.utils.crypto import salted_hmac

SALT = "backend.cache_keys"


def keyed(key: str, key_prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION: the same key gives the same, and nobody without SECRET_KEY can tell which it was."""
    return f"{key_prefix}:{version}:{salted_hmac(SALT, key, algorithm='sha256').hexdigest()}"
