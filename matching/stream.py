"""What is asked of the pilots over time, and who could do each of it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class StreamError(ValueError):
    """The arrays of a stream contradict each other."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Stream:
    """N requests in the order of filing, and for each the pilots who could do it (E pairs). Times in minutes.

    The pairs of request r are first[r]:first[r + 1]. Minute 0 is midnight, local time. Raises StreamError.
    """

    pilots: int
    filed: Ints  # [N] ascending
    start: Ints  # [N] of the appointment
    end: Ints  # [N]
    first: Ints  # [N + 1]
    pilot: Ints  # [E] row of the pilot, once per request
    score: Floats  # [E] suitability, 0..1
    distance_km: Floats  # [E]; NaN: remote
    chance: Floats  # [E] of a yes, by somebody not tired of messages
    # [E] what the office's model says of it; empty: the same
    believed: Floats = field(default_factory=lambda: np.zeros(0))
    # [N] from when on the office asks; empty: from the filing
    asked_from: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    wanted: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # [N] seats; empty: one each
    groups: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # labels [N] by kind: language, district

    def __post_init__(self) -> None:
        if not len(self.believed):
            object.__setattr__(self, "believed", self.chance)
        if not len(self.asked_from):
            object.__setattr__(self, "asked_from", self.filed)
        if not len(self.wanted):
            object.__setattr__(self, "wanted", np.ones(self.count, dtype=np.int64))
        for name in ("start", "end", "asked_from", "wanted"):
            if len(getattr(self, name)) != self.count:
                raise StreamError(f"{name} has {len(getattr(self, name))} entries for {self.count} requests")
        for name in ("score", "distance_km", "chance", "believed"):
            if len(getattr(self, name)) != len(self.pilot):
                raise StreamError(
                    f"{name} has {len(getattr(self, name))} entries for {len(self.pilot)} pairs"
                )
        for name, labels in self.groups.items():
            if len(labels) != self.count:
                raise StreamError(f"{name} has {len(labels)} labels for {self.count} requests")
        if len(self.first) != self.count + 1 or self.first[0] != 0 or self.first[-1] != len(self.pilot):
            raise StreamError(
                "first must lead from 0 to the number of pairs, one more than there are requests"
            )
        if (np.diff(self.first) < 0).any() or (np.diff(self.filed) < 0).any():
            raise StreamError("first and filed must be ascending")
        if (self.end <= self.start).any() or (self.wanted < 1).any():
            raise StreamError("an appointment must end after it starts and have a seat")
        if len(self.pilot) and not 0 <= self.pilot.min() <= self.pilot.max() < self.pilots:
            raise StreamError(f"pilot must be rows below {self.pilots}")
        if not all(((chance >= 0) & (chance <= 1)).all() for chance in (self.chance, self.believed)):
            raise StreamError("chances must lie between 0 and 1")

    @property
    def count(self) -> int:
        return len(self.filed)

    @property
    def request(self) -> Ints:
        """[E] the request of each pair."""
        return np.repeat(np.arange(self.count), np.diff(self.first))
