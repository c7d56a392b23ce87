"""What would last month's rankings have looked like with other weights?

A stored ranking holds the value of each criterion for each pilot in it, so that no pool has to be loaded again. Pilots
who were not among those stored cannot come in; the page says so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from backend.accounts.models import Office
from backend.dispatch.models import MatchRun, Suggestion
from matching.weights import Weights

WINDOW = timedelta(days=30)
RUNS_AT_MOST = 400  # the latest ones; more would not change what the shares say
SEATS = 3  # as many as an office looks at first


class Ranked(NamedTuple):
    """One pilot of one ranking, with what the figures need."""

    code: str
    distance_km: float | None
    recent_sessions: int
    known: bool


@dataclass(frozen=True)
class Moved:
    """One request whose first three would be others, or in another order."""

    help_request_id: UUID
    reference: str
    before: list[str]
    after: list[str]

    @property
    def newcomers(self) -> set[str]:
        return {*self.after} - {*self.before}


@dataclass(frozen=True)
class Figures:
    """Of the first three of all rankings: mean way, mean load, share of pilots who know the person already."""

    distance_km: float | None
    recent_sessions: float | None
    known_share: float | None

    @classmethod
    def of(cls, ranked: Sequence[Ranked]) -> "Figures":
        ways = [one.distance_km for one in ranked if one.distance_km is not None]
        return cls(
            _mean(ways), _mean([one.recent_sessions for one in ranked]), _mean([one.known for one in ranked])
        )


@dataclass(frozen=True)
class Reweighed:
    """How many rankings there were, in how many the first and the first three change, and what that does."""

    rankings: int
    first_changed: int
    three_changed: int
    before: Figures
    after: Figures
    moved: list[Moved] = field(default_factory=list)


def reweighed(office: Office, weights: Weights, *, now: datetime) -> Reweighed:
    """The latest ranking of each request of the last month: with the office's present weights, and with `weights`."""
    present = Weights.from_dict(office.weights)
    runs = MatchRun.objects.filter(help_request__office=office, created_at__gt=now - WINDOW)
    latest = list(
        runs.order_by("help_request", "-created_at", "-pk")
        .distinct("help_request")
        .values_list("pk", "weights", "help_request", "help_request__reference")
    )
    latest = sorted(latest, reverse=True)[:RUNS_AT_MOST]
    rows = _rows_of([pk for pk, *_rest in latest])
    moved, first_changed, three_changed = [], 0, 0
    before: list[Ranked] = []
    after: list[Ranked] = []
    for pk, stored, help_request, reference in latest:
        then = Weights.from_dict(stored)
        old, new = (_first(rows[pk], then, such) for such in (present, weights))
        before += old
        after += new
        codes = [one.code for one in old], [one.code for one in new]
        first_changed += codes[0][:1] != codes[1][:1]
        three_changed += {*codes[0]} != {*codes[1]}
        if codes[0] != codes[1]:
            moved.append(Moved(help_request, reference, *codes))
    return Reweighed(len(latest), first_changed, three_changed, Figures.of(before), Figures.of(after), moved)


def value_under(part: Mapping[str, Any], then: Weights, now: Weights) -> float:
    """A criterion's stored value, reckoned anew where its parameter is another one (see matching.terms)."""
    value, facts = float(part["value"]), part["facts"]
    if part["code"] == "proximity" and now.half_km != then.half_km and facts["distance_km"] is not None:
        return float(2.0 ** (-facts["distance_km"] / now.half_km))
    if part["code"] == "continuity" and now.continuity_cap != then.continuity_cap:
        cap = now.continuity_cap
        return float((1.0 - 2.0 ** -min(facts["sessions"], cap)) / (1.0 - 2.0**-cap)) if cap else 0.0
    return value


def _rows_of(runs: Iterable[UUID]) -> dict[UUID, list[tuple[str, list[dict[str, Any]]]]]:
    """(code, contributions) of the pilots of each ranking, best first."""
    rows = defaultdict(list)
    stored = Suggestion.objects.filter(match_run__in=list(runs)).order_by("match_run", "rank")
    for run, code, parts in stored.values_list("match_run", "pilot__display_code", "contributions"):
        rows[run].append((code, parts))
    return rows


def _first(rows: Sequence[tuple[str, list[dict[str, Any]]]], then: Weights, now: Weights) -> list[Ranked]:
    """The best three; equal scores stay in the order in which they were."""

    def score(row: tuple[str, list[dict[str, Any]]]) -> float:
        return round(sum(now.of(part["code"]) * value_under(part, then, now) for part in row[1]), 12)

    best = sorted(rows, key=score, reverse=True)[:SEATS]
    return [_ranked(code, {part["code"]: part["facts"] for part in parts}) for code, parts in best]


def _ranked(code: str, facts: Mapping[str, Mapping[str, Any]]) -> Ranked:
    return Ranked(
        code,
        facts["proximity"]["distance_km"],
        facts["load_spread"]["recent_sessions"],
        facts["continuity"]["sessions"] > 0,
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
