"""Do problems become streams with the pairs, scores and dates that ranking would see, under these rules or others?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matching.problem import Problem
from matching.ranking import rank
from matching.stream_parts import OtherRules, candidates_of, under, without_bookings
from matching.town import Town, draw_town
from matching.town_problem import problem_of
from matching.town_requests import Requests, draw_requests
from matching.town_stream import stream_of
from matching.weights import Weights

NEAR_ONLY = Weights(proximity=1, language_fit=0, load_spread=0, topic_experience=0, continuity=0)


@pytest.fixture(scope="module")
def town() -> Town:
    return draw_town(200, seed=2)


@pytest.fixture(scope="module")
def requests(town: Town) -> Requests:
    return draw_requests(town, per_day=4, days=40, seed=2)


@pytest.fixture(scope="module")
def problem(town: Town, requests: Requests) -> Problem:
    return problem_of(town, requests, np.arange(requests.count))


def pairs(problem: Problem, request: int) -> dict[int, float]:
    found = candidates_of(problem)
    mine = found.request == request
    return dict(zip(found.pilot[mine].tolist(), found.score[mine].tolist(), strict=True))


def test_candidates_are_those_of_ranking_on_the_date_most_can_make(problem: Problem) -> None:
    found = candidates_of(problem)
    several = 0
    for request in range(problem.request_count):
        slots = problem.slots_of(request)
        ranked = rank(problem, request, limit=None).candidates
        able = {
            slot: {candidate.pilot: candidate.score for candidate in ranked if slot in candidate.slots}
            for slot in range(slots.start, slots.stop)
        }
        several += len({len(pilots) for pilots in able.values()}) > 1
        best = max(able, key=lambda slot: (len(able[slot]), -problem.slot_start[slot]))
        assert found.start[request] == problem.slot_start[best]
        assert found.end[request] == problem.slot_end[best]
        mine = found.request == request
        assert dict(zip(found.pilot[mine].tolist(), found.score[mine].tolist(), strict=True)) == able[best]
    assert several > 5  # so that there was a date to choose


def test_the_stream_of_a_town_has_all_pairs_in_blocks_of_any_size(
    town: Town, requests: Requests, problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = candidates_of(problem)
    done: list[int] = []
    monkeypatch.setattr("matching.town_stream.PAIRS_AT_ONCE", 7 * town.pilots)
    stream = stream_of(town, requests, progress=done.append)
    assert stream.request.tolist() == whole.request.tolist()
    assert stream.pilot.tolist() == whole.pilot.tolist()
    assert stream.score.tolist() == whole.score.tolist()
    assert stream.start.tolist() == whole.start.tolist()
    assert stream.filed.tolist() == requests.filed.tolist()
    assert done[0] == 7
    assert done[-1] == requests.count
    assert 0.25 < stream.chance.mean() < 0.45


def test_far_and_hurried_requests_find_fewer_who_say_yes(town: Town, requests: Requests) -> None:
    stream = stream_of(town, requests)
    far = stream.distance_km > 8
    lead = (stream.start - stream.filed)[stream.request]
    assert stream.chance[far].mean() < stream.chance[~far].mean()
    assert stream.chance[lead < 2 * 1440].mean() < stream.chance[lead > 5 * 1440].mean()


def test_no_requests_make_an_empty_stream(town: Town) -> None:
    assert stream_of(town, draw_requests(town, per_day=1e-9, days=1, seed=1)).count == 0


def test_weights_change_scores_and_not_who_is_possible(town: Town, requests: Requests) -> None:
    usual, near = stream_of(town, requests), stream_of(town, requests, NEAR_ONLY)
    assert usual.pilot.tolist() == near.pilot.tolist()
    assert usual.score.tolist() != near.score.tolist()
    on_site = np.isfinite(near.distance_km)
    assert near.score[on_site] == pytest.approx(2.0 ** (-near.distance_km[on_site] / 5))


def one(**arrays: object) -> Problem:
    return Problem.build(pilots=2, languages=("kmr",), level=[[3], [5]], **arrays)


def test_other_rules_let_others_come() -> None:
    far = one(required_level=[[3]], distance_km=[[12.0, 1.0]], reach_km=[10.0, 10.0])
    assert set(pairs(far, 0)) == {1}
    assert set(pairs(under(far, OtherRules(extra_reach_km=2)), 0)) == {0, 1}
    assert set(pairs(under(far, OtherRules(extra_reach_km=-10)), 0)) == set()
    fluent = one(required_level=[[4]])
    assert set(pairs(fluent, 0)) == {1}
    assert set(pairs(under(fluent, OtherRules(level_shift=-1)), 0)) == {0, 1}
    assert set(pairs(under(fluent, OtherRules(level_shift=2)), 0)) == set()
    german = one(required_level=[[3]], required_german=[4], german_level=[3, 6])
    assert set(pairs(german, 0)) == {1}
    assert set(pairs(under(german, OtherRules(german_shift=-1)), 0)) == {0, 1}


def test_a_level_that_is_not_asked_for_stays_so() -> None:
    silent = under(one(required_level=[[0]]), OtherRules(level_shift=3))
    assert silent.required_level.tolist() == [[0]]
    lowest = under(one(required_level=[[2]]), OtherRules(level_shift=-6))
    assert lowest.required_level.tolist() == [[1]]  # a pilot of unknown level stays out


def test_the_default_changes_nothing(problem: Problem) -> None:
    same = under(problem, OtherRules())
    assert all(
        np.array_equal(getattr(same, name), getattr(problem, name), equal_nan=True)
        for name in ("reach_km", "required_level", "required_german", "distance_km")
    )


def test_bookings_can_be_taken_away() -> None:
    booked = one(required_level=[[3]], busy_pilot=[0, 1], busy_start=[0, 10], busy_end=[60, 20])
    booked = replace(booked, committed_hours=np.full((1, 2), 10.0), monthly_hours=np.full(2, 10.0))
    assert set(pairs(booked, 0)) == set()
    assert set(pairs(without_bookings(booked), 0)) == {0, 1}


@pytest.mark.parametrize(
    "wrong",
    [{"extra_reach_km": 5000}, {"level_shift": 7}, {"german_shift": -7}, {"travel_buffer_minutes": -1}],
)
def test_senseless_rules_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        OtherRules(**wrong)
