"""Does every repair keep its promise, is nothing that protects ever given up, and do buckets hide who it is?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.changes import on_slots
from matching.constraints import CONSTRAINTS
from matching.feasibility import BUCKETS, FEW, STAGE_OF, STAGES, SUITABLE, Draft, Repair, bucket, feasibility
from matching.problem import ARRAYS, Problem
from matching.ranking import rank
from tests.matching.test_properties import problems

MONDAY = 20_000  # an ordinal


def first_request(problem: Problem) -> Problem:
    """The same pilots with just the first request."""
    rows = {"R": slice(0, 1), "S": problem.slots_of(0)}
    cut = {
        name: getattr(problem, name)[rows[spec.axes[0]]]
        for name, (spec, _) in ARRAYS.items()
        if spec.axes[0] in rows
    }
    return replace(problem, **cut, topic=problem.topic[:1], gender_wanted=problem.gender_wanted[:1])


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Any pilots, one request in some of the languages, dates wished and others, on three days."""
    problem = first_request(draw(problems(min_pilots=1)))
    asked = draw(st.lists(st.sampled_from(problem.languages), unique=True)) if problem.languages else []
    level = draw(st.integers(1, 6))
    slots = draw(st.lists(st.integers(0, problem.slot_count - 1), min_size=1, max_size=6))
    problem = on_slots(problem, slots)
    days = draw(st.lists(st.integers(MONDAY, MONDAY + 2), min_size=len(slots), max_size=len(slots)))
    return Draft(
        replace(problem, required_level=np.full_like(problem.required_level, level)),
        asked=tuple(asked),
        wished=draw(st.integers(1, len(slots))),
        slot_day=days,
    )


def wished(draft: Draft) -> Problem:
    """The request as it would be filed."""
    required = [[6 * (code in draft.asked) for code in draft.problem.languages]]
    required = np.minimum(required, draft.problem.required_level)
    return on_slots(
        replace(draft.problem, required_level=required.astype(np.int8)), list(range(draft.wished))
    )


def changed(draft: Draft, repair: Repair) -> Problem:
    """The request filed differently: each change written down again, array by array."""
    problem = wished(draft)
    changes = {change.code: change.facts for change in repair.changes}
    given: dict[str, Any] = {}
    if "time" in changes:
        problem = replace(
            on_slots(draft.problem, [changes["time"]["slot"]]), required_level=problem.required_level
        )
    if "language" in changes:
        spoken = [[code == changes["language"]["language"] for code in problem.languages]]
        given["required_level"] = (np.array(spoken) * draft.problem.required_level).astype(np.int8)
    if "level" in changes:
        required = given.get("required_level", problem.required_level)
        given["required_level"] = (np.sign(required) * changes["level"]["level"]).astype(np.int8)
    if "setting" in changes:
        given |= {
            "remote": np.array([True]),
            "half_buffer": problem.half_buffer * 0,
            "busy_here": problem.busy_here & False,
        }
    if "reach" in changes:
        given["reach_km"] = problem.reach_km * changes["reach"]["times"]
    if "gender" in changes:
        given["gender_wanted"] = ("",)
    return replace(problem, **given)


@settings(max_examples=120)
@given(drafts(), st.booleans())
def test_what_is_promised_is_what_ranking_finds(draft: Draft, exact: bool) -> None:
    found = feasibility(draft, exact=exact)

    # Of a language that few speak, whoever asks is promised nothing, be there one or nobody.
    def holds(promised: int, problem: Problem) -> bool:
        really = rank(problem, 0).eligible
        return promised == really if exact or not rarely_spoken(problem) else promised <= really

    assert holds(found.eligible, wished(draft))
    for repair in found.repairs:
        assert holds(repair.eligible, changed(draft, repair)), repair
        assert repair.eligible > found.eligible


def rarely_spoken(problem: Problem) -> list[int]:
    """Columns of the languages asked for that fewer than FEW speak, with the German it takes, well enough."""
    able = problem.german_level >= problem.required_german[0]
    return [
        column
        for column in problem.asked_languages(0)
        if sum(able & (problem.level[:, column] >= problem.required_level[0, column])) < FEW
    ]


TOUCHES = {
    "level": {"language"},
    "language": {"language"},
    "setting": {"reach", "double_booking"},
    "reach": {"reach"},
    "gender": {"gender"},
}


