"""Does each soft term prefer whom it should, in 0..1, and give the facts for it?"""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from matching.problem import Problem
from matching.terms import (
    TERMS,
    Continuity,
    LanguageFit,
    LoadSpread,
    Proximity,
    Term,
    TopicExperience,
    terms_for,
)
from matching.weights import TERM_CODES, Weights, WeightsError

FourPilots = Callable[..., Problem]


def test_every_term_has_a_weight() -> None:
    assert tuple(term.code for term in TERMS) == TERM_CODES


def test_terms_take_their_parameters_from_the_weights() -> None:
    terms = terms_for(Weights(half_km=2.0, continuity_cap=3))
    assert Proximity(half_km=2.0) in terms
    assert Continuity(cap=3) in terms


def test_language_fit_prefers_level_and_speaking_it_oneself(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        languages=("prs",),
        required_level=[[3]],
        speaks=[[6], [5], [5], [2]],
        understands=[[6], [6], [6], [6]],
        via=[[-1], [-1], [0], [-1]],
        via_languages=("fa",),
    )
    # The weaker direction counts.
    assert LanguageFit().score(problem, 0) == pytest.approx([1.0, 5 / 6, 0.8 * 5 / 6, 0.0])
    assert LanguageFit().facts(problem, 0, 2) == {
        "language": "prs",
        "required_level": 3,
        "level": 5,
        "speaks": 5,
        "understands": 6,
        "via": "fa",
    }


def test_language_fit_takes_the_best_language_that_is_asked_for_and_reached(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        languages=("ar", "en", "kmr"),
        required_level=[[4, 6, 0]],
        level=[[4, 5, 6], [4, 6, 0], [3, 5, 6], [6, 6, 6]],
    )
    # The first pilot's English would be better, but does not reach what is asked; Kurmanji is not asked for.
    assert LanguageFit().score(problem, 0) == pytest.approx([4 / 6, 1.0, 0.0, 1.0])
    assert LanguageFit().facts(problem, 0, 0)["language"] == "ar"
    assert LanguageFit().facts(problem, 0, 1)["language"] == "en"


def test_language_fit_is_full_where_no_language_is_asked_for(four_pilots: FourPilots) -> None:
    problem = four_pilots(languages=("kmr",), level=[[6], [0], [1], [2]])
    assert LanguageFit().score(problem, 0).tolist() == [1.0] * 4
    assert LanguageFit().facts(problem, 0, 1)["language"] is None


def test_proximity_halves_every_half_km(four_pilots: FourPilots) -> None:
    problem = four_pilots(distance_km=[[0.0, 5.0, 10.0, np.nan]])
    assert Proximity(half_km=5.0).score(problem, 0) == pytest.approx([1.0, 0.5, 0.25, 0.0])
    assert Proximity().facts(problem, 0, 1) == {"distance_km": 5.0, "remote": False}
    assert Proximity().facts(problem, 0, 3) == {"distance_km": None, "remote": False}


def test_proximity_is_full_by_phone(four_pilots: FourPilots) -> None:
    problem = four_pilots(remote=True, distance_km=[[0.0, 5.0, 90.0, np.nan]])
    assert Proximity().score(problem, 0).tolist() == [1.0] * 4
    assert Proximity().facts(problem, 0, 2) == {"distance_km": None, "remote": True}


def test_load_spread_falls_with_every_session_and_never_goes_flat(four_pilots: FourPilots) -> None:
    few = LoadSpread().score(four_pilots(recent_sessions=[0, 1, 3, 7]), 0)
    many = LoadSpread().score(four_pilots(recent_sessions=[60, 61, 100, 101]), 0)
    assert few[:2] == pytest.approx([1.0, np.log(1.5) / np.log(2)])
    assert (np.diff([*few, *many]) < 0).all()
    assert many[-1] > 0


def test_load_spread_is_the_gain_in_a_concave_welfare(four_pilots: FourPilots) -> None:
    sessions = np.array([0, 1, 5, 40])
    welfare = np.log1p  # of one pilot, by sessions
    gain = (welfare(sessions + 1) - welfare(sessions)) / (welfare(1) - welfare(0))
    assert LoadSpread().score(four_pilots(recent_sessions=sessions), 0) == pytest.approx(gain)


def test_load_spread_falls_ever_faster_with_the_month_in_use(four_pilots: FourPilots) -> None:
    problem = four_pilots(committed_hours=[[0.0, 5.0, 10.0, 99.0]], monthly_hours=[10.0, 10.0, 10.0, np.inf])
    assert LoadSpread().score(problem, 0) == pytest.approx([1.0, 0.75, 0.0, 1.0])
    assert LoadSpread().facts(problem, 0, 1) == {
        "recent_sessions": 0,
        "committed_hours": 5.0,
        "monthly_hours": 10.0,
    }
    assert LoadSpread().facts(problem, 0, 3)["monthly_hours"] is None


