"""Who could be asked for each request of an invented town, and how likely is a yes?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from matching.stream import Stream
from matching.stream_parts import Candidates, OtherRules, Part, candidates_of, joined, under
from matching.town import Town
from matching.town_problem import problem_of
from matching.town_requests import Requests
from matching.weights import Weights

PAIRS_AT_ONCE = 1_000_000  # of requests and pilots held in memory as one dense block

# How people answer in the invented town, in log odds: assumed, not fitted to anybody, chosen so that about a third of
# those who may be asked says yes. Further is harder, a wished topic easier, and tomorrow is too soon for most.
USUAL = -0.55
PER_KM = -0.05
WISHED = 0.6
PER_HOUR = -0.25  # beyond the first
WITHIN_A_DAY, WITHIN_THREE_DAYS = -1.0, -0.4
DAY_MINUTES = 24 * 60


def stream_of(
    town: Town,
    requests: Requests,
    weights: Weights | None = None,
    *,
    rules: OtherRules | None = None,
    progress: Callable[[int], None] | None = None,
) -> Stream:
    """All requests as a Stream: possible pairs, scores and the true chance of a yes of each.

    Scores are those of ranking for pilots without a history. `progress` hears how many requests are done.
    """
    return joined(
        _parts(town, requests, weights, rules or OtherRules(), progress),
        pilots=town.pilots,
        groups={
            "language": tuple(town.languages[row] for row in requests.language),
            "office": tuple(str(row) for row in requests.office),
            "organisation": tuple("" if row < 0 else str(row) for row in requests.organisation),
        },
    )


def _parts(
    town: Town,
    requests: Requests,
    weights: Weights | None,
    rules: OtherRules,
    progress: Callable[[int], None] | None,
) -> Iterator[Part]:
    at_once = max(1, PAIRS_AT_ONCE // town.pilots)
    for first in range(0, max(requests.count, 1), at_once):
        rows = np.arange(first, min(first + at_once, requests.count))
        found = candidates_of(under(problem_of(town, requests, rows), rules), weights)
        yield Part(requests.filed[rows], found, true_chance(town, requests, rows, found))
        if progress:
            progress(int(rows[-1]) + 1 if len(rows) else 0)


def true_chance(
    town: Town, requests: Requests, rows: NDArray[np.int64], found: Candidates
) -> NDArray[np.float64]:
    """[E] of a yes by the candidates of these rows, if they have not been asked for anything else lately."""
    request = rows[found.request]
    lead = found.start[found.request] - requests.filed[request]
    hours = (found.end - found.start)[found.request] / 60
    odds = (
        USUAL
        + town.willing[found.pilot]
        + PER_KM * np.nan_to_num(found.distance_km)
        + WISHED * (town.topic_stance[found.pilot, requests.topic[request]] > 0)
        + PER_HOUR * np.maximum(hours - 1, 0)
        + np.where(lead < DAY_MINUTES, WITHIN_A_DAY, np.where(lead < 3 * DAY_MINUTES, WITHIN_THREE_DAYS, 0.0))
    )
    chance: NDArray[np.float64] = expit(odds)
    return chance
