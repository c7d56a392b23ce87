"""Are the right pilots ranked in the right order, with a waterfall, reasons and an answer to "why not"?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matching.constraints import CONSTRAINTS
from matching.problem import Problem
from matching.ranking import Refusal, Step, rank, why
from matching.weights import TERM_CODES, Weights

FourPilots = Callable[..., Problem]
NEAR_ONLY = Weights(proximity=1, language_fit=0, load_spread=0, topic_experience=0, continuity=0)


def test_best_first(four_pilots: FourPilots) -> None:
    ranking = rank(four_pilots(distance_km=[[10.0, 0.0, 5.0, 20.0]]), 0, NEAR_ONLY)
    assert [candidate.pilot for candidate in ranking.candidates] == [1, 2, 0, 3]
    assert [candidate.score for candidate in ranking.candidates] == pytest.approx([1.0, 0.5, 0.25, 0.0625])


def test_ties_go_by_row(four_pilots: FourPilots) -> None:
    ranking = rank(four_pilots(distance_km=[[5.0, 5.0, 0.0, 5.0]]), 0)
    assert [candidate.pilot for candidate in ranking.candidates] == [2, 0, 1, 3]


def test_weights_decide_between_near_and_known(four_pilots: FourPilots) -> None:
    problem = four_pilots(distance_km=[[0.0, 15.0, 30.0, 30.0]], continuity=[[0, 4, 0, 0]])
    assert rank(problem, 0, NEAR_ONLY).candidates[0].pilot == 0
    assert rank(problem, 0, Weights(proximity=0.1, continuity=1)).candidates[0].pilot == 1


def test_only_ratios_of_weights_matter(four_pilots: FourPilots) -> None:
    problem = four_pilots(distance_km=[[1.0, 2.0, 3.0, 4.0]], recent_sessions=[4, 3, 2, 1])
    tenfold = Weights(**{code: 10 * Weights().of(code) for code in TERM_CODES})
    scores = [
        [candidate.score for candidate in rank(problem, 0, weights).candidates] for weights in (None, tenfold)
    ]
    assert scores[0] == pytest.approx(scores[1])


def test_contributions_explain_the_score(four_pilots: FourPilots) -> None:
    weights = Weights(language_fit=1, proximity=2, load_spread=1, topic_experience=0, continuity=0)
    candidate = rank(four_pilots(distance_km=[[5.0, 40.0, 40.0, 40.0]]), 0, weights).candidates[0]
    assert [part.code for part in candidate.contributions] == list(TERM_CODES)
    assert [part.weight for part in candidate.contributions[:5]] == [1, 2, 1, 0, 0]
    contributions = [part.contribution for part in candidate.contributions[:5]]
    assert contributions == pytest.approx([0.25, 0.25, 0.25, 0, 0])
    assert candidate.contributions[1].value == pytest.approx(0.5)
    assert candidate.contributions[1].facts == {"distance_km": 5.0, "remote": False}
    assert candidate.score == pytest.approx(
        sum(part.contribution for part in candidate.contributions), abs=1e-9
    )


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (1, 1), (3, 3), (10, 4), (None, 4)])
def test_limit_cuts_the_list_and_not_the_count(
    four_pilots: FourPilots, limit: int | None, count: int
) -> None:
    ranking = rank(four_pilots(), 0, limit=limit)
    assert len(ranking.candidates) == count
    assert ranking.eligible == 4


def test_ten_are_named_by_default() -> None:
    assert len(rank(Problem.build(pilots=30), 0).candidates) == 10


def test_waterfall_counts_who_is_left_after_each_constraint(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        required_german=4,
        german_level=[3, 4, 5, 6],
        gender_wanted="f",
        gender=("f", "m", "f", "f"),
        veto=[[True, True, False, False]],
        available=[[True, True, True, False]],
    )
    ranking = rank(problem, 0)
    assert ranking.waterfall[:9] == (
        Step("considered", 4),
        Step("language", 4),
        Step("german", 3),
        Step("reach", 3),
        Step("topic", 3),
        Step("gender", 2),
        Step("background_check", 2),
        Step("veto", 2),
        Step("availability", 1),
    )
    assert ranking.waterfall[9:] == tuple(Step(constraint.code, 1) for constraint in CONSTRAINTS[8:])
    assert ranking.refused == {0: "german", 1: "gender", 3: "availability"}
    assert ranking.eligible == 1


def test_slots_of_a_candidate_are_those_that_pass_everything() -> None:
    problem = Problem.build(
        pilots=2,
        requests=2,
        slot_request=[0, 1, 1, 1],
        slot_start=[0, 0, 1000, 2000],
        slot_end=[60, 60, 1060, 2060],
        available=[[True, True], [False, True], [True, True], [True, True]],
        busy_pilot=[0],
        busy_start=2030,
        busy_end=2040,
    )
    ranking = rank(problem, 1)
    assert {candidate.pilot: candidate.slots for candidate in ranking.candidates} == {0: (2,), 1: (1, 2, 3)}
    assert rank(problem, 0).candidates[0].slots == (0,)


def test_one_request_is_not_judged_by_another() -> None:
    problem = Problem.build(
        pilots=2,
        requests=2,
        required_german=[6, 1],
        german_level=[3, 6],
        distance_km=[[1, 9], [9, 1]],
        reach_km=5.0,
        topic=("health", "school"),
    )
    assert rank(problem, 0).refused == {0: "german", 1: "reach"}
    assert rank(problem, 1).refused == {0: "reach"}


def test_slots_that_fail_for_different_reasons_leave_nobody(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        slot_request=[0, 0],
        slot_start=[0, 1000],
        slot_end=[60, 1060],
        available=[[False, True, True, True], [True, True, True, True]],
        busy_pilot=[0],
        busy_start=1000,
        busy_end=1010,
    )
    ranking = rank(problem, 0)
    assert ranking.refused == {0: "double_booking"}
    assert why(problem, 0, 0) == (
        Refusal("availability", {"slots": 2, "slots_refused": 1}),
        Refusal("double_booking", {"half_buffer_minutes": 0, "slots": 2, "slots_refused": 1}),
    )


def test_why_names_all_reasons_and_not_only_the_first(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        required_german=5,
        german_level=[2, 6, 6, 6],
        distance_km=[[30.0, 1.0, 1.0, 1.0]],
        reach_km=10.0,
        veto=[[True, False, False, False]],
    )
    assert rank(problem, 0).refused == {0: "german"}
    assert [refusal.code for refusal in why(problem, 0, 0)] == ["german", "reach", "veto"]
    assert why(problem, 0, 1) == ()


def test_why_leaves_out_what_is_not_in_the_way(four_pilots: FourPilots) -> None:
    # One of two dates does not suit, but the other does: lifting the language alone would be enough.
    problem = four_pilots(
        languages=("kmr",),
        required_level=[[4]],
        level=[[3], [6], [6], [6]],
        slot_request=[0, 0],
        available=[[False, True, True, True], [True, True, True, True]],
    )
    assert [refusal.code for refusal in why(problem, 0, 0)] == ["language"]


def test_a_pool_of_nobody_is_ranked() -> None:
    ranking = rank(Problem.build(pilots=0), 0)
    assert (ranking.candidates, ranking.refused, ranking.eligible) == ((), {}, 0)
    assert [step.remaining for step in ranking.waterfall] == [0] * (len(CONSTRAINTS) + 1)


def test_nobody_eligible_is_an_answer_too(four_pilots: FourPilots) -> None:
    ranking = rank(four_pilots(veto=True), 0)
    assert ranking.candidates == ()
    assert ranking.refused == dict.fromkeys(range(4), "veto")


def test_rows_that_do_not_exist_are_refused(four_pilots: FourPilots) -> None:
    with pytest.raises(IndexError, match="request 1 of 1"):
        rank(four_pilots(), 1)
    with pytest.raises(IndexError, match="request -1 of 1"):
        why(four_pilots(), -1, 0)
    with pytest.raises(IndexError, match="pilot 4 of 4"):
        why(four_pilots(), 0, 4)
    with pytest.raises(IndexError, match="pilot -1 of 4"):
        why(four_pilots(), 0, -1)
    with pytest.raises(ValueError, match="limit"):
        rank(four_pilots(), 0, limit=-1)
