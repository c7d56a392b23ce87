"""How likely is help for a request that nobody has filed yet, and which small changes would help?

A draft is a Problem of one request, and so is what each change makes of it: a repair promises what rank() says of the
request changed that way. Who is not the office is told nothing that the one speaker of a language could change:
otherwise a few dozen drafts at different places would find that person's home.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.changes import (
    LOWEST_LEVEL,
    AnyGender,
    AtLevel,
    ByPhone,
    Change,
    FartherAway,
    InLanguage,
    OnDate,
    in_languages,
    on_slots,
)
from matching.constraints import CONSTRAINTS, Allowed, German
from matching.problem import Problem
from matching.ranking import Step

UNDERSTOOD, SUITABLE, FREE, WITHIN_REACH = "understood", "suitable", "free", "within_reach"
STAGES = (UNDERSTOOD, SUITABLE, FREE, WITHIN_REACH)
# Vetoes are given without a reason: a stage of their own would tell that there is one. What is new is suitability.
STAGE_OF: Mapping[str, str] = {
    "language": UNDERSTOOD,
    "german": UNDERSTOOD,
    "availability": FREE,
    "double_booking": FREE,
    "capacity": FREE,
    "heavy_topics": FREE,
    "reach": WITHIN_REACH,
}
FEW = 3  # of fewer, whoever asks cannot be told one from nobody
ENOUGH = 10  # with so many candidates nothing needs repair
TIMES_AT_MOST, PAIRS_AT_MOST = 3, 3
DAY = 24 * 60


class Bucket(NamedTuple):
    """As much of a count as identifies nobody; `at_most` is None at the open end."""

    at_least: int
    at_most: int | None


BUCKETS = (Bucket(0, FEW - 1), Bucket(FEW, 5), Bucket(6, 9), Bucket(ENOUGH, None))


def bucket(count: int) -> Bucket:
    """The bucket a count falls into; more never gives a lower one. Raises ValueError below 0."""
    if count < 0:
        raise ValueError(f"nobody can count {count} people")
    return next(found for found in reversed(BUCKETS) if count >= found.at_least)


@dataclass(frozen=True, eq=False)
class Draft:
    """A request not yet filed, as request 0 of a problem, and what is open about it.

    `asked` of the problem's languages; the rest are the client's others. The first `wished` slots are the dates asked
    for, the rest are dates to propose; `slot_day` [S]: the local day of each, as an ordinal. `unknown` stages are not
    counted: a place or date that nobody has typed refuses nobody. Raises ValueError for more than one request.
    """

    problem: Problem
    asked: tuple[str, ...]
    wished: int
    slot_day: Sequence[int]
    unknown: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.problem.request_count != 1:
            raise ValueError(f"a draft is one request, not {self.problem.request_count}")
        if not 1 <= self.wished <= self.problem.slot_count or len(self.slot_day) != self.problem.slot_count:
            raise ValueError("a draft has a date, and every slot its day")
        if not set(self.asked) <= set(self.problem.languages):
            raise ValueError(f"the problem knows nothing of {self.asked}")


@dataclass(frozen=True)
class Repair:
    """One change, or two that only help together, and how many could then be asked."""

    changes: tuple[Change, ...]
    eligible: int

    @property
    def size(self) -> int:
        return sum(change.size for change in self.changes)

    @property
    def kind(self) -> tuple[str, ...]:
        return tuple(change.code for change in self.changes)


@dataclass(frozen=True)
class Feasibility:
    """How the pool shrinks, stage by stage, who is left of it, and what would help; smallest change first.

    For who is not the office it ends with the first stage where only few are understood.
    """

    steps: tuple[Step, ...]
    eligible: int
    repairs: tuple[Repair, ...]


@dataclass(frozen=True)
class _Reader:
    """Who is told: the office sees numbers, everybody else buckets, and of a language few speak nothing at all."""

    exact: bool

    def standing(self, count: int) -> int:
        """As much of a count as orders dates for this reader; the office also tells one from nobody."""
        return bisect((1, FEW, 6, ENOUGH) if self.exact else [found.at_least for found in BUCKETS], count)

    def sees(self, count: int) -> int:
        """As much of a count as decides whether a change helps."""
        return count if self.exact else self.standing(count)

    def possible(self, problem: Problem, stages: Iterable[str]) -> Allowed:
        """[S, P] who passes these stages, as far as this reader may be told."""
        possible = np.ones((problem.slot_count, problem.pilot_count), dtype=np.bool_)
        for constraint in CONSTRAINTS:
            if STAGE_OF.get(constraint.code, SUITABLE) in stages:
                possible &= constraint.allows(problem, 0)
        if UNDERSTOOD in stages and not self.exact:
            possible &= _speaks_a_common_language(problem)
        return possible

    def eligible(self, problem: Problem, unknown: frozenset[str]) -> int:
        return int(self.possible(problem, set(STAGES) - unknown).any(axis=0).sum())

    def waterfall(self, problem: Problem, unknown: frozenset[str]) -> Iterator[Step]:
        possible = np.ones((problem.slot_count, problem.pilot_count), dtype=np.bool_)
        for stage in STAGES:
            if stage in unknown or (stage == WITHIN_REACH and problem.remote[0]):
                continue
            possible &= self.possible(problem, {stage})
            yield Step(stage, int(possible.any(axis=0).sum()))


def feasibility(draft: Draft, *, exact: bool) -> Feasibility:
    """Count the draft and its repairs. Two changes are combined only where no single one helps.

    `exact`: one more candidate is a help. Otherwise the next bucket is, so that neither a repair nor its place in the
    list tells more about a count than its bucket does; and who speaks a language that few speak is not counted.
    """
    reader = _Reader(exact)
    problem = in_languages(draft.problem, draft.asked)
    wished = on_slots(problem, range(draft.wished))
    steps = tuple(reader.waterfall(wished, draft.unknown))
    eligible = steps[-1].remaining
    if eligible >= ENOUGH:
        return Feasibility(steps, eligible, ())
    if not exact and steps[0].remaining < FEW:
        steps = steps[:1]

    def helping(repairs: Iterable[Repair]) -> list[Repair]:
        found = [repair for repair in repairs if reader.sees(repair.eligible) > reader.sees(eligible)]
        return sorted(found, key=lambda repair: (repair.size, -reader.sees(repair.eligible)))

    changes = list(_changes(wished, draft, exact))
    single = [Repair((change,), reader.eligible(change.apply(wished), draft.unknown)) for change in changes]
    found = helping([*single, *_on_other_dates(draft, problem, (), reader)])
    if not found:
        pairs = [(one, other) for one, other in combinations(changes, 2) if one.code != other.code]
        double = [
            Repair(pair, reader.eligible(pair[1].apply(pair[0].apply(wished)), draft.unknown))
            for pair in pairs
        ]
        dated = (
            repair for change in changes for repair in _on_other_dates(draft, problem, (change,), reader)
        )
        found = _one_of_each_kind(helping([*double, *dated]))[:PAIRS_AT_MOST]
    return Feasibility(steps, eligible, tuple(_one_of_each_kind(found)))


def _speaks_a_common_language(problem: Problem) -> Allowed:
    """[P] who speaks, well enough, a language asked for that at least FEW speak so.

    Also of several languages asked for: beside two speakers of a common one, the third would be the rare one's.
    """
    asked = problem.asked_languages(0)
    if not asked.size:
        return np.ones(problem.pilot_count, dtype=np.bool_)
    speaks = problem.level[:, asked] >= problem.required_level[0, asked]
    speaks &= German().allows(problem, 0)[:, np.newaxis]
    common: Allowed = speaks[:, speaks.sum(axis=0) >= FEW].any(axis=1)
    return common


def _changes(problem: Problem, draft: Draft, exact: bool) -> Iterator[Change]:
    """What may be asked for differently, dates aside."""
    required = int(problem.required_level.max(initial=0))
    for level in range(required - 1, LOWEST_LEVEL - 1, -1):
        yield AtLevel(level, instead_of=required)
    for language in problem.languages:
        if language not in draft.asked:
            yield InLanguage(language)
    if WITHIN_REACH not in draft.unknown and not problem.remote[0]:
        yield ByPhone()
        if exact:
            yield FartherAway()
    if wanted := problem.gender_wanted[0]:
        yield AnyGender(wanted)


def _on_other_dates(
    draft: Draft, problem: Problem, changes: tuple[Change, ...], reader: _Reader
) -> list[Repair]:
    """The best date of each day, for the few days that are best; near the dates wished where counts are alike."""
    first, stop = draft.wished, problem.slot_count
    if FREE in draft.unknown or first == stop:
        return []
    dated = on_slots(problem, range(first, stop))
    for change in changes:
        dated = change.apply(dated)
    counts = reader.possible(dated, set(STAGES) - draft.unknown).sum(axis=1)
    away = _minutes_away(draft)
    wished_days = set(draft.slot_day[:first])

    def merit(slot: int) -> tuple[int, int, int]:
        return -reader.standing(int(counts[slot - first])), int(away[slot]), int(problem.slot_start[slot])

    def day(slot: int) -> int:
        return draft.slot_day[slot]

    best = [min(slots, key=merit) for _, slots in groupby(sorted(range(first, stop), key=day), key=day)]
    best.sort(key=lambda slot: (merit(slot)[0], day(slot) not in wished_days, *merit(slot)[1:]))
    return [
        Repair((*changes, OnDate(slot, same_day=day(slot) in wished_days)), int(counts[slot - first]))
        for slot in best[:TIMES_AT_MOST]
    ]


def _minutes_away(draft: Draft) -> NDArray[np.int64]:
    """[S] from the nearest date wished: a day for each day between, and the clocks' difference."""
    days = np.asarray(draft.slot_day, dtype=np.int64) * DAY
    days_apart = days[:, np.newaxis] - days[: draft.wished]
    starts = draft.problem.slot_start
    clocks_apart = starts[:, np.newaxis] - starts[: draft.wished] - days_apart
    nearest: NDArray[np.int64] = (np.abs(days_apart) + np.abs(clocks_apart)).min(axis=1)
    return nearest


def _one_of_each_kind(repairs: Sequence[Repair]) -> list[Repair]:
    """The first of each kind, of single dates a few; repairs come best first."""
    chosen: list[Repair] = []
    for repair in repairs:
        same = sum(repair.kind == other.kind for other in chosen)
        if same < (TIMES_AT_MOST if repair.kind == (OnDate.code,) else 1):
            chosen.append(repair)
    return chosen
