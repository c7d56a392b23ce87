"""How much does each soft criterion count, and with which parameters?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

TERM_CODES = ("language_fit", "proximity", "load_spread", "topic_experience", "continuity")
LARGEST = 1_000_000


class WeightsError(ValueError):
    """A weight or parameter is unknown, negative, not finite, or all weights are zero."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """One weight per term, and the terms' parameters. Only ratios of weights matter; stored with each run."""

    language_fit: float = 0.30
    proximity: float = 0.25
    load_spread: float = 0.20
    topic_experience: float = 0.10
    continuity: float = 0.15
    half_km: float = 5.0  # proximity halves every so many kilometres
    continuity_cap: int = 5  # earlier sessions together beyond this many add nothing

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise WeightsError(f"{item.name} must be a number, not {value!r}")
            if not 0 <= value <= LARGEST:  # also refuses NaN
                raise WeightsError(f"{item.name} must lie between 0 and {LARGEST}, not {value}")
        if not 0.1 <= self.half_km <= 1000:
            raise WeightsError(f"half_km must lie between 0.1 and 1000: {self.half_km}")
        if not isinstance(self.continuity_cap, int) or self.continuity_cap > 100:
            raise WeightsError(f"continuity_cap must be a whole number up to 100: {self.continuity_cap}")
        if self.total == 0:
            raise WeightsError("at least one weight must be greater than 0")

    @property
    def total(self) -> float:
        """The sum of the term weights; contributions are divided by it, so that scores lie in 0..1."""
        return math.fsum(self.of(code) for code in TERM_CODES)

    def of(self, code: str) -> float:
        """The weight of one term; raises WeightsError for a code that is no term."""
        if code not in TERM_CODES:
            raise WeightsError(f"no term is called {code!r}")
        return float(getattr(self, code))

    def to_dict(self) -> dict[str, float | int]:
        """Plain numbers by name, as stored with a run."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Weights:
        """The weights stored by to_dict(); missing names get their default; raises WeightsError."""
        if unknown := values.keys() - {item.name for item in fields(cls)}:
            raise WeightsError(f"unknown weights: {', '.join(sorted(map(str, unknown)))}")
        return cls(**values)
