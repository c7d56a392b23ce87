"""Does a sealed file open for its recipient alone, and only when nothing of it was changed, swapped or left out?"""

import io

import pytest

from backend.operations.sealing import (
    DUMP,
    FRAME_BYTES,
    MANIFEST,
    CannotOpen,
    Sealed,
    new_pair,
    opened,
    opener,
    recipient,
)

CONTENT = [(MANIFEST, b'{"rows": 3}'), (DUMP, b"Samira Example" * 9), (DUMP, b""), (DUMP, b"x" * FRAME_BYTES)]
HEAD = 8 + 32


@pytest.fixture(scope="module")
def pair() -> tuple[str, str]:
    return new_pair()


@pytest.fixture(scope="module")
def sealed(pair: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    file = Sealed(out, recipient(pair[0]))
    for kind, content in CONTENT:
        file.write(kind, content)
    file.end()
    return out.getvalue()


def read(raw: bytes, private: str) -> list[tuple[bytes, bytes]]:
    return list(opened(io.BytesIO(raw), opener(private)))


def frames(raw: bytes) -> list[bytes]:
    """Each with its length."""
    found, at = [], HEAD
    while at < len(raw):
        length = 4 + int.from_bytes(raw[at : at + 4], "big")
        found.append(raw[at : at + length])
        at += length
    return found


def test_the_recipient_reads_what_was_written(pair, sealed) -> None:
    assert read(sealed, pair[1]) == CONTENT
    assert b"Samira" not in sealed


def test_nobody_else_does(sealed) -> None:
    with pytest.raises(CannotOpen, match="wrong key"):
        read(sealed, new_pair()[1])


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[: -len(frames(raw)[-1])],
        lambda raw: raw[:HEAD],
        lambda raw: raw[: HEAD + 2],
        lambda raw: raw + b"more",
        lambda raw: raw[:HEAD] + b"".join(frames(raw)[1:]),
        lambda raw: raw[:HEAD] + b"".join([frames(raw)[0], frames(raw)[2], frames(raw)[1], *frames(raw)[3:]]),
        lambda raw: raw[: HEAD + 9] + bytes([raw[HEAD + 9] ^ 1]) + raw[HEAD + 10 :],
        lambda raw: raw[:HEAD] + b"\xff\xff\xff\xff" + raw[HEAD + 4 :],
        lambda raw: b"ILOSBK0\n" + raw[8:],
        lambda raw: b"",
    ],
    ids=[
        "last byte lost", "last frame lost", "only a head", "half a length", "something added", "first frame lost",
        "frames swapped", "a bit turned", "a length beyond measure", "another format", "empty",
    ],
)  # fmt: skip
def test_whatever_is_done_to_it_is_seen(pair, sealed, damage) -> None:
    with pytest.raises(CannotOpen):
        read(damage(sealed), pair[1])


@pytest.mark.parametrize("text", ["", "ilos-backup-public:", "ilos-backup-public:AAAA", "age1qqqq", "x" * 60])
def test_what_is_no_key_is_refused(text) -> None:
    with pytest.raises(ValueError):
        recipient(text)


def test_the_private_key_is_no_public_one(pair) -> None:
    with pytest.raises(ValueError):
        recipient(pair[1])
    with pytest.raises(ValueError):
        opener(pair[0])
