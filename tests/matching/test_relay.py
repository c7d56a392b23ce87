"""Is a relay found where nobody can be asked, over whom, and never beside an ordinary candidate?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.constraints import CONSTRAINTS
from matching.problem import Problem
from matching.ranking import rank
from matching.relay import Relay, relay

FourPilots = Callable[..., Problem]

# Pilots 0 and 1 talk Tigrinya, but too little German; 2 and 3 have the German, but no Tigrinya.
LEVELS = {"languages": ("ti", "ar", "en", "de"), "required_level": [[3, 0, 0, 0]]}
TIGRINYA: dict[str, Any] = {
    **LEVELS,
    "level": [[6, 4, 0, 2], [4, 0, 6, 2], [0, 6, 3, 5], [0, 2, 5, 6]],
    "required_german": 4,
    "german_level": [2, 2, 5, 6],
}


def pairs(found: Relay | None) -> list[tuple[int, int, str]]:
    assert found is not None
    return [(chain.first, chain.second, chain.facts["bridge"]) for chain in found.chains]


def test_no_relay_while_one_pilot_alone_will_do(four_pilots: FourPilots) -> None:
    assert relay(four_pilots(**{**TIGRINYA, "german_level": [2, 4, 5, 6]}), 0) is None


def test_two_pilots_reach_over_a_bridge_language(four_pilots: FourPilots) -> None:
    found = relay(four_pilots(**TIGRINYA), 0)
    # Weakest step first: Arabic at B2 and English at B2 via Tigrinya at B2, then English at B1.
    assert pairs(found) == [(0, 2, "ar"), (1, 3, "en"), (1, 2, "en")]
    assert found is not None and found.last_resort and not found.by_other_language
    assert found.chains[0].facts == {
        "language": "ti",
        "level": 6,
        "via": None,
        "bridge": "ar",
        "first_level": 4,
        "second_level": 6,
        "first_german": 2,
        "second_german": 5,
    }


def test_every_step_carries_the_level_asked_for(four_pilots: FourPilots) -> None:
    strict = {**TIGRINYA, "required_level": [[4, 0, 0, 0]]}
    assert pairs(relay(four_pilots(**strict), 0)) == [(0, 2, "ar"), (1, 3, "en")]
    assert pairs(relay(four_pilots(**{**TIGRINYA, "required_level": [[5, 0, 0, 0]]}), 0)) == []


def test_both_are_free_on_the_same_date(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        **TIGRINYA,
        slot_request=[0, 0],
        slot_start=[0, 600],
        slot_end=[60, 660],
        available=[[True, True, False, True], [False, True, True, True]],
    )
    found = relay(problem, 0)
    assert pairs(found) == [(1, 3, "en"), (1, 2, "en")]
    assert found is not None and [chain.slots for chain in found.chains] == [(0, 1), (1,)]


def test_nearer_pairs_come_first_where_they_talk_alike(four_pilots: FourPilots) -> None:
    alike = {**TIGRINYA, "level": [[6, 6, 0, 0], [6, 6, 0, 0], [0, 6, 0, 0], [0, 6, 0, 0]]}
    far = four_pilots(**{**alike, "german_level": [2, 2, 5, 5], "distance_km": [[9.0, 1.0, 4.0, 2.0]]})
    found = relay(far, 0, limit=4)
    assert [(first, second) for first, second, _ in pairs(found)] == [(1, 3), (1, 2), (0, 3), (0, 2)]
    assert len(pairs(relay(far, 0, limit=1))) == 1
    assert pairs(relay(far, 0, limit=0)) == []
    with pytest.raises(ValueError, match="limit"):
        relay(far, 0, limit=-1)


def test_german_is_no_bridge(four_pilots: FourPilots) -> None:
    only_german = {**TIGRINYA, "level": [[6, 0, 0, 3], [6, 0, 0, 3], [0, 0, 0, 6], [0, 0, 0, 6]]}
    assert pairs(relay(four_pilots(**only_german), 0)) == []


@pytest.mark.parametrize(
    "refusing",
    [
        {"veto": [[True, False, False, True]]},
        {"gender_wanted": "f", "gender": ("m", "f", "f", "m")},
        {"minors": True, "check_valid_until": [-1, 99, 99, -1]},
        {"topic": "conflict", "heavy": True, "heavy_per_month": [0.0, 2.0, 2.0, 0.0]},
        {"distance_km": [[9.0, 1.0, 1.0, 9.0]], "reach_km": 5.0},
        {"monthly_hours": [0.5, 9, 9, 0.5]},
        {"busy_pilot": [0, 3], "busy_start": 0, "busy_end": 60},
    ],
    ids=lambda arrays: next(iter(arrays)),
)
def test_nobody_is_in_a_chain_whom_another_rule_protects(
    four_pilots: FourPilots, refusing: dict[str, Any]
) -> None:
    assert pairs(relay(four_pilots(**TIGRINYA, **refusing), 0)) == [(1, 2, "en")]


def test_another_language_of_the_help_seeker_finds_candidates_of_its_own(four_pilots: FourPilots) -> None:
    problem = four_pilots(**{**TIGRINYA, "distance_km": [[1.0, 1.0, 8.0, 1.0]]})
    found = relay(problem, 0, also_speaks=("ar", "ti"))
    assert found is not None
    (candidate,) = found.by_other_language
    assert candidate.pilot == 2
    assert candidate.contributions[0].facts["language"] == "ar"
    assert candidate.score == pytest.approx(sum(part.contribution for part in candidate.contributions))
    assert relay(problem, 0, also_speaks=("ti",)) == relay(problem, 0)


def test_one_request_of_several(four_pilots: FourPilots) -> None:
    problem = four_pilots(**{**TIGRINYA, "required_level": [[0, 3, 0, 0], [3, 0, 0, 0]]}, requests=2)
    assert relay(problem, 0) is None
    found = relay(problem, 1)
    assert pairs(found) == [(0, 2, "ar"), (1, 3, "en"), (1, 2, "en")]
    assert found is not None and {chain.slots for chain in found.chains} == {(1,)}


def test_where_nobody_or_nothing_is_there(four_pilots: FourPilots) -> None:
    assert relay(Problem.build(pilots=0, **LEVELS), 0) == Relay((), ())
    assert relay(four_pilots(veto=True), 0) == Relay((), ())


@settings(max_examples=100)
@given(st.integers(0, 2**32 - 1))
def test_chains_are_what_a_plain_loop_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pilots = int(rng.integers(0, 7))
    problem = Problem.build(
        pilots=pilots,
        languages=("ti", "ar", "en", "de"),
        required_level=[[int(rng.integers(1, 5)), 0, 0, 0]],
        level=rng.choice([0, 2, 4, 6], (pilots, 4)),
        required_german=4,
        german_level=rng.choice([2, 5], pilots),
        slot_request=[0, 0],
        available=rng.random((2, pilots)) < 0.7,
        veto=rng.random((1, pilots)) < 0.2,
    )
    found = relay(problem, 0, limit=99)
    assert (found is None) == bool(rank(problem, 0).eligible)
    if found is None:
        return
    required, level = int(problem.required_level[0, 0]), problem.level
    german_aside = replace(problem, required_german=np.zeros(1, dtype=np.int8))
    language_aside = replace(problem, required_level=np.zeros((1, 4), dtype=np.int8))
    expected = {}
    for first in range(pilots):
        for second in range(pilots):
            slots = tuple(
                slot
                for slot in range(2)
                if passes(german_aside, first, slot) and passes(language_aside, second, slot)
            )
            if slots and max(min(level[first, x], level[second, x]) for x in (1, 2)) >= required:
                expected[first, second] = slots
    assert {(chain.first, chain.second): chain.slots for chain in found.chains} == expected
    assert all(first != second for first, second in expected)


def passes(problem: Problem, pilot: int, slot: int) -> bool:
    shape = (problem.slot_count, problem.pilot_count)
    return all(np.broadcast_to(rule.allows(problem, 0), shape)[slot, pilot] for rule in CONSTRAINTS)
