"""How a bench says what it found."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

RULE_OF_THREE = 3.0  # none of n failed: with 95 % certainty fewer than 3/n do (1 - 0.05 ** (1/n), rounded up)


@dataclass(frozen=True)
class Row:
    """One figure: at most `target`, or at least it where `at_least` is set; without a target it only informs.

    `n` is out of how many the figure was counted, over all runs of a bench that goes on where it stopped.
    """

    id: str
    what: str
    value: float
    target: float | None = None
    at_least: bool = False
    n: int | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is kept, None without one; a figure that is no number keeps none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    @property
    def bound(self) -> float | None:
        """Where none of `n` was found: the share that may still be so, with 95 % certainty."""
        return RULE_OF_THREE / self.n if self.n and self.value == 0 else None

    def as_dict(self) -> dict[str, object]:
        """The row for machines, with its verdict."""
        return {**asdict(self), "bound": self.bound, "met": self.met}


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    lines = [("id", "what", "value", "target", "", "n", "bound")]
    for row in rows:
        verdict = {None: "", True: "met", False: "MISSED"}[row.met]
        target = "" if row.target is None else f"{'≥' if row.at_least else '≤'} {row.target:.4g}"
        count = "" if row.n is None else f"{row.n:,}"
        bound = "" if row.bound is None else f"≤ {row.bound:.2g}"
        lines.append((row.id, row.what, f"{row.value:.4g}", target, verdict, count, bound))
    columns = range(len(lines[0]))
    widths = [max(len(line[column]) for line in lines) for column in columns]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
