"""How long may a part stay as it is, once there is a better one?"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

# Days from the release that mends it or is newer; docs/operations.md promises them ("Parts of others").
FRAMES: Mapping[str, int] = {"critical": 7, "high": 30, "other": 90, "update": 180}
UPDATE = "update"
OF_SEVERITY = {"critical": "critical", "high": "high", "moderate": "other", "low": "other", "info": "other"}


@dataclass(frozen=True)
class Part:
    """One locked package. `direct`: named by us, not brought along by another."""

    name: str
    version: str
    direct: bool = True


@dataclass(frozen=True)
class Finding:
    """A better release, and for how many days there has been one; None: there is none, so somebody has to decide."""

    part: Part
    frame: str
    better: str
    days: int | None
    about: str = ""

    @property
    def is_beyond(self) -> bool:
        return self.days is None or self.days > FRAMES[self.frame]

    def line(self) -> str:
        since = "no release mends it: decide" if self.days is None else f"since {self.days} days"
        told = f"{self.part.name} {self.part.version}: {self.better or '-'}, {since} (at most {FRAMES[self.frame]})"
        return f"{'BEYOND ' if self.is_beyond else '       '}{told}{f', {self.about}' if self.about else ''}"


@dataclass(frozen=True)
class Decisions:
    """What we decided against the clock, each with a reason and an end (pyproject.toml, [tool.parts])."""

    below: Mapping[str, str] = field(default_factory=dict)  # of these parts only releases below count
    accepted: frozenset[str] = frozenset()  # weaknesses that do not concern us, by id
    ended: tuple[str, ...] = ()

    @classmethod
    def read(cls, told: Mapping[str, Iterable[Mapping[str, str]]], *, today: date) -> "Decisions":
        """Those that still count; of one without reason or end nothing counts."""
        kept, accepted, ended = {}, set(), []
        for one in [*told.get("kept", ()), *told.get("accepted", ())]:
            name = one.get("name") or one.get("id", "?")
            if not one.get("why") or date.fromisoformat(one.get("until", "1970-01-01")) < today:
                ended.append(f"{name}: decided until {one.get('until', 'never')}; decide anew")
            elif "below" in one:
                kept[name] = one["below"]
            else:
                accepted.add(name)
        return cls(kept, frozenset(accepted), tuple(ended))


def order(version: str) -> tuple[tuple[int, ...], int, str]:
    """For comparing two versions of one part: 1.10 is after 1.9, 2.0 after 2.0rc1, 2.0.post1 after 2.0."""
    match = re.fullmatch(r"v?(?:\d+!)?(\d+(?:\.\d+)*)(.*)", version.strip())
    if not match:
        return (), -1, version
    numbers = [int(number) for number in match[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    rank = 0 if not match[2] else 1 if match[2].startswith((".post", "-post", "+")) else -1
    return tuple(numbers), rank, match[2]


def is_newer(version: str, than: str) -> bool:
    return order(version) > order(than)


def is_stable(version: str) -> bool:
    return order(version)[1] >= 0
