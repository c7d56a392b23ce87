"""How well did asking go: for those who need help, for those who are asked, and for each group alike?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from matching.simulation import Outcome

SMALLEST_GROUP = 30  # below that a group's rate is mostly chance
BUSIEST_SHARE = 0.1
CALIBRATION_BINS = 10

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """The figures of one or several runs; a figure that nothing speaks to is NaN."""

    requests: int
    fill_rate: float  # requests with all seats confirmed
    target_reached: float  # of the requests that could be filled at all, those that were in time
    median_hours: float  # from filing to the confirmation, of the filled
    slow_hours: float  # 90 % of the filled were confirmed by then
    messages_per_filled: float
    late_per_filled: float  # people who said yes in vain, per filled request
    late_share: float  # of all who said yes in time
    muted_share: float  # of the pilots: left because of too many messages
    mean_travel_km: float  # one way, where there is a place to go to
    load_gini: float  # of sessions over the pilots who could have had one: 0 even, 1 all with one
    busiest_share: float  # of all sessions, those of the busiest tenth of them
    fill_gap: float  # largest difference of the fill rate between groups of one kind
    hours_gap: float  # … of the median hours
    brier: float  # of the estimated chances against what the people asked wanted
    calibration_error: float  # expected, over ten equal-sized bins

    def to_dict(self) -> dict[str, float | int]:
        """Plain numbers by name."""
        return asdict(self)


def scorecard(outcome: Outcome) -> Scorecard:
    """The figures of one run."""
    stream, filled = outcome.stream, outcome.filled
    hours = (outcome.filled_at - stream.filed)[filled] / 60
    count = max(int(filled.sum()), 1) if filled.any() else np.nan
    late, accepted = int(outcome.accepted_late.sum()), int(outcome.accepted.sum())
    eligible = np.unique(stream.pilot)
    sessions = np.sort(outcome.pilot_sessions[eligible]).astype(np.float64)
    fill_gap, hours_gap = _gaps(outcome)
    brier, error = calibration(outcome.message_estimate, outcome.message_yes)
    return Scorecard(
        requests=stream.count,
        fill_rate=_mean(filled),
        target_reached=_mean(filled[outcome.possible]),
        median_hours=_quantile(hours, 0.5),
        slow_hours=_quantile(hours, 0.9),
        messages_per_filled=float(outcome.messages.sum() / count),
        late_per_filled=float(late / count),
        late_share=late / accepted if accepted else np.nan,
        muted_share=_mean(outcome.muted[eligible]),
        mean_travel_km=_mean(outcome.distance_km[np.isfinite(outcome.distance_km)]),
        load_gini=gini(sessions),
        busiest_share=_share_of_busiest(sessions),
        fill_gap=fill_gap,
        hours_gap=hours_gap,
        brier=brier,
        calibration_error=error,
    )


def compare(outcomes: Mapping[str, Outcome | Iterable[Outcome]]) -> dict[str, Scorecard]:
    """The scorecard of each policy by name; where it ran several times, the mean of its runs."""
    cards = {}
    for name, runs in outcomes.items():
        each = [scorecard(run) for run in ([runs] if isinstance(runs, Outcome) else runs)]
        cards[name] = mean_of(each)
    return cards


def mean_of(cards: list[Scorecard]) -> Scorecard:
    """Figure by figure; `requests` is the sum."""
    if not cards:
        raise ValueError("no runs to take the mean of")
    means = {
        item.name: float(np.mean([getattr(card, item.name) for card in cards]))
        for item in fields(Scorecard)
        if item.name != "requests"
    }
    return Scorecard(requests=sum(card.requests for card in cards), **means)


def gini(values: Floats) -> float:
    """Gini coefficient of non-negative values: mean absolute difference over twice the mean; 0 for all equal."""
    if not len(values):
        return np.nan
    if not values.sum():
        return 0.0
    ranks = np.arange(1, len(values) + 1)
    ordered = np.sort(values)
    return float((2 * ranks - len(values) - 1) @ ordered / (len(values) * ordered.sum()))


def calibration(estimate: Floats, happened: NDArray[np.bool_]) -> tuple[float, float]:
    """Brier score and expected calibration error of probabilities [M] against what happened [M].

    Bins hold equally many estimates each (Nixon et al. 2019, "Measuring Calibration in Deep Learning").
    """
    if not len(estimate):
        return np.nan, np.nan
    brier = float(np.mean((estimate - happened) ** 2))
    bins = np.array_split(np.argsort(estimate, kind="stable"), CALIBRATION_BINS)
    off = sum(abs(estimate[rows].sum() - happened[rows].sum()) for rows in bins)
    return brier, float(off / len(estimate))


def _gaps(outcome: Outcome) -> tuple[float, float]:
    """Largest difference of fill rate and of median hours within any kind of group; NaN without two groups."""
    hours = np.where(outcome.filled, (outcome.filled_at - outcome.stream.filed) / 60, np.nan)
    gaps: list[tuple[float, float]] = []
    for labels in outcome.stream.groups.values():
        names, group, size = np.unique(np.array(labels), return_inverse=True, return_counts=True)
        large = [row for row in range(len(names)) if size[row] >= SMALLEST_GROUP]
        if len(large) < 2:
            continue
        rates = [float(outcome.filled[group == row].mean()) for row in large]
        medians = [_quantile(hours[(group == row) & outcome.filled], 0.5) for row in large]
        gaps.append((max(rates) - min(rates), float(np.nanmax(medians) - np.nanmin(medians))))
    if not gaps:
        return np.nan, np.nan
    fill_gaps, hours_gaps = zip(*gaps, strict=True)
    return max(fill_gaps), max(hours_gaps)


def _share_of_busiest(sessions: Floats) -> float:
    """Of `sessions` in ascending order, the share of the busiest tenth of people, rounded up."""
    total = sessions.sum()
    busiest = int(np.ceil(len(sessions) * BUSIEST_SHARE))
    return float(sessions[len(sessions) - busiest :].sum() / total) if total else np.nan


def _mean(values: NDArray[np.bool_] | Floats) -> float:
    return float(values.mean()) if len(values) else np.nan


def _quantile(values: Floats, share: float) -> float:
    return float(np.quantile(values, share)) if len(values) else np.nan
