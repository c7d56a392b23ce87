"""How do ways of asking, rules and weights compare on one stream of requests?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backend.dispatch.replay.ways import Way
from matching.answers import Behaviour
from matching.evaluation import Scorecard, mean_of, scorecard
from matching.simulation import simulate
from matching.stream import Stream
from matching.stream_parts import OtherRules
from matching.weights import Weights


@dataclass(frozen=True)
class Variant:
    """One state of the rules and weights; `name` says what differs."""

    name: str
    weights: Weights
    rules: OtherRules


class Row(NamedTuple):
    """The figures of one way of asking under one variant, the mean of all runs."""

    variant: str
    way: str
    card: Scorecard


class Figure(NamedTuple):
    """One column: a field of Scorecard, its heading, what it is multiplied by, and its decimals."""

    field: str
    heading: str
    title: str
    factor: float = 1.0
    decimals: int = 1


FIGURES = (
    Figure("fill_rate", "filled %", "Requests filled (%)", 100),
    Figure("target_reached", "of possible %", "Filled of those that could be (%)", 100),
    Figure("median_hours", "median h", "Hours to the confirmation, median"),
    Figure("slow_hours", "slowest 10 % h", "Hours to the confirmation, slowest tenth"),
    Figure("messages_per_filled", "messages", "Messages per filled request", decimals=2),
    Figure("late_per_filled", "in vain", "Yeses in vain per filled request", decimals=2),
    Figure("muted_share", "left %", "Pilots who left, asked too often (%)", 100),
    Figure("mean_travel_km", "km", "Way to the appointment (km)"),
    Figure("load_gini", "load Gini", "Uneven load (Gini, 0 is even)", decimals=2),
    Figure("busiest_share", "busiest 10 % did %", "Sessions of the busiest tenth (%)", 100),
    Figure("fill_gap", "gap of groups %", "Fill rate, best minus worst group (points)", 100),
)
"""What is shown of each row, in the order of reading: those who need help, those who are asked, fairness."""


def compared(
    streams: Mapping[str, tuple[Stream, OtherRules]],
    ways: Mapping[str, Way],
    behaviour: Behaviour,
    *,
    travel_buffer_minutes: int,
    seeds: Sequence[int],
    progress: Callable[[str], None],
) -> list[Row]:
    """A row for each variant and way; all of them meet the same people, who answer by the same luck."""
    rows = []
    for variant, (stream, rules) in streams.items():
        changed = rules.travel_buffer_minutes
        buffer = travel_buffer_minutes if changed is None else changed
        for name, way in ways.items():
            progress(f"{variant}: {name}")
            prepared = way.prepared(stream, buffer)
            cards = [
                scorecard(simulate(prepared, way.policy, behaviour, seed=seed, buffer_minutes=buffer))
                for seed in seeds
            ]
            rows.append(Row(variant, name, mean_of(cards)))
    return rows