def test_load_spread_looks_at_the_emptiest_month_offered(four_pilots: FourPilots) -> None:
    problem = four_pilots(
        slot_request=[0, 0],
        committed_hours=[[5.0] * 4, [0.0, 5.0, 9.0, 20.0]],
        monthly_hours=[10.0, 10.0, 10.0, 0.0],
    )
    assert LoadSpread().score(problem, 0) == pytest.approx([1.0, 0.75, 0.75, 0.0])


def test_load_spread_depends_on_ones_own_sessions_only(four_pilots: FourPilots) -> None:
    alone = LoadSpread().score(four_pilots(recent_sessions=[3, 0, 0, 0]), 0)
    among_busy = LoadSpread().score(four_pilots(recent_sessions=[3, 90, 90, 90]), 0)
    assert alone[0] == among_busy[0]


def test_topic_experience_saturates_and_a_wish_adds(four_pilots: FourPilots) -> None:
    problem = four_pilots(topic="school", topic_sessions=[[0, 3, 30, 0]], topic_stance=[[0, 0, 0, 1]])
    assert TopicExperience().score(problem, 0) == pytest.approx([0.0, 0.35, 0.7 * 30 / 33, 0.3])
    assert TopicExperience().facts(problem, 0, 3) == {"topic": "school", "sessions": 0, "wished": True}


def test_continuity_helps_first_and_stops_at_the_cap(four_pilots: FourPilots) -> None:
    score = Continuity(cap=5).score(four_pilots(continuity=[[0, 1, 5, 50]]), 0)
    assert score == pytest.approx([0.0, 0.5 / (1 - 2**-5), 1.0, 1.0])
    assert Continuity(cap=5).facts(four_pilots(continuity=7), 0, 0) == {"sessions": 7, "cap": 5}


def test_continuity_can_be_switched_off(four_pilots: FourPilots) -> None:
    assert Continuity(cap=0).score(four_pilots(continuity=9), 0).tolist() == [0.0] * 4


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.code)
def test_scores_are_one_number_in_0_to_1_per_pilot_and_facts_are_plain(
    four_pilots: FourPilots, term: Term
) -> None:
    problem = four_pilots(
        languages=("kmr",),
        required_level=1,
        level=[[0], [1], [5], [6]],
        distance_km=[[0, 1e-9, 20_000, np.nan]],
        recent_sessions=[0, 1, 1_000_000, 2_147_483_647],
        topic_sessions=[[0, 1, 9, 2_147_483_647]],
        topic_stance=[[-1, 0, 1, 1]],
        continuity=[[0, 1, 9, 2_147_483_647]],
        committed_hours=[[0, 1, 700, 0]],
        monthly_hours=[0, np.inf, 3, 1e-9],
    )
    score = term.score(problem, 0)
    assert score.shape == (4,)
    assert score.dtype == np.float64
    assert ((score >= 0) & (score <= 1)).all()
    for pilot in range(4):
        facts = term.facts(problem, 0, pilot)
        assert json.loads(json.dumps(facts)) == facts


def test_weights_come_back_from_what_is_stored() -> None:
    weights = Weights(language_fit=2, proximity=0, half_km=7.5, continuity_cap=0)
    assert Weights.from_dict(json.loads(json.dumps(weights.to_dict()))) == weights
    assert weights.to_dict().keys() == {*TERM_CODES, "half_km", "continuity_cap"}
    assert Weights.from_dict({}) == Weights()


def test_weights_total_and_single_ones() -> None:
    weights = Weights(language_fit=1, proximity=2, load_spread=3, topic_experience=4, continuity=5)
    assert weights.total == 15
    assert weights.of("load_spread") == 3
    with pytest.raises(WeightsError, match="half_km"):
        weights.of("half_km")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"proximity": -0.1}, "proximity must lie between 0 and"),
        ({"proximity": float("nan")}, "proximity must lie between 0 and"),
        ({"load_spread": float("inf")}, "load_spread must lie between 0 and"),
        ({"load_spread": 10**400}, "load_spread must lie between 0 and"),
        ({"continuity": "1"}, "continuity must be a number"),
        ({"continuity": True}, "continuity must be a number"),
        (dict.fromkeys(TERM_CODES, 0), "at least one weight"),
        ({"half_km": 0}, "half_km must lie"),
        ({"half_km": 5000}, "half_km must lie"),
        ({"continuity_cap": 2.5}, "continuity_cap must be a whole number"),
        ({"continuity_cap": 101}, "continuity_cap must be a whole number"),
        ({"nearness": 1}, "unknown weights: nearness"),
    ],
)
def test_wrong_weights_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(WeightsError, match=message):
        Weights.from_dict(values)
