"""How is a picture of a page kept small? As PNG of few colours: of pages nothing more is needed."""

from io import BytesIO

import numpy as np
from PIL import Image

COLOURS = 64


def small(png: bytes) -> bytes:
    """The picture in its most frequent colours, so that each plane keeps its own; rare ones take the nearest."""
    pixels = np.asarray(Image.open(BytesIO(png)).convert("RGB"))
    colours, which, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    frequent = colours[np.argsort(-counts, kind="stable")[:COLOURS]].astype(np.int32)
    nearest = ((colours[:, None, :].astype(np.int32) - frequent) ** 2).sum(axis=2).argmin(axis=1)
    picture = Image.fromarray(nearest[which].astype(np.uint8).reshape(pixels.shape[:2]), mode="P")
    picture.putpalette(frequent.astype(np.uint8).tobytes())
    kept = BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()
