"""Does the acceptance model learn what can be learned, at the number of answers an office has?

The truth is written here and is not of the model's form: tastes of single pilots that no feature knows, thresholds,
interactions, tiredness that builds up and fades, and mail that is not read at all. A town lives through its offers in
time, so that histories, tiredness and shares of yes come about as they would; the model learns from the first n
answers and is judged on those that follow.
"""

import time
from dataclasses import fields
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks.rows import Row
from matching.acceptance import AcceptanceModel, Prior
from matching.acceptance_report import calibration_error, report
from matching.asking_facts import FEATURES, AskingFacts, columns, day_part

SIZES = (300, 1_000, 5_000, 50_000)
AIM = 5_000
JUDGED_ON = 5_000
PILOTS = 100  # of one office; larger streams are pooled from several
ANSWERS_OF_OFFICE = 10_000
PROBABILITIES = 10_000


class Stream(NamedTuple):
    """Offers in the order of asking: what was known, what was answered, and the true chance of a yes."""

    X: NDArray[np.float64]
    y: NDArray[np.int64]
    truth: NDArray[np.float64]
    office: NDArray[np.int64]


class Judged(NamedTuple):
    """How one model did on the answers after those it learned from."""

    share: float  # of the learnable information
    error: float  # of calibration, against the true chances
    drawn_error: float  # the same against the drawn answers, which scatter
    trees_share: float


def run(quick: bool) -> list[Row]:
    """Rows at 300 to 50,000 answers (5,000 with `quick`), medians over seeds, beside boosted trees with defaults."""
    rows: list[Row] = []
    for size in SIZES[:3] if quick else SIZES:
        seeds = range(1, 4 if quick or size > AIM else 8)
        judged = [_judged(size, seed) for seed in seeds]
        found = Judged(*(median(values) for values in zip(*judged, strict=True)))
        aim, tail = size == AIM, f"{size:,} answers"
        share, error = ("M1", "M1-ece") if aim else (f"M1-{size}", f"M1-ece-{size}")
        rows += [
            Row(
                share,
                f"share of the learnable information, {tail}",
                found.share,
                0.65 if aim else None,
                at_least=True,
            ),
            Row(error, f"calibration error (ECE), {tail}", found.error, 0.02 if aim else None),
            Row(f"{error}-drawn", f"the same against drawn answers, {tail}", found.drawn_error),
            Row(f"{share}-trees", f"boosted trees with defaults: share, {tail}", found.trees_share),
        ]
    return [*rows, _scatter(), *_speed()]


def _judged(size: int, seed: int) -> Judged:
    X, y, truth, office = simulate(size + JUDGED_ON, seed)
    prior = Prior().fit(X[:size], y[:size])
    later = (X[size:], y[size:])
    model = AcceptanceModel(features=FEATURES).fit(X[:size], y[:size], office=office[:size])
    told = report(model, prior, *later, {}, office=office[size:], truth=truth[size:])
    chance = model.predict_proba(X[size:], office[size:])[:, 1]
    trees = HistGradientBoostingClassifier(random_state=seed).fit(X[:size], y[:size])
    theirs = report(Trees(trees), prior, *later, {}, truth=truth[size:])
    return Judged(
        share=told["learnable_share"],
        error=calibration_error(chance, truth[size:]),
        drawn_error=told["model"]["ece"],
        trees_share=theirs["learnable_share"],
    )


def _scatter() -> Row:
    """What the true chances themselves show against drawn answers: no model can be seen to be better than that."""
    errors = []
    for seed in range(1, 8):
        stream = simulate(JUDGED_ON, seed)
        errors.append(calibration_error(stream.truth, stream.y))
    return Row("M-ece-floor", f"the truth's own ECE on {JUDGED_ON:,} drawn answers", median(errors))


class Trees:
    """Another estimator where the report expects ours."""

    def __init__(self, estimator: HistGradientBoostingClassifier) -> None:
        self.estimator = estimator

    def predict_proba(self, X: NDArray[np.float64], office: object = None) -> NDArray[np.float64]:
        return self.estimator.predict_proba(X)


def _speed() -> list[Row]:
    """How long 10,000 chances take from the finished table, with straight and with bent lines."""
    rows = []
    for answers, shape in ((1_000, "straight"), (5_000, "bent")):
        X, y, _truth, _office = simulate(answers, seed=1)
        model = AcceptanceModel(features=FEATURES).fit(X, y)
        table = np.resize(X, (PROBABILITIES, X.shape[1]))
        took = []
        for _ in range(15):
            started = time.process_time()
            model.predict_proba(table)
            took.append(time.process_time() - started)
        rows.append(
            Row(f"M-ms-{shape}", f"ms for {PROBABILITIES:,} chances, {shape} lines", median(took) * 1000)
        )
    return rows


