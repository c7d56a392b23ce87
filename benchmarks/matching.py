"""How fast, how right and how helpful is interactive matching? What `bin/bench matching` runs, part by part."""

from benchmarks import against_orm, dense, feasibility, interactive
from benchmarks.rows import Row


def run(quick: bool) -> list[Row]:
    """Against the ORM loop, from 10,000 pilots to a million, against the dense reference, and while typing."""
    return [
        *against_orm.run(quick),
        *interactive.run(quick),
        *dense.run(quick),
        *feasibility.run(quick),
    ]
