"""Which picture stands in the head of an office's pages, and is it one that may stand there?"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from django.db import models

from backend.errors import RuleViolated
from backend.keys import Keyed

LARGEST_BYTES = 200 * 1024
LARGEST_SIDE = 2000
SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Pictures alone: what moves (acTL), and text that somebody may have hidden (tEXt, iTXt, eXIf …), stays out.
KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"bKGD"})


class OfficeLogo(Keyed):
    """The picture in the head of an office's pages. A PNG, checked byte by byte before it is stored."""

    office = models.OneToOneField("accounts.Office", on_delete=models.CASCADE, related_name="logo")
    content = models.BinaryField()
    digest = models.CharField(max_length=16)  # stands in the address, so that a browser may keep it for ever
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)  # for whoever does not see it
    changed_at = models.DateTimeField()

    class Privacy:
        personal = ()
        plain = ("id", "office", "content", "digest", "width", "height", "text", "changed_at")
        keep_for = None
        counted_from = None


class Picture(NamedTuple):
    """A PNG that has been looked through."""

    content: bytes
    width: int
    height: int


def checked_png(data: bytes) -> Picture:
    """The picture with nothing in it but the picture; raises RuleViolated."""
    if len(data) > LARGEST_BYTES:
        raise RuleViolated("logo_too_large", field="logo", at_most=LARGEST_BYTES // 1024)
    if not data.startswith(SIGNATURE):
        raise RuleViolated("logo_no_png", field="logo")
    chunks = list(_chunks(data))
    names = [name for name, _body in chunks]
    if not names or names[0] != b"IHDR" or names[-1] != b"IEND" or b"IDAT" not in names:
        raise RuleViolated("logo_broken", field="logo")
    width, height = struct.unpack(">II", chunks[0][1][:8])
    if not (1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE):
        raise RuleViolated("logo_sides", field="logo", at_most=LARGEST_SIDE)
    content = SIGNATURE + b"".join(_chunk(name, body) for name, body in chunks if name in KEPT)
    return Picture(content, width, height)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, body) up to IEND; what follows it is dropped. Raises RuleViolated where a length or checksum is wrong."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        checksum = data[at + 8 + length : at + 12 + length]
        if len(body) != length or checksum != struct.pack(">I", zlib.crc32(name + body)):
            raise RuleViolated("logo_broken", field="logo")
        if name == b"IHDR" and length != 13:
            raise RuleViolated("logo_broken", field="logo")
        yield name, body
        at += 12 + length
        if name == b"IEND":
            return
    raise RuleViolated("logo_broken", field="logo")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
