"""What have the benches measured? The page of figures, from docs/reliability.json, which the benches write."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

HEAD = """# Figures of reliability

Drawn from `docs/reliability.json` by `manage.py generate_docs`; the benches write that file (with `--record`), nobody
types a number. `n` is out of how many a figure was counted. Where none of n was found, `bound` is the share that may
still be so, with 95 % certainty (3/n). What the rows mean stands in [reliability.md](reliability.md).

| | What | Value | Target | Kept | n | Bound | Measured |
|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """docs/reliability-figures.md."""
    path = Path(settings.BASE_DIR) / "docs" / "reliability.json"
    rows = json.loads(path.read_text()) if path.exists() else []
    return HEAD + "".join(_line(row) for row in rows)


def _line(row: dict[str, Any]) -> str:
    target = "" if row["target"] is None else f"{'≥' if row['at_least'] else '≤'} {_number(row['target'])}"
    kept = {None: "", True: "yes", False: "**no**"}[row["met"]]
    count = "" if row["n"] is None else _number(row["n"])
    bound = "" if row["bound"] is None else f"≤ {row['bound']:.2g}"
    cells = (row["id"], row["what"], _number(row["value"]), target, kept, count, bound, row["measured"])
    return f"| {' | '.join(cells)} |\n"


def _number(value: float) -> str:
    return f"{value:,}" if value == int(value) else f"{value:.3g}"
