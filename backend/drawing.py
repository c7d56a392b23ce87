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
SQUARE, GUTTER, EDGE = 360, 40, 28
HUNDRED = 100.0
ISOLATE, POP = (
    "\u2068",
    "\u2069",
)  # SVG knows no <bdi>: what is set apart keeps its order among words from the right


@dataclass(frozen=True)
class Bar:
    """One label with one bar per series; `says` is its numbers in words."""

    label: str
    values: Sequence[float]
    says: str


@dataclass(frozen=True)
class Curve:
    """Points of 0..1 in both directions, joined by a line; `dots` says whether each is marked."""

    points: Sequence[tuple[float, float]]
    dots: bool = True


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


def curves(lines: Sequence[Curve], *, across: str, up: str, about: str) -> SafeString:
    """Lines over a square of percents, with the words of both directions; it grows and shrinks as a whole."""
    svg = ElementTree.Element(
        "svg",
        {
            "class": "drawn drawn-square",
            "viewBox": f"0 0 {SQUARE + GUTTER + EDGE} {SQUARE + 2 * FOOT + EDGE}",
            "role": "img",
            "aria-label": about,
            "focusable": "false",
        },
    )

    def at(x: float, y: float) -> tuple[float, float]:
        right = get_language_bidi()
        return (EDGE + (1 - x) * SQUARE if right else GUTTER + x * SQUARE), EDGE + (1 - y) * SQUARE

    for percent in range(0, 101, 25):
        for one, other in (
            ((0, percent / 100), (1, percent / 100)),
            ((percent / 100, 0), (percent / 100, 1)),
        ):
            (x1, y1), (x2, y2) = at(*one), at(*other)
            ends = {"x1": f"{x1:g}", "y1": f"{y1:g}", "x2": f"{x2:g}", "y2": f"{y2:g}"}
            ElementTree.SubElement(svg, "line", {"class": "grid", **ends})
        x, y = at(percent / 100, 0)
        _label(svg, str(percent), x, y + FOOT - 4, "middle")
        x, y = at(0, percent / 100)
        _label(svg, str(percent), x + (8 if get_language_bidi() else -8), y + 4, "end")
    _label(svg, across, *_below(at(0.5, 0)), "middle")
    for which, line in enumerate(lines):
        points = [at(*point) for point in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        ElementTree.SubElement(svg, "polyline", {"class": f"line line-{which + 1}", "points": path})
        for x, y in points if line.dots else ():
            place = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "5"}
            ElementTree.SubElement(svg, "circle", {"class": f"dot dot-{which + 1}", **place})
    _label(svg, up, at(0, 1)[0], EDGE - 10, "start")
    return _text(svg)


def _below(point: tuple[float, float]) -> tuple[float, float]:
    return point[0], point[1] + 2 * FOOT - 4


def _label(svg: ElementTree.Element, text: str, x: float, y: float, anchor: str) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    ElementTree.SubElement(svg, "text", {"class": "label", **place}).text = text


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
    words.text = f"{ISOLATE}{text}{POP}"


def _text(svg: ElementTree.Element) -> SafeString:
    return mark_safe(ElementTree.tostring(svg, encoding="unicode"))  # noqa: S308  (built above; texts are escaped)
