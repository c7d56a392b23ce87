"""Which languages can a person of these skills talk with, and at which level in each direction?"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from enum import IntEnum
from heapq import heappop, heappush
from typing import NamedTuple

from matching.intelligibility import EDGES, Edge
from matching.language_catalogue import ALIASES, AMBIGUOUS, LANGUAGES, Language

__all__ = [
    "EDGES",
    "LANGUAGES",
    "UNKNOWN_LEVEL",
    "Edge",
    "Language",
    "Level",
    "Skill",
    "Understood",
    "UnknownLanguage",
    "closure",
    "is_known",
    "language",
    "normalise",
]

UNKNOWN_LEVEL = 0
"""Stored where nobody has said how well: it reaches no required level."""


class Level(IntEnum):
    """CEFR level of speaking and understanding; natives count as C2, so that levels stay comparable."""

    A1 = 1
    A2 = 2
    B1 = 3
    B2 = 4
    C1 = 5
    C2 = 6
    NATIVE = 6


class Skill(NamedTuple):
    """How well someone speaks a language and how well they understand it; 0..6 each, 0 = nobody has said."""

    speaks: int
    understands: int


class Understood(NamedTuple):
    """A language someone can talk with: `via` is the language they themselves speak for it.

    `understands`: how well they follow it; `speaks`: how well its speakers follow them. A talk goes both ways,
    so `level` is the weaker of the two.
    """

    code: str
    level: int
    via: str
    speaks: int
    understands: int


class UnknownLanguage(ValueError):
    """No language, or more than one, goes by this code; `suggestions` are the codes that may be meant."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.suggestions = _suggestions(code)
        hint = f"; did you mean {', '.join(self.suggestions)}?" if self.suggestions else ""
        super().__init__(f"unknown language {code!r}{hint}")


def is_known(code: str) -> bool:
    """Whether this is the code of a language in LANGUAGES, exactly as stored."""
    return code in _BY_CODE


def language(code: str) -> Language:
    """The language behind a stored code; raises UnknownLanguage."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise UnknownLanguage(code) from None


def normalise(code: str) -> str:
    """The stored code for a BCP 47 tag or ISO 639 code in any spelling; raises UnknownLanguage.

    Script, region and variant are dropped ("sr-Latn" is "sr"), but "fa-AF" is Dari and "ar-arz" is Egyptian.
    """
    subtags = code.strip().replace("_", "-").lower().split("-")
    extension = [subtag for subtag in subtags[1:2] if len(subtag) == 3]
    for candidate in ("-".join(subtags[:2]), *extension, subtags[0]):
        stored = ALIASES.get(candidate, candidate)
        if stored in _BY_CODE:
            return stored
    raise UnknownLanguage(code)


def closure(skills: Mapping[str, int | Skill]) -> dict[str, Understood]:
    """All languages that someone of these `skills` (code -> Skill, or one level 0..6 for both ways) can talk with.

    Through a spoken M they understand L at understands(M) - the cost at which a speaker of M understands L, and
    are understood at speaks(M) - the cost at which a speaker of L understands M; costs add up along the
    cheapest way each. Per language the M with the best weaker direction counts, the language itself at a tie;
    kept from A1 on. Level 0 adds nothing. Raises UnknownLanguage, and ValueError for levels outside 0..6.
    """
    understood: dict[str, Understood] = {}
    for spoken, skill in sorted(_checked(skills).items()):
        for code, cost in _COSTS[spoken].items():
            # Whoever speaks L may not understand M at all, however well M's speakers understand L.
            cost_back = _COSTS[code].get(spoken, Level.C2)
            speaks, understands = max(skill.speaks - cost_back, 0), skill.understands - cost
            reached = Understood(code, min(speaks, understands), spoken, speaks, understands)
            if reached.level >= Level.A1 and _is_better(reached, understood.get(code)):
                understood[code] = reached
    return understood


def _is_better(new: Understood, old: Understood | None) -> bool:
    return old is None or _merit(new) > _merit(old)


def _merit(way: Understood) -> tuple[int, bool, int]:
    return way.level, way.via == way.code, way.speaks + way.understands


def _checked(skills: Mapping[str, int | Skill]) -> dict[str, Skill]:
    best: dict[str, Skill] = {}
    for code, given in skills.items():
        skill = given if isinstance(given, Skill) else Skill(given, given)
        for level in skill:
            if not UNKNOWN_LEVEL <= level <= Level.C2:
                raise ValueError(f"level of {code} must lie between 0 and 6, not {level}")
        spoken = normalise(code)
        # "pes" and "fa" may both be given.
        other = best.get(spoken, Skill(UNKNOWN_LEVEL, UNKNOWN_LEVEL))
        best[spoken] = Skill(
            max(int(skill.speaks), other.speaks), max(int(skill.understands), other.understands)
        )
    return best


def _cheapest_costs(start: str, leaving: Mapping[str, list[Edge]]) -> dict[str, int]:
    """Summed cost to every language in which a native of `start` reaches A1 (Dijkstra's algorithm)."""
    costs: dict[str, int] = {}
    queue = [(0, start)]
    while queue:
        cost, code = heappop(queue)
        if code in costs or cost > Level.C2 - Level.A1:
            continue
        costs[code] = cost
        for edge in leaving[code]:
            heappush(queue, (cost + edge.cost, edge.understands))
    return costs


def _suggestions(code: str) -> tuple[str, ...]:
    wanted = code.strip().replace("_", "-").lower()
    primary = wanted.split("-")[0]
    if primary in AMBIGUOUS:
        return AMBIGUOUS[primary]
    names = {entry.name_en.lower(): entry.code for entry in LANGUAGES}
    names |= {entry.endonym.lower(): entry.code for entry in LANGUAGES}
    # Someone may well have typed a name: then look among names first.
    by_name = [names[name] for name in names if len(wanted) > 3 and wanted in name]
    by_name += [names[name] for name in get_close_matches(wanted, names, n=3, cutoff=0.7)]
    by_code = get_close_matches(primary, [*_BY_CODE, *ALIASES], n=3, cutoff=0.6)
    return tuple(dict.fromkeys([*by_name, *(ALIASES.get(match, match) for match in by_code)]))[:3]


_BY_CODE = {entry.code: entry for entry in LANGUAGES}
_LEAVING: dict[str, list[Edge]] = {code: [] for code in _BY_CODE}
for _edge in EDGES:
    _LEAVING[_edge.speaks].append(_edge)
_COSTS = {code: _cheapest_costs(code, _LEAVING) for code in _BY_CODE}
