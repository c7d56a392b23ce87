"""What does the joint plan weigh against the score: being helped, urgency, waiting, fairness, steadiness?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from matching.weights import LARGEST, Weights, WeightsError


@dataclass(frozen=True, kw_only=True)
class PlanWeights:
    """A pair is worth (1 + urgent + waiting * log1p(days)) * (fill + score); stored with each plan.

    Raises WeightsError for anything but numbers from 0 to LARGEST.
    """

    fill: float = 0.5  # what being helped at all is worth beside the score
    urgent: float = 0.5  # what an urgent request is worth more
    waiting: float = 0.1  # times log1p(days waited): grows for ever, so nobody is put off for good
    load: float | None = None  # of the fairness penalty; None: as much as load_spread counts in the score
    # What is offered or accepted already counts so much more, as a share of all that could ever stand in its
    # place: from 1 on nothing new displaces it, however many requests come; at 0 each plan starts afresh.
    hold: float = 1.0

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None and item.name == "load":
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise WeightsError(f"{item.name} must be a number, not {value!r}")
            if not 0 <= value <= LARGEST:  # also refuses NaN
                raise WeightsError(f"{item.name} must lie between 0 and {LARGEST}, not {value}")

    def worth(self, urgent: bool, waiting_days: float) -> float:
        """What a request counts for: 1 for a calm one of today."""
        return 1.0 + self.urgent * urgent + self.waiting * math.log1p(waiting_days)

    def load_of(self, weights: Weights) -> float:
        """The weight of the fairness penalty beside scores of these weights.

        As load_spread counts there, the first assignment of a plan costs nothing, and each further one what
        the score would have lost had the earlier ones been confirmed before.
        """
        return weights.of("load_spread") / weights.total if self.load is None else self.load

    def to_dict(self) -> dict[str, float | None]:
        """Plain numbers by name, as stored with a plan."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> PlanWeights:
        """The weights stored by to_dict(); missing names get their default; raises WeightsError."""
        if unknown := values.keys() - {item.name for item in fields(cls)}:
            raise WeightsError(f"unknown plan weights: {', '.join(sorted(map(str, unknown)))}")
        return cls(**values)
