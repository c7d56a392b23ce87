"""How long does an answer take to come, if it comes at all?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import log_expit, log_ndtr, ndtr

PRIOR_ANSWERS = 20.0  # the default curve counts as much as so many answers seen
MEDIAN_HOURS = (1 / 60, 24 * 14)
SPREAD = (0.1, 4.0)
NO_TIME = 1e-300  # hours: its logarithm exists, and no answer has come by then


class DelayError(ValueError):
    """A delay curve or the answers to fit one to mean nothing."""


@dataclass(frozen=True)
class DelayCurve:
    """Log-normal: P(the answer has come by h hours | it comes at all) = Phi(ln(h / median_hours) / spread).

    The default (half within 4 h, nine in ten within 19 h) is an assumption about text messages to volunteers who
    have a job; `fit` replaces it by what an office sees. Answer times to messages are close to log-normal:
    Stouffer, Malmgren & Amaral 2006, arXiv physics/0605027.
    """

    median_hours: float = 4.0
    spread: float = 1.2

    def __post_init__(self) -> None:
        for name, (least, most) in (("median_hours", MEDIAN_HOURS), ("spread", SPREAD)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
                raise DelayError(f"{name} must be a number between {least:.3g} and {most:g}, not {value!r}")

    def answered_by(self, hours: ArrayLike) -> NDArray[np.float64]:
        """P(the answer has come `hours` after the question | it comes), same shape; 0 where hours <= 0."""
        logs = np.log(np.maximum(np.asarray(hours, dtype=np.float64), NO_TIME))
        return np.asarray(ndtr((logs - math.log(self.median_hours)) / self.spread), dtype=np.float64)

    def still_to_come(self, hours: ArrayLike) -> NDArray[np.float64]:
        """P(the answer comes later than `hours` after the question | it comes): 1 - answered_by."""
        return 1.0 - self.answered_by(hours)

    @classmethod
    def fit(
        cls,
        hours: ArrayLike,
        answered: ArrayLike,
        *,
        prior: DelayCurve | None = None,
        strength: float = PRIOR_ANSWERS,
    ) -> DelayCurve:
        """The likeliest curve given offers: hours [n] until the answer, or waited so far where not `answered` [n].

        Silence may mean "not yet" or "never": the share that never answers is estimated along (mixture cure model,
        Boag 1949). `prior` (the default curve) counts as much as `strength` answers. Raises DelayError.
        """
        waited, came = _checked(hours, answered)
        prior = prior or cls()
        if not came.any():
            return prior
        logs = np.log(np.maximum(waited, MEDIAN_HOURS[0]))
        centre = np.array([math.log(prior.median_hours), math.log(prior.spread)])
        precision = strength * np.array([1 / prior.spread**2, 2.0])  # Fisher information of so many answers

        def loss(at: NDArray[np.float64]) -> float:
            location, log_spread, odds = at
            z = (logs - location) / math.exp(log_spread)
            seen = -0.5 * z[came] ** 2 - log_spread + log_expit(odds)
            silent = np.logaddexp(log_expit(-odds), log_expit(odds) + log_ndtr(-z[~came]))
            shrink = 0.5 * float(precision @ (at[:2] - centre) ** 2)
            balance = log_expit(odds) + log_expit(-odds)  # one answer and one silence: keeps the odds finite
            return shrink - float(seen.sum() + silent.sum() + balance)

        bounds = [tuple(map(math.log, MEDIAN_HOURS)), tuple(map(math.log, SPREAD)), (-10.0, 10.0)]
        found = minimize(loss, np.array([*centre, 0.0]), method="L-BFGS-B", bounds=bounds).x
        return cls(
            median_hours=float(np.clip(math.exp(found[0]), *MEDIAN_HOURS)),
            spread=float(np.clip(math.exp(found[1]), *SPREAD)),
        )

    def to_dict(self) -> dict[str, float]:
        """Plain numbers by name, as stored."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DelayCurve:
        """The curve stored by to_dict(); missing names get their default; raises DelayError."""
        if unknown := values.keys() - {item.name for item in fields(cls)}:
            raise DelayError(f"a delay curve has no {', '.join(sorted(map(str, unknown)))}")
        return cls(**values)


def _checked(hours: ArrayLike, answered: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    waited = np.asarray(hours, dtype=np.float64)
    came = np.asarray(answered, dtype=np.bool_)
    if waited.ndim != 1 or waited.shape != came.shape:
        raise DelayError(f"hours {waited.shape} and answered {came.shape} must be two lists of one length")
    if not np.isfinite(waited).all() or (waited < 0).any():
        raise DelayError("hours must be finite and not negative")
    return waited, came
