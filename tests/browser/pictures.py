"""How is a picture of a page kept small? As PNG of few colours: of pages nothing more is needed."""

from io import BytesIO

from PIL import Image

COLOURS = 64


def small(png: bytes) -> bytes:
    """The picture with so many colours, none of them mixed from dots of others."""
    picture, kept = Image.open(BytesIO(png)).convert("RGB"), BytesIO()
    few = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(kept, "PNG", optimize=True)
    return kept.getvalue()
