"""What is still there of somebody who was erased, why, how long, and why it names nobody?

The one list: docs/deletion-concept.md is drawn from it, and the drill (tests/faults/test_drill.py) compares it with what
it finds after erasing somebody of each kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Remains:
    """`models` are the tables of ours in which rows stay, each with the personal fields that still say something."""

    what: str
    reason: str
    until: str
    names_nobody: str
    models: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seldom: bool = False  # not everybody leaves it


REMAINS = (
    Remains(
        "dass ein Einsatz beauftragt und gehalten wurde, und wie lange er dauerte",
        "Unfallversicherung (§ 2 Abs. 1 Nr. 10 SGB VII), Abrechnung (§ 7 Abs. 2 UStG, § 3 Nr. 26a EStG)",
        "Einsatz und Beauftragung auf Dauer, Berichte 6 Monate",
        "die Zeile der Lotsin oder des Lotsen ist leer, das Salz der Prüfsumme gelöscht",
        {
            "Assignment": ["pilot"],
            "Commission": [],
            "ActivityReport": ["reported_by"],
            "ReportSettlement": [],
        },
    ),
)


def fields_that_remain() -> dict[str, set[str]]:
    """The personal fields that may still say something, by model."""
    found: dict[str, set[str]] = {}
    for kept in REMAINS:
        for model, names in kept.models.items():
            found.setdefault(model, set()).update(names)
    return found
