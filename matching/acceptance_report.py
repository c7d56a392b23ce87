"""Is an acceptance model any good, for whom is it not, and may it go live?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.acceptance import AcceptanceModel, Prior
from matching.asking_facts import FEATURES

Floats = NDArray[np.float64]
Labels = NDArray[Any]

BINS = 10
SMALLEST_CELL = 5  # people; a group of fewer is nobody's business
HELD_OUT = 0.25  # the latest answers, which the candidate has not seen
LEAST_ANSWERS = 100
LEAST_OF_EACH = 10  # so many yes and so many no to learn from
STANDARD_ERRORS = 3.0  # how far the gain must lie above nothing


class TooFewAnswers(ValueError):
    """There is not enough to learn from."""


class TrainingResult(NamedTuple):
    """A model of all answers, the prior of the same, and the report on the answers held out."""

    model: AcceptanceModel
    prior: Prior
    report: dict[str, Any]


class Gain(NamedTuple):
    """How much log loss per answer the model spares against the prior, and how sure that is."""

    mean: float
    standard_error: float

    @property
    def beats_noise(self) -> bool:
        """Whether it lies STANDARD_ERRORS above nothing.

        Every training asks anew, so that chance has many tries. Of simulated offices whose answers nothing explains,
        about one in a hundred let a model go live on its way to 400 answers, trained again after every fifty; with
        two standard errors and a training every other night it was one in seven.
        """
        return self.mean > STANDARD_ERRORS * self.standard_error


def train(
    X: ArrayLike,
    y: ArrayLike,
    asked_at: ArrayLike,
    *,
    office: Labels | None = None,
    pilot: Labels | None = None,
    groups: Mapping[str, Labels] | None = None,
) -> TrainingResult:
    """Learn from answers `y` (0/1) to offers `X` [n, F], judged on the latest, then learned anew from all.

    `asked_at` [n] orders them. `office` gives each office a level of its own; `pilot` says whose answers belong
    together when the gain is judged; `groups` are reported and never learned from. Raises TooFewAnswers.
    """
    X, y, asked_at = np.asarray(X, np.float64), np.asarray(y, np.int64), np.asarray(asked_at)
    if len(y) < LEAST_ANSWERS:
        raise TooFewAnswers(f"{len(y)} answers, {LEAST_ANSWERS} are needed")
    # Offers made at one moment stay on one side.
    held = asked_at >= np.sort(asked_at)[first_held_out(len(y))]
    if min(y[~held].sum(), (1 - y[~held]).sum()) < LEAST_OF_EACH:
        raise TooFewAnswers(f"less than {LEAST_OF_EACH} of yes or of no to learn from")

    def part(labels: Labels | None, rows: NDArray[np.bool_]) -> Labels | None:
        return None if labels is None else np.asarray(labels)[rows]

    candidate = AcceptanceModel(features=FEATURES).fit(X[~held], y[~held], office=part(office, ~held))
    plain = Prior().fit(X[~held], y[~held])
    told = report(
        candidate,
        plain,
        X[held],
        y[held],
        {name: np.asarray(labels)[held] for name, labels in (groups or {}).items()},
        office=part(office, held),
        pilot=part(pilot, held),
    )
    gained = gain(candidate, plain, X[held], y[held], office=part(office, held), pilot=part(pilot, held))
    model = AcceptanceModel(features=FEATURES).fit(X, y, office=office)
    told |= {
        "answers": len(y),
        "learned_from": int((~held).sum()),
        "gain": gained._asdict(),
        "goes_live": gained.beats_noise,
        "weights": dict(zip(FEATURES, _weights(model, X).tolist(), strict=True)),
    }
    return TrainingResult(model, Prior().fit(X, y), told)


def first_held_out(answers: int) -> int:
    """Which of so many answers, in the order of asking, is the first that a candidate does not see."""
    return int(answers * (1 - HELD_OUT))


def gain(
    model: AcceptanceModel,
    prior: Prior,
    X: Floats,
    y: NDArray[np.int64],
    *,
    office: Labels | None = None,
    pilot: Labels | None = None,
) -> Gain:
    """What the model spares on answers it has not seen; the standard error is of pairs, clustered by `pilot`.

    One person's answers resemble each other, and as independent ones they would make chance look like knowledge.
    """
    spared = _losses(prior.predict_proba(X)[:, 1], y) - _losses(model.predict_proba(X, office)[:, 1], y)
    cluster = np.arange(len(y)) if pilot is None else np.unique(pilot, return_inverse=True)[1]
    per_cluster = np.bincount(cluster, spared - spared.mean())
    k = max(len(per_cluster), 2)
    error = np.sqrt(k / (k - 1) * (per_cluster**2).sum()) / len(y)
    return Gain(float(spared.mean()), float(error))


def report(
    model: AcceptanceModel,
    prior: Prior,
    X: Floats,
    y: NDArray[np.int64],
    groups: Mapping[str, Labels],
    *,
    office: Labels | None = None,
    pilot: Labels | None = None,
    truth: Floats | None = None,
) -> dict[str, Any]:
    """Figures of model and prior on answers neither has seen, as plain JSON values.

    `pilot` [n] says whose answer each is; without it each is somebody else's. Groups of few people are joined.
    `truth` [n], where the real chances are known, adds the share of the learnable information that the model has:
    1 - (its cross-entropy - the truth's entropy) / (the prior's - the truth's entropy).
    """
    chance, plain = model.predict_proba(X, office)[:, 1], prior.predict_proba(X)[:, 1]
    people = np.arange(len(y)) if pilot is None else np.asarray(pilot)
    told: dict[str, Any] = {
        "held_out": len(y),
        "said_yes": float(np.mean(y)),
        "model": figures(chance, y),
        "prior": {**figures(plain, y), "parameters": prior.to_dict()},
        "groups": {name: list(_cells(chance, y, labels, people)) for name, labels in groups.items()},
    }
    if truth is not None:
        entropy = _cross_entropy(truth, truth)
        spread = _cross_entropy(plain, truth) - entropy
        told["learnable_share"] = 1 - (_cross_entropy(chance, truth) - entropy) / spread
    return told


def figures(chance: Floats, y: NDArray[np.int64]) -> dict[str, Any]:
    """Brier score, log loss, calibration error (ECE, ten equal steps of chance), and the reliability curve's bins."""
    return {
        "brier": float(np.mean((chance - y) ** 2)),
        "log_loss": float(_losses(chance, y).mean()),
        "ece": calibration_error(chance, y),
        "bins": [
            {"count": count, "predicted": predicted, "observed": observed}
            for count, predicted, observed in zip(*(part.tolist() for part in _curve(chance, y)), strict=True)
        ],
    }


def calibration_error(chance: Floats, outcome: NDArray[Any]) -> float:
    """ECE: how far mean chance and mean outcome lie apart within a step of chance, weighted by the step's size."""
    count, predicted, observed = _curve(chance, outcome)
    return float((count * np.abs(predicted - observed)).sum() / len(chance))


def _curve(chance: Floats, outcome: NDArray[Any]) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Count, mean chance and mean outcome of each of BINS equal steps of chance that is not empty."""
    step = np.minimum((chance * BINS).astype(int), BINS - 1)
    count = np.bincount(step, minlength=BINS)
    filled = np.flatnonzero(count)
    predicted = np.bincount(step, chance, BINS)[filled] / count[filled]
    return count[filled], predicted, np.bincount(step, outcome, BINS)[filled] / count[filled]


def _weights(model: AcceptanceModel, X: Floats) -> Floats:
    """[F] by how much log-odds each feature tells these offers apart; negative where more of it means less likely."""
    added = model.contributions(X)
    together = ((X - X.mean(axis=0)) * (added - added.mean(axis=0))).sum(axis=0)
    weights: Floats = np.sign(together) * added.std(axis=0)
    return weights


def _cells(chance: Floats, y: NDArray[np.int64], labels: Labels, people: Labels) -> Iterator[dict[str, Any]]:
    """Count of answers, mean chance and share of yes by group. Groups of few people are joined, as "" and last.

    Joined with the next larger one if they stay too few: else the whole minus the others would show them.
    """
    codes, which = np.unique(labels, return_inverse=True)
    members = [np.unique(people[which == group]) for group in range(len(codes))]
    joined: list[int] = []
    together: Labels = people[:0]
    for group in sorted(range(len(codes)), key=lambda group: len(members[group])):
        if len(members[group]) >= SMALLEST_CELL and not 0 < len(together) < SMALLEST_CELL:
            break
        joined.append(group)
        together = np.union1d(together, members[group])
    shown = [(str(code), which == group) for group, code in enumerate(codes) if group not in joined]
    if len(together) >= SMALLEST_CELL:
        shown.append(("", np.isin(which, joined)))
    for code, rows in shown:
        predicted, observed = float(chance[rows].mean()), float(y[rows].mean())
        yield {"code": code, "count": int(rows.sum()), "predicted": predicted, "observed": observed}


def _losses(chance: Floats, y: NDArray[np.int64]) -> Floats:
    losses: Floats = -np.log(np.clip(np.where(y == 1, chance, 1 - chance), 1e-12, 1.0))
    return losses


def _cross_entropy(chance: Floats, truth: Floats) -> float:
    yes, no = np.ones(len(truth), np.int64), np.zeros(len(truth), np.int64)
    return float(np.mean(truth * _losses(chance, yes) + (1 - truth) * _losses(chance, no)))
