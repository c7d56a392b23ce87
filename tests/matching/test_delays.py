"""Does the delay curve say when answers come, and is it found again in what an office sees?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.delays import DelayCurve, DelayError

TRUTH = DelayCurve(median_hours=9.0, spread=0.8)


def offers(count: int, *, share: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Offers of which `share` is ever answered, seen after 0 to 40 hours."""
    rng = np.random.default_rng(seed)
    answer = TRUTH.median_hours * np.exp(TRUTH.spread * rng.normal(size=count))
    seen = rng.uniform(0.0, 40.0, count)
    answered = (rng.random(count) < share) & (answer < seen)
    return np.where(answered, answer, seen), answered


def test_half_have_answered_at_the_median() -> None:
    assert float(TRUTH.answered_by(9.0)) == pytest.approx(0.5)
    assert TRUTH.answered_by([-1.0, 0.0, np.inf]).tolist() == [0.0, 0.0, 1.0]


@given(st.floats(0.001, 500), st.floats(1 / 60, 300), st.floats(0.1, 4))
def test_what_has_not_come_is_still_to_come(hours: float, median: float, spread: float) -> None:
    curve = DelayCurve(median, spread)
    assert float(curve.answered_by(hours) + curve.still_to_come(hours)) == pytest.approx(1.0)
    assert curve.answered_by(hours) <= curve.answered_by(2 * hours)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.2])
def test_the_curve_is_found_again_though_many_never_answer(share: float) -> None:
    found = DelayCurve.fit(*offers(4000, share=share))
    assert found.median_hours == pytest.approx(TRUTH.median_hours, rel=0.12)
    assert found.spread == pytest.approx(TRUTH.spread, rel=0.12)


def test_taking_silence_for_no_answer_ever_would_be_wrong() -> None:
    hours, answered = offers(4000, share=0.5)
    naive = float(np.median(hours[answered]))
    assert naive < 0.9 * TRUTH.median_hours < DelayCurve.fit(hours, answered).median_hours


def test_few_answers_move_the_prior_little_and_none_not_at_all() -> None:
    prior = DelayCurve(2.0, 1.0)
    assert DelayCurve.fit([], [], prior=prior) == prior
    assert DelayCurve.fit([30.0], [False], prior=prior) == prior
    one = DelayCurve.fit([30.0], [True], prior=prior).median_hours
    many = DelayCurve.fit([30.0] * 400, [True] * 400, prior=prior).median_hours
    assert prior.median_hours < one < 3.0 < 25.0 < many <= 30.5


@pytest.mark.parametrize(
    "values", [{"median_hours": 0.0}, {"spread": 9.0}, {"spread": float("nan")}, {"mean": 3.0}]
)
def test_a_curve_that_means_nothing_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(DelayError):
        DelayCurve.from_dict(values)


@pytest.mark.parametrize(("hours", "answered"), [([1.0], []), ([-1.0], [True]), ([np.inf], [False])])
def test_answers_that_mean_nothing_are_refused(hours: list[float], answered: list[bool]) -> None:
    with pytest.raises(DelayError):
        DelayCurve.fit(hours, answered)


def test_it_is_stored_and_read() -> None:
    assert DelayCurve.from_dict(TRUTH.to_dict()) == TRUTH
