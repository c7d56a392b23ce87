"""How likely is a pilot to say yes to one offer?

Logistic regression: log-odds are additive, so that what each fact adds is exact, and a table of chances is one product
of matrices. It follows scikit-learn's conventions and is kept as plain numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from matching.asking_facts import FEATURES, USUAL_SHARE

Floats = NDArray[np.float64]
MESSAGES = FEATURES.index("messages_7d")


class Prior:
    """The plain estimate: what is usual, less for whoever was asked a lot within the last week.

    Each message of the week (log1p) lowers the log-odds by FATIGUE. The level is fitted, with SUPPOSED answers at the
    usual share added, so that few answers move it little.
    """

    FATIGUE = 0.3
    SUPPOSED = 30.0

    def __init__(self, level: float | None = None) -> None:
        self.level = float(np.log(USUAL_SHARE / (1 - USUAL_SHARE))) if level is None else level

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Set the level to the answers `y` (0/1, [n]) to offers `X` ([n, F] of FEATURES)."""
        tired, said_yes = self._tired(X), np.asarray(y, np.float64).sum()

        def excess(level: float) -> float:
            expected = expit(level - tired).sum() + self.SUPPOSED * expit(level)
            return float(expected - said_yes - self.SUPPOSED * USUAL_SHARE)

        self.level = float(brentq(excess, -30, 30))
        return self

    def predict_proba(self, X: ArrayLike) -> Floats:
        """[n, 2]: no, yes."""
        return _two_columns(self.level - self._tired(X))

    def to_dict(self) -> dict[str, float]:
        return {"level": self.level}

    @classmethod
    def from_dict(cls, stored: Mapping[str, float]) -> Self:
        return cls(level=float(stored["level"]))

    def _tired(self, X: ArrayLike) -> Floats:
        tired: Floats = self.FATIGUE * np.asarray(X, np.float64)[:, MESSAGES]
        return tired


