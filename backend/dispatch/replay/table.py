"""How does a comparison read as text, and as JSON for programs?"""

import json
import math
from collections.abc import Sequence
from typing import Any

from backend.dispatch.replay.comparison import FIGURES, Figure, Row

UNKNOWN = "-"


def as_text(rows: Sequence[Row]) -> str:
    """An aligned table, one line for each row, under the name of its variant."""
    heads = ["", *(figure.heading for figure in FIGURES)]
    lines = [[row.way, *(_number(row, figure) for figure in FIGURES)] for row in rows]
    widths = [max(len(line[column]) for line in [heads, *lines]) for column in range(len(heads))]
    text = [_line(heads, widths)]
    for position, row in enumerate(rows):
        if position == 0 or row.variant != rows[position - 1].variant:
            text += ["", row.variant]
        text.append(_line(lines[position], widths))
    return "\n".join(text)


def as_json(rows: Sequence[Row], **facts: Any) -> str:
    """All figures of all rows, and the facts of the run; a figure that nothing speaks to is null."""
    listed = [
        {"variant": row.variant, "policy": row.way}
        | {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in row.card.to_dict().items()
        }
        for row in rows
    ]
    return json.dumps({**facts, "rows": listed}, indent=2, allow_nan=False)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *others]).rstrip()


def _number(row: Row, figure: Figure) -> str:
    value = getattr(row.card, figure.field) * figure.factor
    return UNKNOWN if math.isnan(value) else f"{value:.{figure.decimals}f}"
