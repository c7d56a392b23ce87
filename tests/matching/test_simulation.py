"""Does the simulation keep its own laws: nobody in two places, quiet hours, budgets, no yes out of nothing?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching.answers import Behaviour, BehaviourError
from matching.delays import DelayCurve
from matching.policies import AskingPolicy, ExpectedValue, FixedWaves, NearestFirst, Sparing, TellEverybody
from matching.quiet import QuietHours
from matching.simulation import NEVER, WEEK_MINUTES, Outcome, simulate
from matching.stream import Stream, StreamError
from matching.waves import WavePolicy

DAY = 24 * 60
POLICIES: dict[str, AskingPolicy] = {
    "everybody": TellEverybody(),
    "nearest": NearestFirst(),
    "fixed": FixedWaves(),
    "sparing": Sparing(FixedWaves(), budget=2),
    "expected value": ExpectedValue(),
}
# A yes comes within minutes, everybody says what they want, nobody sleeps, tires or is misjudged.
PLAIN = Behaviour(
    delay=DelayCurve(median_hours=0.5, spread=0.1),
    keenness=0.0,
    declines_told=1.0,
    fatigue=1.0,
    muting=0.0,
    quiet=QuietHours(0, 0),
    doubt_of_pilots=0.0,
    doubt_of_pairs=0.0,
)


def busy_town(seed: int = 0, requests: int = 150, pilots: int = 60) -> Stream:
    """Sixty pilots, a dozen requests a day on the same few hours: clashes, fatigue and quarrels about people."""
    rng = np.random.default_rng(seed)
    filed = np.sort(rng.integers(0, 14 * DAY, requests))
    start = filed // DAY * DAY + rng.integers(1, 9, requests) * DAY + rng.integers(8, 17, requests) * 60
    able = rng.random((requests, pilots)) < 0.35
    pairs = int(able.sum())
    return Stream(
        pilots=pilots,
        filed=filed,
        start=start,
        end=start + 60,
        first=np.concatenate([[0], np.cumsum(able.sum(axis=1))]),
        pilot=np.nonzero(able)[1],
        score=rng.random(pairs),
        distance_km=np.where(rng.random(pairs) < 0.1, np.nan, rng.uniform(0, 20, pairs)),
        chance=rng.uniform(0.0, 0.7, pairs),
        wanted=1 + (rng.random(requests) < 0.15).astype(np.int64),
    )


def small_town(chance: list[float], /, **changed: Any) -> Stream:
    """One request, a week ahead, filed at ten; the pilots in rows are ever farther away and less suited."""
    count = len(chance)
    values: dict[str, Any] = {
        "pilots": count,
        "filed": np.array([10 * 60]),
        "start": np.array([7 * DAY + 600]),
        "end": np.array([7 * DAY + 660]),
        "first": np.array([0, count]),
        "pilot": np.arange(count),
        "score": np.linspace(0.9, 0.5, count),
        "distance_km": np.arange(float(count)),
        "chance": np.array(chance),
    }
    return Stream(**values | changed)


@pytest.fixture(scope="module", params=POLICIES)
def outcome(request: pytest.FixtureRequest) -> Outcome:
    return simulate(
        busy_town(), POLICIES[request.param], Behaviour(keenness=0.0, patience=5, muting=0.2), seed=3
    )


def test_everything_sent_is_counted_once(outcome: Outcome) -> None:
    stream = outcome.stream
    assert len(np.unique(outcome.message_pair)) == len(outcome.message_pair) == outcome.messages.sum()
    assert (
        np.bincount(stream.request[outcome.message_pair], minlength=stream.count) == outcome.messages
    ).all()
    per_pilot = np.bincount(stream.pilot[outcome.message_pair], minlength=stream.pilots)
    assert (per_pilot == outcome.pilot_messages).all()


def test_a_session_needs_a_message_that_was_answered_yes(outcome: Outcome) -> None:
    said_yes = set(outcome.message_pair[outcome.message_yes].tolist())
    assert len(outcome.session_pair) > 30
    assert set(outcome.session_pair.tolist()) <= said_yes
    assert outcome.accepted.sum() <= len(said_yes)
    assert (outcome.accepted <= outcome.messages).all()


def test_seats_are_filled_and_never_overfilled(outcome: Outcome) -> None:
    stream = outcome.stream
    seats = np.bincount(stream.request[outcome.session_pair], minlength=stream.count)
    assert (seats <= stream.wanted).all()
    assert (outcome.filled == (seats == stream.wanted)).all()
    assert ((outcome.filled_at == NEVER) == ~outcome.filled).all()
    done = outcome.filled
    assert (outcome.filled_at[done] > stream.filed[done]).all()
    assert (outcome.filled_at[done] <= stream.start[done]).all()
    assert outcome.pilot_sessions.sum() == len(outcome.session_pair)
    assert (outcome.accepted_late >= 0).all()
    assert (outcome.accepted - outcome.accepted_late >= seats).all()


def test_nobody_is_in_two_places(outcome: Outcome) -> None:
    stream = outcome.stream
    booked = stream.request[outcome.session_pair]
    for pilot in np.unique(stream.pilot[outcome.session_pair]):
        rows = booked[stream.pilot[outcome.session_pair] == pilot]
        start, end = np.sort(stream.start[rows]), np.sort(stream.end[rows])
        assert (start[1:] - end[:-1] >= 30).all()


def test_nobody_is_asked_in_quiet_hours_before_the_filing_or_too_late(outcome: Outcome) -> None:
    request = outcome.stream.request[outcome.message_pair]
    of_day = outcome.message_at % DAY
    assert ((of_day >= 8 * 60) & (of_day < 20 * 60)).all()
    assert (outcome.message_at >= outcome.stream.filed[request]).all()
    assert (outcome.message_at < outcome.stream.start[request]).all()
    assert (np.diff(outcome.message_at) >= 0).all()


def test_who_has_left_hears_nothing_more(outcome: Outcome) -> None:
    stream = outcome.stream
    for pilot in np.flatnonzero(outcome.muted):
        mine = stream.pilot[outcome.message_pair] == pilot
        assert most_in_a_week(outcome.message_at[mine]) > 5
        assert not outcome.message_yes[mine][-1]


def most_in_a_week(minutes: np.ndarray) -> int:
    """The most messages within any 7 days."""
    return max(int(((minutes >= at) & (minutes < at + WEEK_MINUTES)).sum()) for at in minutes)


@pytest.mark.parametrize(
    ("policy", "budget"),
    [(ExpectedValue(WavePolicy(budget=2)), 2), (ExpectedValue(), 3), (Sparing(TellEverybody(), budget=4), 4)],
)
def test_the_contact_budget_is_never_exceeded(policy: AskingPolicy, budget: int) -> None:
    outcome = simulate(busy_town(), policy, Behaviour(), seed=1)
    pilots = outcome.stream.pilot[outcome.message_pair]
    most = [most_in_a_week(outcome.message_at[pilots == pilot]) for pilot in np.unique(pilots)]
    assert max(most) == budget  # the town is busy enough that it bites


def test_the_same_seed_gives_the_same_outcome_and_another_one_another() -> None:
    runs = [simulate(busy_town(), ExpectedValue(), seed=seed) for seed in (5, 5, 6)]
    pairs = [run.message_pair.tolist() for run in runs]
    assert pairs[0] == pairs[1] != pairs[2]


def test_all_policies_meet_the_same_people() -> None:
    stream = busy_town()
    wants = [
        dict(zip(run.message_pair.tolist(), run.message_yes.tolist(), strict=True))
        for run in (simulate(stream, policy, PLAIN, seed=2) for policy in POLICIES.values())
    ]
    for other in wants[1:]:
        shared = wants[0].keys() & other.keys()
        assert len(shared) > 50
        assert all(wants[0][pair] == other[pair] for pair in shared)


def test_one_by_one_the_nearest_willing_one_is_found() -> None:
    outcome = simulate(small_town([0.0, 0.0, 1.0, 1.0]), NearestFirst(), PLAIN, seed=0)
    assert outcome.message_pair.tolist() == [0, 1, 2]
    assert (outcome.session_pair.tolist(), outcome.accepted_late.tolist()) == ([2], [0])
    assert outcome.distance_km.tolist() == [2.0]
    # Three answers of half an hour each, and an hour until the office confirms.
    assert outcome.filled_at[0] - outcome.stream.filed[0] == pytest.approx(150, abs=30)


def test_telling_everybody_bothers_people_in_vain() -> None:
    outcome = simulate(small_town([1.0] * 6), TellEverybody(), PLAIN, seed=0)
    assert (outcome.messages.tolist(), outcome.accepted.tolist()) == ([6], [6])
    assert outcome.accepted_late.tolist() == [5]


def test_both_seats_are_filled() -> None:
    outcome = simulate(small_town([1.0] * 6, wanted=np.array([2])), NearestFirst(), PLAIN, seed=0)
    assert (outcome.messages.tolist(), outcome.accepted_late.tolist()) == ([2], [0])
    assert outcome.filled.tolist() == [True]


def test_who_is_booked_elsewhere_meanwhile_is_replaced() -> None:
    # Two requests at the same time; pilot 0 says yes to both, pilot 1 only suits the second.
    twice = {
        "filed": np.array([600, 620]),
        "start": np.array([7 * DAY, 7 * DAY + 30]),
        "end": np.array([7 * DAY + 60, 7 * DAY + 90]),
        "first": np.array([0, 1, 3]),
        "pilot": np.array([0, 0, 1]),
        "score": np.array([1.0, 1.0, 0.5]),
        "distance_km": np.array([1.0, 1.0, 2.0]),
    }
    outcome = simulate(small_town([1.0, 1.0, 1.0], pilots=2, **twice), NearestFirst(), PLAIN, seed=0)
    assert sorted(outcome.stream.pilot[outcome.session_pair].tolist()) == [0, 1]
    assert outcome.filled.tolist() == [True, True]
    assert outcome.accepted_late.tolist() == [0, 0]


def test_too_many_messages_make_people_leave() -> None:
    many = 6
    stream = small_town(
        [0.0] * many,
        pilots=1,
        filed=np.full(many, 600),
        start=7 * DAY + 120 * np.arange(many),
        end=7 * DAY + 120 * np.arange(many) + 60,
        first=np.arange(many + 1),
        pilot=np.zeros(many, dtype=np.int64),
    )
    outcome = simulate(stream, TellEverybody(), Behaviour(patience=3, muting=1.0), seed=0)
    assert (outcome.muted.tolist(), outcome.pilot_messages.tolist()) == ([True], [4])


def test_possible_is_what_all_at_once_could_have_filled() -> None:
    outcome = simulate(busy_town(pilots=8), TellEverybody(), PLAIN, seed=4)
    assert 0.2 < outcome.possible.mean() < 0.8
    # Under plain people only bookings elsewhere stand between the possible and the filled.
    assert not (outcome.filled & ~outcome.possible).any()
    alone = simulate(small_town([0.0, 1.0]), TellEverybody(), PLAIN, seed=0)
    hopeless = simulate(small_town([0.0, 0.0]), TellEverybody(), PLAIN, seed=0)
    assert (alone.possible.tolist(), hopeless.possible.tolist()) == ([True], [False])


def test_estimates_are_calibrated_and_get_better_with_messages() -> None:
    stream = busy_town(requests=400)
    outcome = simulate(stream, TellEverybody(), Behaviour(fatigue=1.0, muting=0.0, learning=5.0), seed=1)
    estimate, yes = outcome.message_estimate, outcome.message_yes
    assert estimate.mean() == pytest.approx(yes.mean(), abs=0.03)
    half = len(yes) // 2
    early, late = (np.corrcoef(estimate[part], yes[part])[0, 1] for part in (slice(half), slice(half, None)))
    assert late > early > 0


def test_an_empty_stream_has_an_outcome() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    empty = Stream(
        pilots=3, filed=nothing, start=nothing, end=nothing, first=np.zeros(1, dtype=np.int64), pilot=nothing,
        score=np.zeros(0), distance_km=np.zeros(0), chance=np.zeros(0),
    )  # fmt: skip
    outcome = simulate(empty, ExpectedValue(), seed=0)
    assert (len(outcome.filled), outcome.pilot_messages.tolist()) == (0, [0, 0, 0])


@pytest.mark.parametrize(
    "changed",
    [
        {"start": np.array([5, 6])},
        {"score": np.zeros(3)},
        {"first": np.array([0, 1])},
        {"pilot": np.array([0, 7])},
        {"chance": np.array([0.5, 1.5])},
        {"end": np.array([0])},
        {"wanted": np.array([0])},
        {"groups": {"language": ("ar", "ti")}},
    ],
)
def test_streams_that_contradict_themselves_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(StreamError):
        small_town([0.5, 0.5], **changed)


@pytest.mark.parametrize("changed", [{"fatigue": 1.2}, {"muting": -0.1}, {"learning": 0.0}])
def test_behaviour_that_means_nothing_is_refused(changed: dict[str, float]) -> None:
    with pytest.raises(BehaviourError):
        Behaviour(**changed)
