"""How does a comparison look: one small bar chart for each figure, in one SVG?"""

import math
from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np

from backend.charts import SVG, as_text, drawn, plain_style, pygal
from backend.dispatch.replay.comparison import FIGURES, Figure, Row

ACROSS = 3
WIDTH, TITLE_HEIGHT, BAR_HEIGHT = 420, 60, 22
LEFT_OF_ZERO = 0.12  # of the longest bar, so that a printed 0 stands clear of the names
COLOURS = ("#5b6b7b", "#8a98a6", "#b08a3e", "#a35b5b", "#1d6f6f", "#5fa3a3", "#6d5b8a")


def as_svg(rows: Sequence[Row]) -> str:
    """Bars in the order of the table; a figure that nothing speaks to is left out."""
    shown = [figure for figure in FIGURES if not all(math.isnan(_value(row, figure)) for row in rows)]
    height = TITLE_HEIGHT + BAR_HEIGHT * len(rows)
    down = math.ceil(len(shown) / ACROSS)
    width, depth = WIDTH * ACROSS, height * down
    whole = ElementTree.Element(
        f"{{{SVG}}}svg",
        {"viewBox": f"0 0 {width} {depth}", "width": str(width), "height": str(depth), "role": "img"},
    )
    ElementTree.SubElement(whole, f"{{{SVG}}}title").text = "Ways of asking compared"
    for position, figure in enumerate(shown):
        row, column = divmod(position, ACROSS)
        small = _bars(rows, figure, height)
        small.attrib |= {"x": str(column * WIDTH), "y": str(row * height)}
        small.attrib |= {"width": str(WIDTH), "height": str(height)}
        whole.append(small)
    return as_text(whole)


def _bars(rows: Sequence[Row], figure: Figure, height: int) -> ElementTree.Element:
    several = len({row.variant for row in rows}) > 1
    ways = list(dict.fromkeys(row.way for row in rows))
    most = float(np.nanmax([_value(row, figure) for row in rows])) or 1.0
    chart = pygal.HorizontalBar(
        title=figure.title,
        width=WIDTH,
        height=height,
        js=[],
        show_legend=False,
        print_values=True,
        range=(-LEFT_OF_ZERO * most, most),
        show_x_labels=False,
        margin=8,
        value_formatter=lambda value: "" if value is None else f"{value:.{figure.decimals}f}",
        style=plain_style(
            background="transparent",
            colours=COLOURS,
            title_font_size=13,
            label_font_size=11,
            value_font_size=11,
        ),
    )
    backwards = rows[::-1]  # pygal draws the first bar at the bottom
    chart.x_labels = [f"{row.way}, {row.variant}" if several else row.way for row in backwards]
    chart.add(
        figure.title, [_bar(row, figure, COLOURS[ways.index(row.way) % len(COLOURS)]) for row in backwards]
    )
    return drawn(chart)


def _bar(row: Row, figure: Figure, colour: str) -> dict[str, float | str | None]:
    value = _value(row, figure)
    return {"value": None if math.isnan(value) else value, "color": colour}


def _value(row: Row, figure: Figure) -> float:
    return float(getattr(row.card, figure.field) * figure.factor)
