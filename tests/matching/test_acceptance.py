"""Is the acceptance model a sound estimator, and does it go live only where it knows more than the prior?"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from matching.acceptance import MESSAGES, AcceptanceModel, Prior
from matching.acceptance_report import (
    SMALLEST_CELL,
    Gain,
    TooFewAnswers,
    calibration_error,
    figures,
    gain,
    report,
    train,
)
from matching.asking_facts import FEATURES, AskingFacts, columns

F = len(FEATURES)
# Parts of names; "language" would be a fact of the request, and yet tells where somebody comes from.
FORBIDDEN = (
    "gender", "sex", "language", "origin", "nation", "country", "age", "birth", "religion", "skin", "german",
)  # fmt: skip
LEGITIMATE = {"share", "messages"}  # words that merely contain one of them


def offers(n: int, seed: int = 1) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(n, F))


def answered(X: NDArray[np.float64], odds: NDArray[np.float64], seed: int = 2) -> NDArray[np.int64]:
    return (np.random.default_rng(seed).random(len(X)) < expit(odds)).astype(np.int64)


def learnable(n: int, seed: int = 1) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    X = offers(n, seed)
    return X, answered(X, 1.2 * X[:, 0] - X[:, MESSAGES], seed + 1000)


def facts(**given: Any) -> AskingFacts:
    plain = dict.fromkeys((item.name for item in fields(AskingFacts)), 1.0)
    return AskingFacts(**{**plain, **given})


def column(name: str, **given: Any) -> float:
    return float(columns(facts(**given))[0, FEATURES.index(name)])


def words(name: str) -> set[str]:
    return set(name.split("_")) - LEGITIMATE


def test_nothing_protected_is_a_feature():
    named = [*FEATURES, *(item.name for item in fields(AskingFacts))]
    assert [name for name in named for word in words(name) for part in FORBIDDEN if part in word] == []


def test_columns_are_what_the_names_say():
    assert column("distance", distance_km=np.nan, remote=True) == 0
    assert column("distance_of_reach", distance_km=5, reach_km=10) == 0.5
    assert column("distance_of_reach", distance_km=500, reach_km=10) == 1.5
    assert column("messages_7d", messages_7d=0) == 0
    assert column("days_since_asked", days_since_asked=np.inf) == pytest.approx(np.log1p(180))
    # Without answers one's own share is the usual one; with many it is one's own.
    assert column("yes_share", answers=0, said_yes=0) == pytest.approx(0.35)
    assert column("yes_share", answers=400, said_yes=400) > 0.99


def test_facts_that_are_no_numbers_are_refused_by_name():
    with pytest.raises(ValueError, match="lead_time"):
        columns(facts(lead_hours=np.nan))


def test_it_is_an_estimator_as_scikit_learn_has_it():
    results = check_estimator(AcceptanceModel(), on_skip=None, on_fail=None)
    assert len(results) > 40
    assert [one["check_name"] for one in results if one["status"] == "failed"] == []


def test_an_unfitted_model_says_so():
    with pytest.raises(NotFittedError):
        AcceptanceModel().predict_proba(offers(3))
    with pytest.raises(NotFittedError):
        AcceptanceModel().to_dict()


def test_named_features_must_all_be_there():
    X, y = learnable(200)
    with pytest.raises(ValueError, match="features"):
        AcceptanceModel(features=FEATURES).fit(X[:, 1:], y)


@pytest.mark.parametrize("bends_from", [100, 10**9])
def test_contributions_add_up_and_numbers_come_back(bends_from: int):
    X, y = learnable(600)
    office = np.repeat(["a", "b"], 300)
    model = AcceptanceModel(features=FEATURES, bends_from=bends_from).fit(X, y, office=office)
    stored = json.loads(json.dumps(model.to_dict()))
    again = AcceptanceModel.from_dict(stored)

    assert again.to_dict() == model.to_dict()
    assert clone(again).fit(X, y, office=office).to_dict() == model.to_dict()
    np.testing.assert_array_equal(again.predict_proba(X, office), model.predict_proba(X, office))
    odds = model.baseline_ + model.contributions(X).sum(axis=1)
    np.testing.assert_allclose(expit(odds), model.predict_proba(X)[:, 1], atol=1e-12)
    levels = np.where(office == "a", model.offices_["a"], model.offices_["b"])
    np.testing.assert_allclose(expit(odds + levels), model.predict_proba(X, office)[:, 1], atol=1e-12)


def test_what_matters_is_found_and_the_rest_is_small():
    X, y = learnable(3000)
    added = AcceptanceModel().fit(X, y).contributions(X).std(axis=0)
    assert added[0] > 0.9
    assert added[MESSAGES] > 0.7
    assert np.delete(added, [0, MESSAGES]).max() < 0.15


def test_lines_bend_once_there_are_answers_enough():
    X = offers(6000)
    odds = np.where(X[:, 0] > 0, 2.5 * X[:, 0], 0.0) - 1
    y = answered(X, odds)
    bent = AcceptanceModel(bends_from=6000).fit(X, y)
    straight = AcceptanceModel(bends_from=6001).fit(X, y)
    later, truth = offers(4000, seed=9), None
    truth = expit(np.where(later[:, 0] > 0, 2.5 * later[:, 0], 0.0) - 1)
    misses = [np.abs(model.predict_proba(later)[:, 1] - truth).mean() for model in (bent, straight)]
    assert misses[0] < 0.6 * misses[1]


def test_offices_have_levels_of_their_own_drawn_to_each_other():
    X = offers(2100)
    office = np.repeat(["many", "few"], [2000, 100])
    y = answered(X, np.where(office == "many", -1.0, 2.0))
    model = AcceptanceModel().fit(X, y, office=office)
    often, seldom = (model.predict_proba(X, name)[:, 1].mean() for name in ("few", "many"))
    assert 0.22 < seldom < 0.32
    assert seldom + 0.2 < often < expit(2.0)
    np.testing.assert_array_equal(model.predict_proba(X, "unheard of"), model.predict_proba(X))


def test_the_prior_is_usual_at_first_and_lower_for_whoever_was_asked_a_lot():
    X = np.zeros((400, F))
    assert Prior().predict_proba(X)[0, 1] == pytest.approx(0.35)
    assert Prior().fit(X[:0], []).predict_proba(X)[0, 1] == pytest.approx(0.35)
    few, many = (Prior().fit(X[:n], np.ones(n)).predict_proba(X)[0, 1] for n in (5, 400))
    assert 0.35 < few < 0.5
    assert many > 0.9
    X[0, MESSAGES] = np.log1p(5)
    tired, rested = Prior().predict_proba(X)[:2, 1]
    assert tired < rested
    told = json.loads(json.dumps(Prior(level=0.3).to_dict()))
    np.testing.assert_array_equal(Prior.from_dict(told).predict_proba(X), Prior(level=0.3).predict_proba(X))


def test_figures_of_a_small_example():
    told = figures(np.array([0.2, 0.2, 0.8, 0.8]), np.array([0, 1, 1, 1]))
    assert told["brier"] == pytest.approx((0.04 + 0.64 + 0.04 + 0.04) / 4)
    assert told["log_loss"] == pytest.approx(-np.log([0.8, 0.2, 0.8, 0.8]).mean())
    assert told["ece"] == pytest.approx((2 * 0.3 + 2 * 0.2) / 4)
    assert told["bins"] == [
        {"count": 2, "predicted": pytest.approx(0.2), "observed": 0.5},
        {"count": 2, "predicted": pytest.approx(0.8), "observed": 1.0},
    ]
    assert calibration_error(np.array([1.0, 0.0]), np.array([1, 0])) == 0


def test_groups_are_reported_and_small_ones_not_even_by_subtraction():
    X, y = learnable(100)
    model, prior = AcceptanceModel().fit(X, y), Prior().fit(X, y)
    sizes = {"a": 60, "b": 26, "c": 10, "d": 3, "e": 1}
    labels = np.repeat(list(sizes), list(sizes.values()))
    cells = report(model, prior, X, y, {"kind": labels})["groups"]["kind"]
    # Three and one are four together: still too few, so that the next larger group joins them.
    assert [(cell["code"], cell["count"]) for cell in cells] == [("a", 60), ("b", 26), ("", 14)]
    chance = model.predict_proba(X)[:, 1]
    assert cells[0]["predicted"] == pytest.approx(chance[:60].mean())
    assert cells[0]["observed"] == pytest.approx(y[:60].mean())
    assert min(cell["count"] for cell in cells) >= SMALLEST_CELL


def test_groups_large_enough_stand_alone():
    X, y = learnable(100)
    cells = report(
        AcceptanceModel().fit(X, y), Prior().fit(X, y), X, y, {"kind": np.repeat(["a", "b"], [95, 5])}
    )
    assert [cell["count"] for cell in cells["groups"]["kind"]] == [95, 5]


def cells_of(labels: Any, people: Any) -> list[tuple[str, int]]:
    X, y = learnable(len(labels))
    model, prior = AcceptanceModel().fit(X, y), Prior().fit(X, y)
    told = report(model, prior, X, y, {"kind": np.asarray(labels)}, pilot=np.asarray(people))
    return [(cell["code"], cell["count"]) for cell in told["groups"]["kind"]]


def test_many_answers_of_one_person_are_no_group():
    labels = np.repeat(["ar", "fa", "ti"], [100, 30, 12])
    ar, fa = np.arange(100) % 20, 100 + np.arange(30) % 6
    assert cells_of(labels, np.r_[ar, fa, np.full(12, 500)]) == [("ar", 100), ("", 42)]
    # The joined rest is of few people too, where one gave the answers of all of it.
    rest = np.repeat(["ar", "so", "ti"], [100, 12, 12])
    assert cells_of(rest, np.r_[ar, np.full(24, 500)]) == [("", 124)]
    assert cells_of(labels, np.arange(142) % 4) == []
    assert cells_of(labels, np.r_[ar, fa, 500 + np.arange(12) % 5]) == [("ar", 100), ("fa", 30), ("ti", 12)]


def test_training_reports_groups_by_people():
    X, y = learnable(400)
    pilot, labels = np.arange(400) % 40, np.repeat("ar", 400)
    pilot[350:370], labels[350:370] = 500, "ti"
    told = train(X, y, np.arange(400), pilot=pilot, groups={"language": labels}).report
    assert [(cell["code"], cell["count"]) for cell in told["groups"]["language"]] == [("", 100)]


def test_the_share_of_what_can_be_learned_is_1_for_the_truth_and_0_for_the_prior():
    X, y = learnable(4000)
    truth = expit(1.2 * X[:, 0] - X[:, MESSAGES])

    class Oracle(AcceptanceModel):
        def predict_proba(self, X: Any, office: Any = None) -> Any:
            return np.column_stack([1 - truth, truth])

    prior = Prior().fit(X, y)
    assert report(Oracle(), prior, X, y, {}, truth=truth)["learnable_share"] == pytest.approx(1)
    ours = report(AcceptanceModel().fit(X, y), prior, X, y, {}, truth=truth)["learnable_share"]
    assert 0.9 < ours < 1


def test_what_can_be_learned_goes_live():
    for seed in range(5):
        X, y = learnable(800, seed)
        model, prior, told = train(X, y, np.arange(800))
        assert told["goes_live"]
        assert told["model"]["log_loss"] < told["prior"]["log_loss"]
        assert (told["learned_from"], told["held_out"], told["answers"]) == (600, 200, 800)
        assert told["weights"]["distance"] > 0 > told["weights"]["messages_7d"]
        assert gain(model, prior, X, y).mean > 0
        json.dumps(told, allow_nan=False)


def test_noise_alone_hardly_ever_goes_live():
    """Twenty offices whose answers nothing explains, each trained again after every fifty answers."""
    lucky = 0
    for seed in range(20):
        X = offers(400, seed)
        y = (np.random.default_rng(seed + 500).random(400) < 0.35).astype(np.int64)
        pilot = np.random.default_rng(seed).integers(0, 60, 400)
        lucky += any(
            train(X[:n], y[:n], np.arange(n), pilot=pilot[:n]).report["goes_live"]
            for n in range(100, 401, 50)
        )
    assert lucky == 0


def test_a_gain_must_lie_three_standard_errors_above_nothing():
    assert Gain(0.031, 0.01).beats_noise
    assert not Gain(0.029, 0.01).beats_noise
    assert not Gain(0.0, 0.0).beats_noise


def test_the_latest_answers_decide():
    """What held for three quarters of the time and is the other way round since then must not go live."""
    X, y = learnable(400)
    order = np.random.default_rng(3).permutation(400)
    when = np.arange(400)
    y[300:] = 1 - y[300:]
    told = train(X[order], y[order], when[order]).report
    assert not told["goes_live"]
    assert told["gain"]["mean"] < 0


def test_offers_of_one_moment_stay_on_one_side():
    X, y = learnable(400)
    told = train(X, y, np.arange(400) // 7).report
    assert told["held_out"] % 7 == 400 % 7
    assert told["learned_from"] % 7 == 0


def test_answers_of_one_person_do_not_count_as_many():
    """The same gain is less sure when it comes from one person's habit."""
    X, y = learnable(300)
    model, prior = AcceptanceModel().fit(X, y), Prior().fit(X, y)
    spared = np.argsort(model.predict_proba(X)[np.arange(300), y])
    alone = gain(model, prior, X, y).standard_error
    grouped = np.empty(300, int)
    grouped[spared] = np.arange(300) // 30  # each of ten people is well or badly understood throughout
    assert gain(model, prior, X, y, pilot=grouped).standard_error > 1.5 * alone


@pytest.mark.parametrize(
    "y", [np.zeros(400, int), np.r_[np.ones(5, int), np.zeros(395, int)], np.ones(20, int)]
)
def test_too_few_answers_teach_nothing(y: NDArray[np.int64]):
    with pytest.raises(TooFewAnswers):
        train(offers(len(y)), y, np.arange(len(y)))
