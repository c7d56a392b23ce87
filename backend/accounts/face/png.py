"""Is this a PNG, and nothing but a picture? (PNG, third edition: chunks 5, filters 7.3, Adam7 8.)"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from backend.errors import RuleViolated

LARGEST_BYTES = 200 * 1024
LARGEST_SIDE = 2000
SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Pictures alone: what moves (acTL), and text that somebody may have hidden (tEXt, iTXt, eXIf …), stays out.
KEPT = frozenset({b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"bKGD"})
# Colour type -> samples a pixel, and how many bits a sample may have.
COLOUR_TYPES: dict[int, tuple[int, frozenset[int]]] = {
    0: (1, frozenset({1, 2, 4, 8, 16})),  # grey
    2: (3, frozenset({8, 16})),  # red, green, blue
    3: (1, frozenset({1, 2, 4, 8})),  # of a palette
    4: (2, frozenset({8, 16})),  # grey and how dense
    6: (4, frozenset({8, 16})),  # red, green, blue and how dense
}
PALETTE = 3
LAST_FILTER = 4
# Adam7: the first column and row of each pass, and the steps from there.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


class Picture(NamedTuple):
    """A PNG that has been taken apart and put together again."""

    content: bytes
    width: int
    height: int


class _Head(NamedTuple):
    width: int
    height: int
    depth: int
    colour_type: int
    compression: int
    filtering: int
    interlace: int


def checked_png(data: bytes) -> Picture:
    """The picture, packed anew from its pixels, with nothing in it but the picture; raises RuleViolated."""
    if len(data) > LARGEST_BYTES:
        raise RuleViolated("logo_too_large", field="logo", at_most=LARGEST_BYTES // 1024)
    if not data.startswith(SIGNATURE):
        raise RuleViolated("logo_no_png", field="logo")
    chunks = list(_chunks(data))
    names = [name for name, _body in chunks]
    if names[:1] != [b"IHDR"] or names.count(b"IHDR") > 1 or b"IDAT" not in names:
        raise _broken()
    head = _head(chunks[0][1])
    if head.colour_type == PALETTE and b"PLTE" not in names:
        raise _broken()
    pixels = _pixels(b"".join(body for name, body in chunks if name == b"IDAT"), head)
    kept = [(name, body) for name, body in chunks if name in KEPT]
    parts = [(b"IHDR", chunks[0][1]), *kept, (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return Picture(SIGNATURE + b"".join(_chunk(name, body) for name, body in parts), head.width, head.height)


def _broken() -> RuleViolated:
    return RuleViolated("logo_broken", field="logo")


def _head(body: bytes) -> _Head:
    if len(body) != 13:
        raise _broken()
    head = _Head(*struct.unpack(">IIBBBBB", body))
    if not (1 <= head.width <= LARGEST_SIDE and 1 <= head.height <= LARGEST_SIDE):
        raise RuleViolated("logo_sides", field="logo", at_most=LARGEST_SIDE)
    known = COLOUR_TYPES.get(head.colour_type)
    if known is None or head.depth not in known[1]:
        raise _broken()
    if head.compression or head.filtering or head.interlace > 1:
        raise _broken()
    return head


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, body) up to IEND; what follows it is dropped. Raises RuleViolated where a length or checksum is wrong."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        checksum = data[at + 8 + length : at + 12 + length]
        if len(body) != length or checksum != struct.pack(">I", zlib.crc32(name + body)):
            raise _broken()
        yield name, body
        at += 12 + length
        if name == b"IEND":
            return
    raise _broken()


def _pixels(packed: bytes, head: _Head) -> bytes:
    """The rows as the head promises them; never more is unpacked, whatever a few bytes could swell to."""
    strides = list(_rows(head))
    expected = sum(stride * rows for stride, rows in strides)
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(packed, expected + 1)
    except zlib.error as error:
        raise _broken() from error
    if len(pixels) != expected or not unpacker.eof:
        raise _broken()
    at = 0
    for stride, rows in strides:
        if max(pixels[at : at + stride * rows : stride], default=0) > LAST_FILTER:
            raise _broken()
        at += stride * rows
    return pixels


def _rows(head: _Head) -> Iterator[tuple[int, int]]:
    """(bytes of a row with its filter byte, rows) of each pass."""
    bits = COLOUR_TYPES[head.colour_type][0] * head.depth
    passes = PASSES if head.interlace else ((0, 0, 1, 1),)
    for left, top, step_x, step_y in passes:
        columns = -(-max(head.width - left, 0) // step_x)
        rows = -(-max(head.height - top, 0) // step_y)
        if columns and rows:
            yield 1 + -(-columns * bits // 8), rows


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
