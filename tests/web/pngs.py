"""Pictures to put up, byte by byte."""

import struct
import zlib

from backend.accounts.face.png import SIGNATURE


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_png(
    *more: bytes,
    width: int = 3,
    height: int = 2,
    depth: int = 8,
    colour_type: int = 2,
    interlace: int = 0,
    rows: bytes | None = None,
) -> bytes:
    """A small red, green and blue picture with these chunks in it too; `rows` are its unpacked bytes."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, interlace)
    if rows is None:
        rows = b"".join(b"\0" + b"\x10\x80\x40" * width for _ in range(height))
    packed = zlib.compress(rows)
    return b"".join([SIGNATURE, chunk(b"IHDR", head), *more, chunk(b"IDAT", packed), chunk(b"IEND", b"")])
