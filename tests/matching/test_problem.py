"""Does a Problem refuse arrays that contradict each other, and say what is wrong?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from matching.problem import ARRAYS, Problem, ProblemError

FourPilots = Callable[..., Problem]


def arrays_of(problem: Problem) -> dict[str, Any]:
    names = [*ARRAYS, "languages", "via_languages", "topic", "gender_wanted", "gender"]
    return {name: getattr(problem, name) for name in names}


def test_build_broadcasts_what_is_given_and_fills_the_rest(four_pilots: FourPilots) -> None:
    problem = four_pilots(languages=("kmr", "tr"), required_level=[[4, 0]], level=6, distance_km=[1, 2, 3, 4])
    assert problem.level.shape == (4, 2)
    assert problem.level.dtype == np.int8
    assert problem.distance_km.tolist() == [[1.0, 2.0, 3.0, 4.0]]
    assert problem.available.all()
    assert (problem.slot_start.tolist(), problem.slot_end.tolist()) == ([0], [60])
    assert (problem.request_count, problem.pilot_count, problem.slot_count) == (1, 4, 1)


def test_one_level_stands_for_both_directions_and_the_weaker_one_is_relied_on(
    four_pilots: FourPilots,
) -> None:
    problem = four_pilots(languages=("kmr",), level=[[6], [5], [4], [0]])
    assert problem.speaks.tolist() == problem.understands.tolist() == problem.level.tolist()
    problem = four_pilots(languages=("kmr",), level=6, speaks=[[6], [5], [0], [3]], understands=5)
    assert problem.level.tolist() == [[5], [5], [0], [3]]
    with pytest.raises(ValueError, match="read-only"):
        problem.level[0, 0] = 6


def test_every_array_has_the_dtype_its_annotation_names(four_pilots: FourPilots) -> None:
    problem = four_pilots()
    assert len(ARRAYS) == 31
    for name, (_spec, dtype) in ARRAYS.items():
        assert getattr(problem, name).dtype == dtype, name
    assert ARRAYS["slot_request"][1] == np.int64
    assert ARRAYS["remote"][1] == np.bool_


def test_the_constructor_takes_what_build_made(four_pilots: FourPilots) -> None:
    problem = Problem(**arrays_of(four_pilots()))
    assert problem.pilot_count == 4


def test_a_problem_cannot_be_changed(four_pilots: FourPilots) -> None:
    distance = np.array([[1.0, 2.0, 3.0, 4.0]])
    problem = Problem(**{**arrays_of(four_pilots()), "distance_km": distance})
    with pytest.raises(ValueError, match="read-only"):
        problem.distance_km[0, 0] = 9.0
    with pytest.raises(FrozenInstanceError):
        problem.topic = ("school",)  # type: ignore[misc]
    assert distance.flags.writeable  # the caller's own array is left alone


def test_slots_of_finds_the_rows_of_a_request() -> None:
    problem = Problem.build(pilots=1, requests=3, slot_request=[0, 0, 1, 2, 2, 2])
    assert [problem.slots_of(request) for request in range(3)] == [slice(0, 2), slice(2, 3), slice(3, 6)]
    for missing in (-1, 3):
        with pytest.raises(IndexError, match=f"request {missing} of 3"):
            problem.slots_of(missing)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"colour": 1}, "no colour"),
        ({"distance_km": [[1, 2, 3]]}, r"distance_km has shape \(1, 3\), expected \(1, 4\) = \[R, P\]"),
        ({"distance_km": -1.0}, "distance_km must lie between 0"),
        ({"distance_km": 50_000.0}, "distance_km must lie between 0 and 20040"),
        ({"distance_km": np.inf}, "distance_km must lie"),
        ({"reach_km": np.nan}, "reach_km holds NaN"),
        ({"monthly_hours": np.nan}, "monthly_hours holds NaN"),
        ({"committed_hours": -0.5}, "committed_hours must lie"),
        ({"required_german": 7}, "required_german must lie between 0 and 6"),
        ({"german_level": 2.5}, "german_level is float64, expected int8"),
        ({"german_level": 300}, "german_level does not fit into int8"),
        ({"topic_stance": 2}, "topic_stance must lie between -1 and 1"),
        ({"veto": 1}, "veto is int64, expected bool"),
        ({"slot_start": 60}, "slot 0 must end after it starts"),
        ({"slot_end": 1_800_000_000}, "slot_end must lie"),  # seconds, not minutes
        ({"half_buffer": -5}, "half_buffer must lie"),
        ({"slot_request": [0, 1]}, "slot_request points to row 1 of 1"),
        ({"slot_request": [1, 0], "requests": 2}, "slot_request must be ascending"),
        ({"slot_request": [0, 0], "requests": 2}, "request 1 has no slot"),
        ({"busy_pilot": [4], "busy_end": 1}, "busy_pilot points to row 4 of 4"),
        ({"busy_pilot": [0], "busy_start": 9, "busy_end": 9}, "busy 0 must end after it starts"),
        ({"busy_pilot": [0], "busy_end": [1, 2]}, "busy_end has shape"),
        ({"languages": ("kmr",), "via": 0}, "via points to row 0 of 0"),
        ({"languages": ("kmr", "kmr")}, "languages must be distinct"),
        ({"topic": ("a", "b")}, "topic has 2 entries, expected 1"),
        ({"gender": ("f", "m")}, "gender has 2 entries, expected 4"),
        ({"gender_wanted": "w"}, "gender_wanted holds"),
        ({"check_valid_until": -2}, "check_valid_until must lie"),
    ],
)
def test_contradictions_are_named(four_pilots: FourPilots, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        four_pilots(**given)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("speaks", [[1]], "speaks must be an array, not list"),
        ("gender", ["f", "m", "f", ""], "gender must be a tuple"),
        ("reach_km", np.ones(4, dtype=np.float32), "reach_km is float32, expected float64"),
        ("reach_km", np.ones((4, 1)), r"reach_km has shape \(4, 1\)"),
        ("german_level", 3, "german_level must be an array of one dimension"),
        ("slot_request", np.zeros((1, 1), dtype=np.int64), "slot_request must be an array of one dimension"),
        ("available", np.ones((1, 4), dtype=np.int8), "available is int8, expected bool"),
    ],
)
def test_the_constructor_converts_nothing(
    four_pilots: FourPilots, name: str, value: Any, message: str
) -> None:
    with pytest.raises(ProblemError, match=message):
        Problem(**{**arrays_of(four_pilots()), name: value})


def test_unknown_distance_may_be_nan(four_pilots: FourPilots) -> None:
    assert np.isnan(four_pilots(distance_km=np.nan).distance_km).all()
