"""Does ranking hold its promises on any instance, and equal a plain loop written from the definitions?"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.constraints import CONSTRAINTS
from matching.problem import ARRAYS, Problem
from matching.ranking import Ranking, rank, why
from matching.weights import TERM_CODES, Weights

CODES = tuple(constraint.code for constraint in CONSTRAINTS)


@st.composite
def problems(draw: st.DrawFn, min_pilots: int = 0) -> Problem:
    """Small instances in which every constraint and term has a say; coarse numbers, so that ties happen."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    requests, pilots = draw(st.integers(1, 3)), draw(st.integers(min_pilots, 12))
    languages, busy = draw(st.integers(0, 3)), draw(st.integers(0, 12)) if pilots else 0
    strict = draw(st.booleans())  # otherwise about half of all pairs are possible
    slot_request = np.repeat(np.arange(requests), rng.integers(1, 4, requests))
    slots = len(slot_request)
    start, busy_start = rng.integers(0, 600, slots), rng.integers(0, 600, busy)
    return Problem.build(
        pilots=pilots,
        requests=requests,
        languages=("kmr", "ckb", "tr")[:languages],
        required_level=rng.choice([0, 0, 3, 4], (requests, languages)),
        speaks=rng.choice([0, 3, 4, 6] if strict else [4, 5, 6], (pilots, languages)),
        understands=rng.choice([2, 4, 5] if strict else [4, 5, 6], (pilots, languages)),
        via=rng.integers(-1, 2, (pilots, languages)),
        via_languages=("fa", "prs"),
        required_german=rng.integers(0, 4, requests),
        german_level=rng.integers(1 if strict else 3, 7, pilots),
        remote=rng.random(requests) < 0.3,
        distance_km=rng.choice([0.0, 2.5, 5.0, 12.25, np.nan], (requests, pilots)),
        reach_km=rng.choice([2.5, 5.0, 50.0, np.inf], pilots),
        slot_request=slot_request,
        slot_start=start,
        slot_end=start + rng.choice([30, 60, 90], slots),
        half_buffer=rng.choice([0, 15], slots),
        available=rng.random((slots, pilots)) < (0.5 if strict else 0.9),
        busy_pilot=rng.integers(0, max(pilots, 1), busy),
        busy_start=busy_start,
        busy_end=busy_start + rng.choice([30, 90], busy),
        busy_buffer=rng.choice([0, 10], busy),
        busy_here=rng.random((requests, busy)) < 0.3,
        topic=tuple(rng.choice(["", "school", "health"], requests).tolist()),
        topic_stance=rng.choice([-1, 0, 0, 0, 1], (requests, pilots)),
        topic_sessions=rng.integers(0, 6, (requests, pilots)),
        heavy=rng.random(requests) < 0.4,
        heavy_per_month=rng.choice([0.0, 1.0, 2.0, np.inf], pilots, p=[0.1, 0.2, 0.3, 0.4]),
        heavy_sessions=rng.choice([0, 0, 1, 2], (slots, pilots)),
        gender_wanted=tuple(rng.choice(["", "", "f"], requests).tolist()),
        gender=tuple(rng.choice(["", "f", "f", "m", "d"], pilots).tolist()),
        minors=rng.random(requests) < 0.3,
        check_valid_until=rng.choice([-1, 300, 10_000], pilots),
        monthly_hours=rng.choice([0.0, 2.0, 5.0, np.inf], pilots, p=[0.1, 0.2, 0.4, 0.3]),
        committed_hours=rng.choice([0.0, 0.5, 1.0, 4.0], (slots, pilots)),
        recent_sessions=rng.integers(0, 9, pilots),
        veto=rng.random((requests, pilots)) < 0.1,
        continuity=rng.integers(0, 8, (requests, pilots)),
    )


def weights() -> st.SearchStrategy[Weights]:
    """Any valid weights."""
    values = dict.fromkeys(TERM_CODES, st.sampled_from([0.0, 0.1, 1.0, 7.5]))
    parameters = {"half_km": st.sampled_from([0.1, 5.0, 80.0]), "continuity_cap": st.integers(0, 8)}
    drawn = st.fixed_dictionaries({**values, **parameters})
    return drawn.filter(lambda given: any(given[code] for code in TERM_CODES)).map(Weights.from_dict)


def level(p: Problem, pilot: int, column: int) -> int:
    """What a talk can rely on: the weaker direction."""
    return min(int(p.speaks[pilot, column]), int(p.understands[pilot, column]))


