"""How is a chart drawn right into a page: sharp at every width, dark at night, mirrored where people read from right?

Widths are percent of whatever the page gives, heights are pixels, so that the words keep their size on a phone. No
colour, font or style stands here: classes name what something is, and the page's style sheet says how that looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

LINE, BAR, GAP = 20, 12, 10  # px: a line of words, a bar, the space below
COLUMNS_HEIGHT, FOOT = 130, 22
SHARES_HEIGHT = 18
HUNDRED = 100.0


@dataclass(frozen=True)
class Bar:
    """One label with one bar per series; `says` is its numbers in words."""

    label: str
    values: Sequence[float]
    says: str


@dataclass(frozen=True)
class Step:
    """One column of a histogram, its series on top of each other."""

    label: str
    values: Sequence[float]


def bars(rows: Sequence[Bar], *, about: str) -> SafeString:
    """Horizontal bars below their labels: long words have the whole width."""
    most = max((value for row in rows for value in row.values), default=0) or 1
    series = max((len(row.values) for row in rows), default=1)
    tall = LINE + series * (BAR + 2) + GAP
    svg = _svg(tall * len(rows), about)
    for number, row in enumerate(rows):
        top = tall * number
        _words(svg, row.label, at=0, y=top + 14, anchor="start", kind="label")
        _words(svg, row.says, at=HUNDRED, y=top + 14, anchor="end", kind="value")
        for which, value in enumerate(row.values):
            y = top + LINE + which * (BAR + 2)
            _block(svg, at=0, width=HUNDRED, y=y, height=BAR, kind="track")
            _block(
                svg, at=0, width=HUNDRED * value / most, y=y, height=BAR, kind=f"series series-{which + 1}"
            )
    return _text(svg)


def columns(steps: Sequence[Step], *, about: str) -> SafeString:
    """A histogram: the series of a step stand on top of each other, the number above, the label below."""
    most = max((sum(step.values) for step in steps), default=0) or 1
    svg = _svg(COLUMNS_HEIGHT + FOOT, about)
    width = HUNDRED / max(len(steps), 1)
    room = COLUMNS_HEIGHT - LINE
    for number, step in enumerate(steps):
        at, y = number * width, float(COLUMNS_HEIGHT)
        for which, value in enumerate(step.values):
            height = room * value / most
            y -= height
            _block(
                svg,
                at=at + width * 0.12,
                width=width * 0.76,
                y=y,
                height=height,
                kind=f"series series-{which + 1}",
            )
        total = sum(step.values)
        if total:
            _words(svg, f"{total:g}", at=at + width / 2, y=y - 5, anchor="middle", kind="value")
        _words(svg, step.label, at=at + width / 2, y=COLUMNS_HEIGHT + 16, anchor="middle", kind="label")
    ElementTree.SubElement(
        svg,
        "line",
        {"class": "axis", "x1": "0", "x2": "100%", "y1": str(COLUMNS_HEIGHT), "y2": str(COLUMNS_HEIGHT)},
    )
    return _text(svg)


def shares(values: Sequence[float], *, about: str) -> SafeString:
    """One bar cut into parts, in the order of reading."""
    svg = _svg(SHARES_HEIGHT, about)
    total, at = sum(values) or 1, 0.0
    for which, value in enumerate(values):
        width = HUNDRED * value / total
        _block(svg, at=at, width=width, y=0, height=SHARES_HEIGHT, kind=f"series series-{which + 1}")
        at += width
    return _text(svg)


def _svg(height: float, about: str) -> ElementTree.Element:
    return ElementTree.Element(
        "svg",
        {
            "class": "drawn",
            "width": "100%",
            "height": f"{height:g}",
            "role": "img",
            "aria-label": about,
            "focusable": "false",
        },
    )


def _block(svg: ElementTree.Element, *, at: float, width: float, y: float, height: float, kind: str) -> None:
    if width <= 0 or height <= 0:
        return
    x = HUNDRED - at - width if get_language_bidi() else at
    ElementTree.SubElement(
        svg,
        "rect",
        {
            "class": kind,
            "x": f"{x:.2f}%",
            "y": f"{y:.1f}",
            "width": f"{width:.2f}%",
            "height": f"{height:.1f}",
            "rx": "2",
        },
    )


def _words(svg: ElementTree.Element, text: str, *, at: float, y: float, anchor: str, kind: str) -> None:
    """Anchors follow the direction of the page: "start" is the right end where people read from right."""
    x = HUNDRED - at if get_language_bidi() else at
    words = ElementTree.SubElement(
        svg, "text", {"class": kind, "x": f"{x:.2f}%", "y": f"{y:.1f}", "text-anchor": anchor}
    )
    words.text = text


def _text(svg: ElementTree.Element) -> SafeString:
    return mark_safe(ElementTree.tostring(svg, encoding="unicode"))  # noqa: S308  (built above; texts are escaped)
