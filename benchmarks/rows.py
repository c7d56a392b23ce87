"""How a bench says what it found."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One figure: at most `target`, or at least it where `at_least` is set; without a target it only informs."""

    id: str
    what: str
    value: float
    target: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the target is kept, None without one; a figure that is no number keeps none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    def as_dict(self) -> dict[str, object]:
        """The row for machines, with its verdict."""
        return {**asdict(self), "met": self.met}


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    lines = [("id", "what", "value", "target", "")]
    for row in rows:
        verdict = {None: "", True: "met", False: "MISSED"}[row.met]
        target = "" if row.target is None else f"{'≥' if row.at_least else '≤'} {row.target:.4g}"
        lines.append((row.id, row.what, f"{row.value:.4g}", target, verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
