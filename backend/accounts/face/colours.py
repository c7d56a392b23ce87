"""Can a colour be read on our pages, and which is the nearest that can? (WCAG 2.2, 1.4.3)"""

import re
from collections.abc import Callable
from typing import NamedTuple

LEAST_CONTRAST = 4.5
# The darkest ground that a page has by day and the lightest by night: what can be read there can be read on all others.
DAY, NIGHT = "#f0f0f0", "#1c2630"
HEX = re.compile(r"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")
STEPS = 100


class Shades(NamedTuple):
    """One brand colour as it stands on a light page and on a dark one."""

    light: str
    dark: str


def normalised(text: str) -> str | None:
    """'#0b5563' from what people type; None for what is no colour."""
    found = HEX.match(text.strip())
    if not found:
        return None
    digits = found[1].lower()
    return "#" + ("".join(2 * digit for digit in digits) if len(digits) == 3 else digits)


def contrast(one: str, other: str) -> float:
    """1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def nearest_readable(colour: str, *, against: str = DAY) -> str:
    """The colour itself, or the first shade on the way to black (to white, on a dark ground) that can be read."""
    to = (0, 0, 0) if _luminance(against) > 0.5 else (255, 255, 255)
    return _first(colour, to, lambda shade: contrast(shade, against) >= LEAST_CONTRAST)


def shades_of(colour: str) -> Shades:
    """The brand colour for light and for dark pages; on the dark one it is as light as reading needs."""
    return Shades(colour, nearest_readable(colour, against=NIGHT))


def _first(colour: str, to: tuple[int, int, int], good: Callable[[str], bool]) -> str:
    for step in range(STEPS + 1):
        shade = _mixed(colour, to, step / STEPS)
        if good(shade):
            return shade
    return shade


def _mixed(colour: str, to: tuple[int, int, int], share: float) -> str:
    channels = zip(_channels(colour), to, strict=True)
    return "#" + "".join(f"{round(own + (other - own) * share):02x}" for own, other in channels)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
