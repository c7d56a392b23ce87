"""How is a picture of a page kept small? As PNG of 256 colours: of pages nothing more is needed."""

import struct
import zlib
from base64 import b64decode

from playwright.sync_api import BrowserContext

# Count the colours, keep the most frequent ones, and give every other pixel the nearest of them.
QUANTISE = """async png => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const { width, height } = image, canvas = new OffscreenCanvas(width, height);
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  brush.drawImage(image, 0, 0);
  const pixels = new Uint32Array(brush.getImageData(0, 0, width, height).data.buffer), counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 256).map(([pixel]) => pixel);
  const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const known = new Map(palette.map((pixel, index) => [pixel, index])), colours = palette.map(parts);
  const nearest = (pixel) => {
    const [r, g, b] = parts(pixel);
    let best = 0, least = Infinity;
    colours.forEach(([x, y, z], index) => {
      const away = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
      if (away < least) { least = away; best = index; }
    });
    known.set(pixel, best);
    return best;
  };
  let indices = "";
  for (let row = 0; row < height; row++) {
    const line = new Array(width);
    for (let x = 0; x < width; x++) {
      const pixel = pixels[row * width + x], found = known.get(pixel);
      line[x] = String.fromCharCode(found === undefined ? nearest(pixel) : found);
    }
    indices += line.join("");
  }
  return { width, height, colours: colours.flat(), indices: btoa(indices) };
}"""


def small(png: str, workshop: BrowserContext) -> bytes:
    """The picture (base64) with 256 colours; `workshop` is a browser context without pages of the product."""
    page = workshop.new_page()
    try:
        drawn = page.evaluate(QUANTISE, png)
    finally:
        page.close()
    width, height, indices = drawn["width"], drawn["height"], b64decode(drawn["indices"])
    rows = b"".join(b"\0" + indices[start : start + width] for start in range(0, width * height, width))
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(drawn["colours"])),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
