"""How is a backup sealed so that the machine that makes it cannot open it?

X25519 with a key of this file's own against the recipient's public key, HKDF-SHA256, then AES-256-GCM over frames of a
megabyte. The nonce counts the frames and marks the last one, so that none can be left out, swapped or cut off.

    "ILOSBK1\\n" | public key of the file (32 bytes) | frames: length (4 bytes) | ciphertext of kind (1 byte) + content
"""

import base64
import struct
from collections.abc import Iterator
from typing import IO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"ILOSBK1\n"
FRAME_BYTES = 1024 * 1024
TAG_BYTES, KEY_BYTES = 16, 32
MANIFEST, DUMP, END = b"M", b"D", b"E"
PUBLIC, PRIVATE = "ilos-backup-public:", "ilos-backup-private:"


class CannotOpen(Exception):
    """No key, the wrong key, or a file that was changed or cut off."""


def new_pair() -> tuple[str, str]:
    """(public, private) as text: the public one for the service, the private one for the safe."""
    key = X25519PrivateKey.generate()
    return (
        PUBLIC + _text(key.public_key().public_bytes_raw()),
        PRIVATE + _text(key.private_bytes_raw()),
    )


def recipient(text: str) -> X25519PublicKey:
    """The public key; ValueError when it is none."""
    return X25519PublicKey.from_public_bytes(_raw(text, PUBLIC))


def opener(text: str) -> X25519PrivateKey:
    """The private key; ValueError when it is none."""
    return X25519PrivateKey.from_private_bytes(_raw(text, PRIVATE))


class Sink(Protocol):
    """What takes bytes, one piece after the other."""

    def write(self, content: bytes, /) -> int: ...


class Sealed:
    """Writes frames; `end` must be called, or the file counts as cut off."""

    def __init__(self, out: Sink, to: X25519PublicKey) -> None:
        ephemeral = X25519PrivateKey.generate()
        own = ephemeral.public_key().public_bytes_raw()
        self._out, self._number = out, 0
        self._cipher = _cipher(ephemeral.exchange(to), own, to.public_bytes_raw())
        out.write(MAGIC + own)

    def write(self, kind: bytes, content: bytes) -> None:
        """One frame of at most FRAME_BYTES."""
        self._frame(kind, content, last=False)

    def end(self) -> None:
        """The frame that says: nothing is missing."""
        self._frame(END, b"", last=True)

    def _frame(self, kind: bytes, content: bytes, *, last: bool) -> None:
        if len(content) > FRAME_BYTES:
            raise ValueError("frame too long")
        sealed = self._cipher.encrypt(_nonce(self._number, last), kind + content, None)
        self._number += 1
        self._out.write(struct.pack(">I", len(sealed)) + sealed)


def opened(source: IO[bytes], key: X25519PrivateKey) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of each frame, in order; CannotOpen at the first that is not as it was written."""
    head = source.read(len(MAGIC) + KEY_BYTES)
    if not head.startswith(MAGIC) or len(head) != len(MAGIC) + KEY_BYTES:
        raise CannotOpen("this is no backup of this service")
    own = head[len(MAGIC) :]
    shared = key.exchange(X25519PublicKey.from_public_bytes(own))
    cipher = _cipher(shared, own, key.public_key().public_bytes_raw())
    number = 0
    while True:
        sealed = _next(source)
        plain, last = _open(cipher, number, sealed)
        number += 1
        kind, content = plain[:1], plain[1:]
        if last:
            if source.read(1):
                raise CannotOpen("something was added behind the end")
            return
        yield kind, content


def _next(source: IO[bytes]) -> bytes:
    head = source.read(4)
    length = struct.unpack(">I", head)[0] if len(head) == 4 else 0
    if not TAG_BYTES < length <= FRAME_BYTES + TAG_BYTES + 1:
        raise CannotOpen("the file is cut off or changed")
    sealed = source.read(length)
    if len(sealed) != length:
        raise CannotOpen("the file is cut off")
    return sealed


def _open(cipher: AESGCM, number: int, sealed: bytes) -> tuple[bytes, bool]:
    for last in (False, True):
        try:
            return cipher.decrypt(_nonce(number, last), sealed, None), last
        except InvalidTag:
            continue
    raise CannotOpen("wrong key" if number == 0 else "the file was changed")


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _cipher(shared: bytes, own: bytes, to: bytes) -> AESGCM:
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=MAGIC + own + to)
    return AESGCM(derive.derive(shared))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(text: str, prefix: str) -> bytes:
    text = text.strip()
    if not text.startswith(prefix):
        raise ValueError(f"a key begins with {prefix}")
    raw = base64.urlsafe_b64decode(text.removeprefix(prefix) + "=")
    if len(raw) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return raw
