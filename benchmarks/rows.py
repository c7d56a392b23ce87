"""How a bench says what it found."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One figure: a ratio or a count that should be at most `target`; None has no target."""

    id: str
    what: str
    value: float
    target: float | None = None

    @property
    def met(self) -> bool:
        return self.target is None or self.value <= self.target

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "met": self.met}


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    lines = [("id", "what", "value", "target", "")]
    for row in rows:
        verdict = "" if row.target is None else "met" if row.met else "MISSED"
        target = "" if row.target is None else f"≤ {row.target:.4g}"
        lines.append((row.id, row.what, f"{row.value:.4g}", target, verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