def refusals(p: Problem, request: int, pilot: int, slot: int) -> set[str]:
    """The definition of the hard constraints for one request, pilot and slot, without NumPy's arithmetic."""
    asked = [column for column in range(len(p.languages)) if p.required_level[request, column] > 0]
    start, end = int(p.slot_start[slot]), int(p.slot_end[slot])
    buffer, distance = int(p.half_buffer[slot]), float(p.distance_km[request, pilot])
    reach = float(p.reach_km[pilot])
    refused = set()
    if all(level(p, pilot, column) < p.required_level[request, column] for column in asked) and asked:
        refused.add("language")
    if p.german_level[pilot] < p.required_german[request]:
        refused.add("german")
    if not p.remote[request] and reach != math.inf and (math.isnan(distance) or distance > reach):
        refused.add("reach")
    if p.topic_stance[request, pilot] == -1:
        refused.add("topic")
    if p.gender_wanted[request] != "" and p.gender[pilot] != p.gender_wanted[request]:
        refused.add("gender")
    valid_until = int(p.check_valid_until[pilot])
    if p.minors[request] and (valid_until == -1 or valid_until < end):
        refused.add("background_check")
    if p.veto[request, pilot]:
        refused.add("veto")
    if not p.available[slot, pilot]:
        refused.add("availability")
    for busy, busy_start, busy_end, busy_buffer, here in zip(
        p.busy_pilot, p.busy_start, p.busy_end, p.busy_buffer, p.busy_here[request], strict=True
    ):
        travel = 0 if here else buffer + int(busy_buffer)
        if busy == pilot and max(busy_start, start - travel) < min(busy_end, end + travel):
            refused.add("double_booking")
    if p.committed_hours[slot, pilot] + (end - start) / 60 > p.monthly_hours[pilot] + 1e-9:
        refused.add("capacity")
    if p.heavy[request] and p.heavy_sessions[slot, pilot] + 1 > p.heavy_per_month[pilot]:
        refused.add("heavy_topics")
    return refused


def values(p: Problem, request: int, pilot: int, weights: Weights) -> dict[str, float]:
    """The definition of the soft terms for one pair, without NumPy's arithmetic."""
    asked = [column for column in range(len(p.languages)) if p.required_level[request, column] > 0]
    reached = [column for column in asked if level(p, pilot, column) >= p.required_level[request, column]]
    fits = [level(p, pilot, column) / 6 * (1 if p.via[pilot, column] < 0 else 0.8) for column in reached]
    distance = float(p.distance_km[request, pilot])
    near = 0.0 if math.isnan(distance) else 2 ** (-distance / weights.half_km)
    recent, monthly = int(p.recent_sessions[pilot]), float(p.monthly_hours[pilot])
    slots = [slot for slot in range(p.slot_count) if p.slot_request[slot] == request]
    committed = min(float(p.committed_hours[slot, pilot]) for slot in slots)
    used = 1.0 if monthly == 0 else min(1.0, committed / monthly)
    sessions = int(p.topic_sessions[request, pilot])
    together, cap = min(int(p.continuity[request, pilot]), weights.continuity_cap), weights.continuity_cap
    return {
        "language_fit": max(fits, default=0.0) if asked else 1.0,
        "proximity": 1.0 if p.remote[request] else near,
        "load_spread": (math.log(2 + recent) - math.log(1 + recent)) / math.log(2) * (1 - used**2),
        "topic_experience": 0.7 * sessions / (sessions + 3) + 0.3 * (p.topic_stance[request, pilot] == 1),
        "continuity": (1 - 0.5**together) / (1 - 0.5**cap) if cap else 0.0,
    }


def slots_of(p: Problem, request: int) -> list[int]:
    return [slot for slot in range(p.slot_count) if p.slot_request[slot] == request]


@settings(max_examples=150)
@given(problems(), weights())
def test_ranking_equals_a_plain_loop(problem: Problem, weights: Weights) -> None:
    for request in range(problem.request_count):
        slots = slots_of(problem, request)
        refused = {
            pilot: {slot: refusals(problem, request, pilot, slot) for slot in slots}
            for pilot in range(problem.pilot_count)
        }
        possible = {
            pilot: tuple(slot for slot in slots if not by_slot[slot]) for pilot, by_slot in refused.items()
        }
        eligible = [pilot for pilot in possible if possible[pilot]]
        total = sum(weights.of(code) for code in TERM_CODES)
        scores = {
            pilot: sum(
                weights.of(code) * value for code, value in values(problem, request, pilot, weights).items()
            )
            / total
            for pilot in eligible
        }
        ranking = rank(problem, request, weights, limit=None)

        assert ranking.eligible == len(eligible)
        assert {candidate.pilot: candidate.slots for candidate in ranking.candidates} == {
            pilot: possible[pilot] for pilot in eligible
        }
        for candidate in ranking.candidates:
            assert candidate.score == pytest.approx(scores[candidate.pilot], abs=1e-9)
            expected = values(problem, request, candidate.pilot, weights)
            assert {part.code: part.value for part in candidate.contributions} == pytest.approx(expected)
        by_rank = [(-round(candidate.score, 12), candidate.pilot) for candidate in ranking.candidates]
        assert by_rank == sorted(by_rank)

        steps, before = [problem.pilot_count], set(range(problem.pilot_count))
        first_refusal = {}
        for count in range(1, len(CODES) + 1):
            so_far = set(CODES[:count])
            left = {p for p in before if any(not refused[p][slot] & so_far for slot in slots)}
            first_refusal.update(dict.fromkeys(before - left, CODES[count - 1]))
            steps.append(len(left))
            before = left
        assert [step.remaining for step in ranking.waterfall] == steps
        assert ranking.refused == first_refusal