@settings(max_examples=80)
@given(drafts())
def test_no_repair_gives_up_what_protects(draft: Draft) -> None:
    """Every rule but the one that a change names answers as before, for every pilot."""
    before = wished(draft)
    for change in (change for repair in feasibility(draft, exact=True).repairs for change in repair.changes):
        if change.code == "time":
            assert change.apply(draft.problem).slot_count == 1
            continue
        after = change.apply(before)
        for constraint in CONSTRAINTS:
            if constraint.code not in TOUCHES[change.code]:
                assert np.array_equal(constraint.allows(after, 0), constraint.allows(before, 0))


@settings(max_examples=80)
@given(drafts())
def test_buckets_are_all_that_a_stranger_can_tell(draft: Draft) -> None:
    found = feasibility(draft, exact=False)

    remaining = [step.remaining for step in found.steps]
    assert remaining == sorted(remaining, reverse=True)
    assert bucket(found.eligible) == bucket(remaining[-1])
    for repair in found.repairs:
        assert bucket(repair.eligible) > bucket(found.eligible)
    by_bucket = [(repair.size, -bucket(repair.eligible).at_least) for repair in found.repairs]
    assert by_bucket == sorted(by_bucket)


@settings(max_examples=150)
@given(drafts(), st.data())
def test_nobody_can_tell_a_rare_language_s_speaker_from_another_or_from_none(
    draft: Draft, data: st.DataObject
) -> None:
    """Two towns that differ in one pilot, whose only language at most FEW - 1 speak in either, look the same."""
    problem = draft.problem
    assume(draft.asked)
    column = data.draw(st.integers(0, len(problem.languages) - 1))
    one = data.draw(st.integers(0, problem.pilot_count - 1))
    speakers = data.draw(st.integers(0, FEW - 2))
    others = [pilot for pilot in range(problem.pilot_count) if pilot != one]
    spoken = np.minimum(problem.speaks, problem.understands)
    spoken[one] = 0
    spoken[others[speakers:], column] = 0
    there, gone = spoken.copy(), spoken.copy()
    there[one, column] = data.draw(st.integers(1, 6))
    anywhere = {
        "distance_km": problem.distance_km.copy(),
        "gender": tuple("f" if pilot == one else code for pilot, code in enumerate(problem.gender)),
        "check_valid_until": problem.check_valid_until.copy(),
        "available": problem.available.copy(),
    }
    anywhere["distance_km"][0, one] = 0.0
    anywhere["check_valid_until"][one] = 10_000
    anywhere["available"][:, one] = True

    def town(level: NDArray[np.int8], **other: Any) -> Draft:
        return replace(draft, problem=replace(problem, speaks=level, understands=level, **other))

    told = told_to_a_stranger(town(there))
    assert told == told_to_a_stranger(town(gone))
    assert told == told_to_a_stranger(town(there, **anywhere))


def told_to_a_stranger(draft: Draft) -> tuple[Any, ...]:
    """Everything that is shown to who is not the office."""
    found = feasibility(draft, exact=False)
    return (
        [(step.code, bucket(step.remaining)) for step in found.steps],
        bucket(found.eligible),
        [
            ([(change.code, change.facts) for change in repair.changes], bucket(repair.eligible))
            for repair in found.repairs
        ],
    )


@settings(max_examples=80)
@given(drafts())
def test_what_few_can_do_is_never_shown_in_steps_nor_promised(draft: Draft) -> None:
    found = feasibility(draft, exact=False)

    if found.steps[0].remaining < FEW:
        assert len(found.steps) == 1
    for repair in found.repairs:
        assert repair.eligible >= FEW
        assert "reach" not in repair.kind  # beyond a pilot's own radius only the office can ask


def test_more_people_never_make_a_lower_bucket() -> None:
    buckets = [bucket(count) for count in range(40)]
    assert buckets == sorted(buckets)
    assert set(buckets) == set(BUCKETS)
    for count, found in enumerate(buckets):
        assert found.at_least <= count
        assert found.at_most is None or count <= found.at_most
    with pytest.raises(ValueError, match="-1"):
        bucket(-1)


def test_every_rule_has_its_stage_and_new_ones_are_suitability() -> None:
    codes = {constraint.code for constraint in CONSTRAINTS}
    assert set(STAGE_OF) <= codes
    assert {STAGE_OF.get(code, SUITABLE) for code in codes} == set(STAGES)
    assert STAGE_OF.get("a_rule_to_come", SUITABLE) == SUITABLE
