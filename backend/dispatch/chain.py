"""What does an entry of the commission record say, written so that its digest can be worked out again years later?

Pure, and never changed once used: a new way of writing gets a new number in `WRITTEN_AS`, and the old one stays.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

WRITTEN_AS = 1
BEGINNING = "0" * 64  # what the first entry of an office follows


def canonical(value: Any) -> str:
    """The same text for the same value, wherever and whenever: sorted names, UTC, no spaces."""
    return json.dumps(
        _plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest_of(entry: Mapping[str, Any]) -> str:
    """SHA-256 of the entry, which names the digest of the one before."""
    return hashlib.sha256(canonical({"v": WRITTEN_AS, **entry}).encode()).hexdigest()


def fingerprint(salt: str, words: Mapping[str, str]) -> str:
    """A salted digest of what names a person: it can be compared while the salt is there, and tells nothing after."""
    return hmac.new(salt.encode(), canonical(words).encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, str | int):  # no floats: they are not written the same everywhere
        return value
    raise TypeError(f"an entry of the record holds no {type(value).__name__}")