class AcceptanceModel(ClassifierMixin, BaseEstimator):
    """Logistic regression with a normal prior on standardised coefficients; bent lines once answers are many.

    `features`: names of the columns, kept with the model (None: any number of columns, without names).
    `spread`: standard deviation of the prior on a coefficient, in log-odds per standard deviation of its column.
    `office_spread`: the same for the offices' own levels; it draws an office with few answers to all the others.
    `bends_from`: from so many answers on, each continuous column may bend at its `bends` inner quantiles.
    """

    def __init__(
        self,
        *,
        features: Sequence[str] | None = None,
        spread: float = 0.15,
        office_spread: float = 0.3,
        bends_from: int = 4000,
        bends: int = 4,
    ) -> None:
        self.features = features
        self.spread = spread
        self.office_spread = office_spread
        self.bends_from = bends_from
        self.bends = bends

    def fit(self, X: ArrayLike, y: ArrayLike, office: ArrayLike | None = None) -> Self:
        """Learn from `X` [n, F] and two-valued `y` [n]; `office` [n] names the office that asked.

        Raises ValueError for other shapes than the features', one class alone, and numbers that are none.
        """
        table, answers = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(answers)
        if self.features is not None and len(self.features) != table.shape[1]:
            raise ValueError(f"X has {table.shape[1]} features, expected the {len(self.features)} named")
        self.classes_, target = np.unique(answers, return_inverse=True)
        if (kinds := len(self.classes_)) != 2:
            of = "1 class" if kinds == 1 else f"{kinds} classes"
            raise ValueError(f"Only binary classification is supported: y has {of}.")
        self.knots_ = self._placed_knots(table)
        basis = self._basis(table)
        mean, scale = basis.mean(axis=0), basis.std(axis=0)
        scale[scale < 1e-12 * np.maximum(1.0, np.abs(mean))] = np.inf  # a constant column tells nothing
        offices, member = _offices(office, len(table))
        design = np.hstack([(basis - mean) / scale, member * (self.office_spread / self.spread)])
        solved = LogisticRegression(C=self.spread**2, max_iter=1000, tol=1e-5).fit(design, target)
        learned = solved.coef_[0]
        self.coef_: Floats = learned[: len(scale)] / scale
        self.centre_: Floats = mean
        self.baseline_ = float(solved.intercept_[0])  # log-odds of the average offer
        levels = learned[len(scale) :] * (self.office_spread / self.spread)
        self.offices_: dict[str, float] = dict(zip(offices, levels.tolist(), strict=True))
        return self

    def decision_function(self, X: ArrayLike, office: ArrayLike | None = None) -> Floats:
        """[n] log-odds of a yes; an office that was not learned from has the common level."""
        table = self._checked(X)
        features = self.n_features_in_
        odds: Floats = table @ self.coef_[:features] + (self.baseline_ - self.centre_ @ self.coef_)
        weights = iter(self.coef_[features:])
        for feature, knots in enumerate(self.knots_):
            column = np.ascontiguousarray(table[:, feature]) if len(knots) else None
            for knot in knots:
                odds += np.maximum(column - knot, 0.0) * next(weights)
        return odds if office is None else odds + self._levels(office, len(odds))

    def predict_proba(self, X: ArrayLike, office: ArrayLike | None = None) -> Floats:
        """[n, 2]: the chances of no and yes (`classes_`), each row summing to 1."""
        return _two_columns(self.decision_function(X, office))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """[n] the likelier class."""
        chosen = (self.decision_function(X) > 0).astype(int)
        likelier: NDArray[Any] = self.classes_[chosen]
        return likelier

    def contributions(self, X: ArrayLike) -> Floats:
        """[n, F] what each feature adds to the log-odds of the average offer (`baseline_`, and the office's level)."""
        basis = self._basis(self._checked(X))
        parts = (basis - self.centre_) * self.coef_
        added: Floats = parts[:, : self.n_features_in_].copy()
        column = self.n_features_in_
        for feature, knots in enumerate(self.knots_):
            added[:, feature] += parts[:, column : column + len(knots)].sum(axis=1)
            column += len(knots)
        return added

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON numbers: what from_dict reads."""
        check_is_fitted(self)
        return {
            "params": {
                **self.get_params(),
                "features": None if self.features is None else list(self.features),
            },
            "classes": self.classes_.tolist(),
            "knots": [knots.tolist() for knots in self.knots_],
            "coef": self.coef_.tolist(),
            "centre": self.centre_.tolist(),
            "baseline": self.baseline_,
            "offices": self.offices_,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The model that to_dict wrote; raises KeyError or TypeError for anything else."""
        model = cls(**stored["params"])
        model.classes_ = np.array(stored["classes"])
        model.knots_ = [np.array(knots, np.float64) for knots in stored["knots"]]
        model.n_features_in_ = len(model.knots_)
        model.coef_ = np.array(stored["coef"], np.float64)
        model.centre_ = np.array(stored["centre"], np.float64)
        model.baseline_ = float(stored["baseline"])
        model.offices_ = dict(stored["offices"])
        return model

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _checked(self, X: ArrayLike) -> Floats:
        check_is_fitted(self)
        checked: Floats = validate_data(self, X, dtype=np.float64, reset=False)
        return checked

    def _placed_knots(self, X: Floats) -> list[Floats]:
        """Where each column may bend: at inner quantiles, and nowhere with few answers or few distinct values."""
        if len(X) < self.bends_from:
            return [np.empty(0)] * X.shape[1]
        quantiles = np.linspace(0, 1, self.bends + 2)[1:-1]
        places = [np.unique(np.quantile(column, quantiles)) for column in X.T]
        return [at[(at > column.min()) & (at < column.max())] for at, column in zip(places, X.T, strict=True)]

    def _basis(self, X: Floats) -> Floats:
        """[n, B]: the columns, then for each of their knots how far the value lies beyond it."""
        bent = [np.maximum(X[:, [f]] - knots, 0.0) for f, knots in enumerate(self.knots_) if len(knots)]
        return np.hstack([X, *bent]) if bent else X

    def _levels(self, office: ArrayLike, rows: int) -> Floats:
        named = np.broadcast_to(np.asarray(office), rows)
        codes, which = np.unique(named, return_inverse=True)
        levels: Floats = np.array([self.offices_.get(str(code), 0.0) for code in codes])[which]
        return levels


def _offices(office: ArrayLike | None, rows: int) -> tuple[list[str], Floats]:
    """The offices' names, and [n, offices] who asked; none where none are named."""
    if office is None:
        return [], np.empty((rows, 0))
    codes, which = np.unique(np.asarray(office), return_inverse=True)
    return [str(code) for code in codes], np.eye(len(codes))[which]


def _two_columns(odds: Floats) -> Floats:
    return np.column_stack([expit(-odds), expit(odds)])