@given(problems())
def test_a_pilot_is_ranked_or_refused_and_why_agrees(problem: Problem) -> None:
    for request in range(problem.request_count):
        ranking = rank(problem, request, limit=None)
        ranked = {candidate.pilot for candidate in ranking.candidates}
        assert not ranked & ranking.refused.keys()
        assert ranked | ranking.refused.keys() == set(range(problem.pilot_count))
        for pilot in range(problem.pilot_count):
            codes = [refusal.code for refusal in why(problem, request, pilot)]
            assert (codes == []) == (pilot in ranked)
            assert pilot in ranked or ranking.refused[pilot] in codes


@given(problems())
def test_lifting_every_reason_named_makes_the_pair_possible(problem: Problem) -> None:
    for request in range(problem.request_count):
        for pilot in range(problem.pilot_count):
            named = {refusal.code for refusal in why(problem, request, pilot)}
            by_slot = [refusals(problem, request, pilot, slot) for slot in slots_of(problem, request)]
            assert any(not refused - named for refused in by_slot)
            for code in named:  # and none is named that refuses nothing
                assert any(code in refused for refused in by_slot)


@given(problems(), weights())
def test_contributions_sum_to_the_score(problem: Problem, weights: Weights) -> None:
    for request in range(problem.request_count):
        for candidate in rank(problem, request, weights).candidates:
            assert (
                abs(math.fsum(part.contribution for part in candidate.contributions) - candidate.score)
                <= 1e-9
            )
            assert 0 <= candidate.score <= 1 + 1e-9


@given(problems())
def test_the_waterfall_only_falls_and_ends_at_the_eligible(problem: Problem) -> None:
    ranking = rank(problem, 0)
    remaining = [step.remaining for step in ranking.waterfall]
    assert [step.code for step in ranking.waterfall] == ["considered", *CODES]
    assert remaining[0] == problem.pilot_count
    assert remaining == sorted(remaining, reverse=True)
    assert remaining[-1] == ranking.eligible == problem.pilot_count - len(ranking.refused)


@given(problems())
def test_capacity_is_never_exceeded(problem: Problem) -> None:
    for request in range(problem.request_count):
        for candidate in rank(problem, request, limit=None).candidates:
            for slot in candidate.slots:
                hours = float(problem.slot_end[slot] - problem.slot_start[slot]) / 60
                assert (
                    problem.committed_hours[slot, candidate.pilot] + hours
                    <= problem.monthly_hours[candidate.pilot]
                )


def reordered(problem: Problem, order: list[int]) -> Problem:
    """The same problem with its pilots in another order, or with some of them only."""
    new_row = {old: new for new, old in enumerate(order)}
    kept = np.isin(problem.busy_pilot, order)
    changed: dict[str, Any] = {item.name: getattr(problem, item.name) for item in fields(problem)}
    for name, (spec, _dtype) in ARRAYS.items():
        if "P" in spec.axes:
            changed[name] = np.take(changed[name], order, axis=spec.axes.index("P"))
        if "B" in spec.axes:
            changed[name] = np.compress(kept, changed[name], axis=spec.axes.index("B"))
    rows = [new_row[old] for old in changed["busy_pilot"].tolist()]
    changed["busy_pilot"] = np.array(rows, dtype=np.int64)
    changed["gender"] = tuple(problem.gender[old] for old in order)
    return Problem(**changed)


def by_pilot(ranking: Ranking, order: list[int]) -> dict[int, tuple[float, tuple[int, ...]]]:
    return {order[candidate.pilot]: (candidate.score, candidate.slots) for candidate in ranking.candidates}


@given(problems(min_pilots=1), weights(), st.randoms(use_true_random=False))
def test_permuting_pilots_permutes_the_answer(problem: Problem, weights: Weights, random: Any) -> None:
    order = list(range(problem.pilot_count))
    before = rank(problem, 0, weights, limit=None)
    random.shuffle(order)
    after = rank(reordered(problem, order), 0, weights, limit=None)
    assert by_pilot(after, order) == by_pilot(before, list(range(problem.pilot_count)))
    assert after.waterfall == before.waterfall
    assert {order[pilot]: code for pilot, code in after.refused.items()} == before.refused
    assert [c.score for c in after.candidates] == [c.score for c in before.candidates]


@given(problems(min_pilots=1), weights(), st.data())
def test_adding_a_pilot_changes_nothing_for_the_others(
    problem: Problem, weights: Weights, data: st.DataObject
) -> None:
    added = data.draw(st.integers(0, problem.pilot_count - 1))
    others = [pilot for pilot in range(problem.pilot_count) if pilot != added]
    without = by_pilot(rank(reordered(problem, others), 0, weights, limit=None), others)
    with_all = by_pilot(rank(problem, 0, weights, limit=None), list(range(problem.pilot_count)))
    with_all.pop(added, None)
    assert with_all == without


@given(problems(), weights(), st.integers(0, 15))
def test_a_limit_cuts_the_same_list(problem: Problem, weights: Weights, limit: int) -> None:
    whole = rank(problem, 0, weights, limit=None)
    assert rank(problem, 0, weights, limit=limit).candidates == whole.candidates[:limit]
