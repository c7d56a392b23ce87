"""What do the people of an invented town speak, and what do those speak who need help?

Demand and supply both follow Zipf's law, related and not equal: some languages are wanted much more than offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.languages import Level, Skill, closure

# By demand, most asked for first. 44 is the upper end of what a town's offices report.
LANGUAGES = (
    "ar", "uk", "kmr", "fa", "prs", "ru", "tr", "ti", "so", "sq", "ckb", "sr", "ro", "bg", "pl", "fr", "en", "ps",
    "es", "vi", "ka", "hy", "am", "ur", "pt", "bs", "hr", "mk", "az", "zh", "it", "el", "hu", "lt", "th", "ta",
    "bn", "hi", "pa", "sw", "rmn", "cs", "mn", "fil",
)  # fmt: skip
ZIPF = 1.0  # a few languages are wanted by many, and many by few: share of rank r is 1 / r
# Who volunteers has lived here for long; supply follows demand, flatter and with chance in it.
SUPPLY_ZIPF = 0.9
SUPPLY_NOISE = 0.4
# Languages of recent arrivals: wanted now, while hardly any speaker knows German well enough yet.
SCARCE: Mapping[str, float] = {"ti": 0.3, "so": 0.3, "ps": 0.3, "prs": 0.5, "ckb": 0.6}
# What else people from there often know; school and trade languages do for the rest.
COMPANIONS: Mapping[str, str] = {
    "ar": "en", "uk": "ru", "kmr": "tr", "fa": "prs", "prs": "fa", "ru": "uk", "ti": "am", "so": "ar", "sq": "it",
    "ckb": "ar", "sr": "en", "ro": "it", "bg": "ru", "fr": "en", "en": "fr", "ps": "prs", "ka": "ru", "hy": "ru",
    "am": "ti", "ur": "hi", "pt": "es", "az": "tr", "hi": "ur", "pa": "ur",
}  # fmt: skip
BRIDGES: Mapping[str, float] = {"en": 0.55, "fr": 0.13, "ru": 0.12, "ar": 0.08, "tr": 0.07, "es": 0.05}
COMPANION_SHARE = 0.6
# Beside the first one, none to three: most volunteers are bilingual at least.
MORE_LANGUAGES = (0.30, 0.42, 0.20, 0.08)
FIRST_LEVELS: Mapping[int, float] = {Level.C2: 0.85, Level.C1: 0.11, Level.B2: 0.04}
FURTHER_LEVELS: Mapping[int, float] = {Level.A2: 0.1, Level.B1: 0.3, Level.B2: 0.35, Level.C1: 0.25}
UNDERSTANDS_MORE = 0.3  # one level better heard than spoken, as with most languages learnt by ear


class Effective(NamedTuple):
    """[P, L] each: levels per direction as in languages.closure, and the column spoken instead (-1: itself)."""

    speaks: NDArray[np.int8]
    understands: NDArray[np.int8]
    via: NDArray[np.int16]


def draw_languages(rng: np.random.Generator, pilots: int) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """[pilots, L] each: how well everybody speaks and understands."""
    rows = {code: row for row, code in enumerate(LANGUAGES)}
    count = len(LANGUAGES)
    supply = 1.0 / np.arange(1, count + 1) ** SUPPLY_ZIPF * rng.lognormal(0.0, SUPPLY_NOISE, count)
    supply *= [SCARCE.get(code, 1.0) for code in LANGUAGES]
    speaks = np.zeros((pilots, count), dtype=np.int8)
    everybody = np.arange(pilots)
    first = rng.choice(count, pilots, p=shares_of(supply))
    speaks[everybody, first] = drawn(rng, FIRST_LEVELS, pilots)
    companion = np.array([rows.get(COMPANIONS.get(code, ""), -1) for code in LANGUAGES])[first]
    further = rng.choice(len(MORE_LANGUAGES), pilots, p=MORE_LANGUAGES)
    bridges = np.array([rows[code] for code in BRIDGES])
    for turn in range(1, len(MORE_LANGUAGES)):
        language = rng.choice(bridges, pilots, p=list(BRIDGES.values()))
        if turn == 1:
            closer = (companion >= 0) & (rng.random(pilots) < COMPANION_SHARE)
            language = np.where(closer, companion, language)
        level = drawn(rng, FURTHER_LEVELS, pilots)
        learnt = (further >= turn) & (speaks[everybody, language] == 0)
        speaks[everybody[learnt], language[learnt]] = level[learnt]
    better = (speaks > 0) & (speaks < Level.C2) & (rng.random(speaks.shape) < UNDERSTANDS_MORE)
    return speaks, speaks + better.astype(np.int8)


def effective_levels(
    languages: tuple[str, ...], speaks: NDArray[np.int8], understands: NDArray[np.int8]
) -> Effective:
    """languages.closure for everybody at once: the same ways, merits and ties, column by column."""
    rows = {code: row for row, code in enumerate(languages)}
    merit = np.zeros(speaks.shape, dtype=np.int16)
    result = Effective(
        np.zeros_like(speaks), np.zeros_like(speaks), np.full(speaks.shape, -1, dtype=np.int16)
    )
    for spoken in sorted(languages):
        source = rows[spoken]
        for way in closure({spoken: Skill(Level.C2, Level.C2)}).values():
            if (column := rows.get(way.code)) is None:
                continue
            heard = np.maximum(understands[:, source] - (Level.C2 - way.understands), 0)
            said = np.maximum(speaks[:, source] - (Level.C2 - way.speaks), 0)
            # Weaker direction first, then the language itself, then the sum: never more than 12.
            weaker = np.minimum(said, heard)
            of_way = weaker.astype(np.int16) * 100 + 50 * (column == source) + said + heard
            better = (weaker >= Level.A1) & (of_way > merit[:, column])
            merit[better, column] = of_way[better]
            result.speaks[better, column] = said[better]
            result.understands[better, column] = heard[better]
            result.via[better, column] = -1 if column == source else source
    return result


def shares_of(weights: NDArray[Any]) -> NDArray[np.float64]:
    """The weights scaled so that they add up to 1."""
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def drawn(rng: np.random.Generator, shares: Mapping[Any, float], size: int) -> NDArray[Any]:
    """[size] keys of `shares`."""
    return rng.choice(np.array(list(shares)), size, p=list(shares.values()))
