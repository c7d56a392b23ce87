"""How do the figures of a bench get into the documents, so that nobody types a number?"""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from benchmarks.rows import Row

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "reliability.json"


def record(rows: Iterable[Row], *, on: date, path: Path = FIGURES) -> None:
    """Put the rows in the place of those of the same id, dated; the others stay. generate_docs draws the page."""
    known = {row["id"]: row for row in json.loads(path.read_text())} if path.exists() else {}
    for row in rows:
        known[row.id] = {**row.as_dict(), "value": _plain(row.value), "measured": on.isoformat()}
    path.write_text(json.dumps(sorted(known.values(), key=_order), indent=1, ensure_ascii=False) + "\n")


def _plain(value: float) -> float | int:
    """Whole numbers as such, others with four digits."""
    return int(value) if value == int(value) else float(f"{value:.4g}")


def _order(row: dict[str, object]) -> tuple[str, int, str]:
    """By letter and number of the battery's row, F6 before F17."""
    head = str(row["id"]).partition("-")[0]
    letters = head.rstrip("0123456789")
    return letters, int(head[len(letters) :] or 0), str(row["id"])
