"""Do the figures of a scorecard say what they are said to say?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.evaluation import SMALLEST_GROUP, calibration, compare, gini, mean_of, scorecard
from matching.simulation import NEVER, Outcome
from matching.stream import Stream


def outcome_of(filled_hours: list[float | None], **changed: Any) -> Outcome:
    """Requests filed at minute 0 with one pilot each of their own, filled after so many hours, or never."""
    count = len(filled_hours)
    filled = np.array([hours is not None for hours in filled_hours])
    stream = Stream(
        pilots=count,
        filed=np.zeros(count, dtype=np.int64),
        start=np.full(count, 10_000),
        end=np.full(count, 10_060),
        first=np.arange(count + 1),
        pilot=np.arange(count),
        score=np.ones(count),
        distance_km=np.ones(count),
        chance=np.full(count, 0.5),
        groups=changed.pop("groups", {}),
    )
    values: dict[str, Any] = {
        "stream": stream,
        "filled": filled,
        "filled_at": np.array([NEVER if hours is None else int(hours * 60) for hours in filled_hours]),
        "messages": np.ones(count, dtype=np.int64),
        "accepted": filled.astype(np.int64),
        "accepted_late": np.zeros(count, dtype=np.int64),
        "distance_km": np.where(filled, 1.0, np.nan),
        "possible": np.ones(count, dtype=np.bool_),
        "pilot_messages": np.ones(count, dtype=np.int64),
        "pilot_sessions": filled.astype(np.int64),
        "muted": np.zeros(count, dtype=np.bool_),
        "session_pair": np.flatnonzero(filled),
        "message_pair": np.arange(count),
        "message_at": np.zeros(count, dtype=np.int64),
        "message_estimate": np.full(count, 0.5),
        "message_yes": filled,
    }
    return Outcome(**values | changed)


def test_rates_hours_and_messages() -> None:
    card = scorecard(
        outcome_of(
            [1.0, 2.0, 3.0, None],
            messages=np.array([2, 3, 4, 9]),
            accepted=np.array([1, 3, 1, 0]),
            accepted_late=np.array([0, 2, 0, 0]),
            possible=np.array([True, True, True, False]),
            muted=np.array([True, False, False, False]),
            distance_km=np.array([2.0, np.nan, 6.0, np.nan]),
        )
    )
    assert (card.requests, card.fill_rate, card.target_reached) == (4, 0.75, 1.0)
    assert (card.median_hours, card.slow_hours) == (2.0, pytest.approx(2.8))
    assert card.messages_per_filled == 6.0
    assert (card.late_per_filled, card.late_share) == (pytest.approx(2 / 3), pytest.approx(2 / 5))
    assert (card.muted_share, card.mean_travel_km) == (0.25, 4.0)


def test_what_nothing_speaks_to_is_not_a_number() -> None:
    card = scorecard(outcome_of([None, None]))
    assert card.fill_rate == 0.0
    for name in ("median_hours", "messages_per_filled", "late_share", "mean_travel_km", "fill_gap"):
        assert np.isnan(card.to_dict()[name]), name


def test_gaps_lie_between_groups_that_are_large_enough() -> None:
    size = SMALLEST_GROUP
    labels = ("ar",) * size + ("ti",) * size + ("so",) * (size - 1)
    hours: list[float | None] = [2.0] * size + [6.0] * (size // 3) + [None] * (size - size // 3)
    hours += [None] * (size - 1)
    card = scorecard(outcome_of(hours, groups={"language": labels, "office": ("0",) * len(labels)}))
    assert card.fill_gap == pytest.approx(2 / 3)
    assert card.hours_gap == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 1, 1, 1], 0.0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25), ([0, 0], 0.0)],
)
def test_gini(values: list[float], expected: float) -> None:
    assert gini(np.array(values, dtype=float)) == pytest.approx(expected)


@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=30), st.floats(0.1, 10))
def test_gini_is_half_the_relative_mean_difference_whatever_the_unit(
    values: list[float], unit: float
) -> None:
    array = np.array(values)
    pairs = np.abs(array[:, np.newaxis] - array).mean() / (2 * array.mean())
    assert gini(array) == pytest.approx(pairs, abs=1e-9)
    assert gini(array * unit) == pytest.approx(pairs, abs=1e-9)


def test_the_busiest_tenth_counts_among_those_who_could_have_been_asked() -> None:
    hours: list[float | None] = [1.0] * 20
    sessions = np.array([11] + [1] * 9 + [0] * 10)
    card = scorecard(outcome_of(hours, pilot_sessions=sessions))
    assert card.busiest_share == pytest.approx(12 / 20)


def test_calibration_of_honest_and_of_boastful_estimates() -> None:
    rng = np.random.default_rng(0)
    estimate = rng.uniform(0.1, 0.6, 20_000)
    happened = rng.random(20_000) < estimate
    brier, error = calibration(estimate, happened)
    assert error < 0.015
    assert brier == pytest.approx(float((estimate * (1 - estimate)).mean()), abs=0.01)
    worse, boast = calibration(estimate + 0.3, happened)
    assert boast == pytest.approx(0.3, abs=0.02)
    assert worse == pytest.approx(brier + 0.09, abs=0.01)


def test_policies_are_compared_by_name_and_over_runs() -> None:
    good, bad = outcome_of([1.0, 1.0]), outcome_of([3.0, None])
    cards = compare({"one": good, "several": [good, bad]})
    assert cards["one"] == scorecard(good) or np.isnan(cards["one"].fill_gap)
    assert cards["several"].fill_rate == pytest.approx(0.75)
    assert cards["several"].requests == 4
    assert cards["several"].median_hours == pytest.approx(2.0)


def test_no_runs_have_no_mean() -> None:
    with pytest.raises(ValueError, match="no runs"):
        mean_of([])