def simulate(answers: int, seed: int) -> Stream:
    """A stream of answered offers of one office, or of several side by side from 10,000 answers on."""
    offices = max(1, round(answers / ANSWERS_OF_OFFICE))
    draw = np.random.default_rng(seed)
    towns = [_town(draw, -(-answers // offices), level=draw.normal(0, 0.3)) for _ in range(offices)]
    # Side by side in time: the k-th answers of all offices stand together.
    X = np.stack([town[0] for town in towns], axis=1).reshape(-1, len(FEATURES))
    y = np.stack([town[1] for town in towns], axis=1).reshape(-1)
    truth = np.stack([town[2] for town in towns], axis=1).reshape(-1)
    office = np.tile(np.arange(offices), len(y) // offices)
    return Stream(X[:answers], y[:answers], truth[:answers], office[:answers])


def _town(
    draw: np.random.Generator, answers: int, level: float
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """One office's offers in time: each step asks a few pilots for one appointment."""
    n = PILOTS
    willing = draw.normal(0, 0.7, n)
    reads_mail = draw.beta(9, 1, n)
    likes_evenings = draw.normal(0, 0.6, n)
    minds_distance = draw.gamma(4, 0.25, n)
    reach = draw.choice([5.0, 10.0, 15.0, 20.0, 40.0], n)
    wished = draw.random((n, 8)) < 0.35
    said_yes, replied, silent, sessions, known = (np.zeros(n) for _ in range(5))
    topic_sessions, together = np.zeros((n, 8)), np.zeros((n, 60))
    months = draw.uniform(0, 36, n)
    asked: list[list[float]] = [[] for _ in range(n)]
    facts: list[list[float]] = []
    truths: list[float] = []
    labels: list[int] = []
    day = 0.0
    while len(labels) < answers:
        day += draw.exponential(0.4)
        topic, person = int(draw.integers(8)), int(draw.integers(60))
        remote, urgent = draw.random() < 0.2, draw.random() < 0.15
        lead = draw.gamma(1.2, 20) if urgent else draw.gamma(3, 60)
        hour, weekend = float(draw.choice([8, 9, 10, 11, 13, 14, 15, 16, 18])), draw.random() < 0.1
        hours, dates = float(draw.choice([0.5, 1, 1.5, 2, 3])), int(draw.choice([1, 1, 2, 3]))
        early, afternoon, late = (float(part) for part in day_part(hour))
        for pilot in draw.choice(n, size=int(draw.integers(2, 7)), replace=False):
            distance = 0.0 if remote else float(min(draw.gamma(1.6, 4), reach[pilot]))
            times = asked[pilot] = [at for at in asked[pilot] if day - at <= 180]
            week, month = (sum(day - at <= span for at in times) for span in (7, 28))
            known[pilot] = replied[pilot] + silent[pilot]
            facts.append([
                np.nan if remote else distance, reach[pilot], remote, lead, early, afternoon, late, weekend, hours,
                dates, urgent, wished[pilot, topic], topic_sessions[pilot, topic], together[pilot, person],
                sessions[pilot], week, month, known[pilot], said_yes[pilot], silent[pilot],
                day - times[-1] if times else np.inf, months[pilot] + day / 30,
            ])  # fmt: skip
            tired = sum(np.exp((at - day) / 5) for at in times)
            odds = (
                level + 0.5 + willing[pilot]
                - minds_distance[pilot] * (0.09 * distance + 1.2 * (distance > 0.8 * reach[pilot]))
                - 0.45 * tired - 1.0 * (week >= 4)
                + 0.7 * wished[pilot, topic] * (1 if hours < 2 else 0.3)
                + 0.8 * min(together[pilot, person], 2) ** 0.5
                - 1.1 * (lead < 24) * (0.4 if remote else 1.0) + 0.5 * urgent * (lead < 72)
                + likes_evenings[pilot] * late - 0.6 * early - 0.5 * weekend + 0.9 * weekend * remote
                - 0.35 * (hours - 1) + 0.3 * np.log(dates)
                + 0.25 * np.log1p(topic_sessions[pilot, topic]) - 0.4 * (months[pilot] + day / 30 < 1)
            )  # fmt: skip
            truth = reads_mail[pilot] / (1 + np.exp(-odds))
            yes = draw.random() < truth
            answered = yes or draw.random() < 0.6 * reads_mail[pilot]
            truths.append(truth)
            labels.append(int(yes))
            asked[pilot].append(day)
            said_yes[pilot] += yes
            replied[pilot] += answered
            silent[pilot] += not answered
            if yes and draw.random() < 0.5:
                sessions[pilot] += 1
                topic_sessions[pilot, topic] += 1
                together[pilot, person] += 1
        sessions *= 0.998
    names = [item.name for item in fields(AskingFacts)]
    table = columns(AskingFacts(**dict(zip(names, np.array(facts, np.float64).T, strict=True))))
    return table[:answers], np.array(labels[:answers]), np.array(truths[:answers])
