"""What was asked of an office, and who could have done it, as a stream to replay?

Pilots are as they are now; what they have done counts from what was known when each request was filed. Who answered
then answers so again; for all other pairs the acceptance model, or its prior, says how likely a yes is.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from backend.accounts.models import Office
from backend.dispatch import training
from backend.dispatch.models import HelpRequest
from backend.dispatch.pool import Pool, load_pool
from backend.dispatch.pool_axes import minutes
from backend.dispatch.replay.history import History
from backend.dispatch.states import HelpRequestStatus
from backend.people.models import Reach
from matching.problem import Problem
from matching.stream import Stream
from matching.stream_parts import OtherRules, Part, candidates_of, joined, under
from matching.weights import Weights

FEWEST = 20  # requests below which a comparison says nothing
MEANT = (
    HelpRequestStatus.OPEN,
    HelpRequestStatus.ASSIGNED,
    HelpRequestStatus.FULFILLED,
    HelpRequestStatus.UNFILLED,
)


def past_requests(office: Office, *, since: datetime, until: datetime) -> list[HelpRequest]:
    """All that were filed then and not withdrawn, oldest first."""
    return list(
        HelpRequest.objects.filter(
            office=office, created_at__gte=since, created_at__lt=until, status__in=MEANT
        )
        .order_by("created_at", "pk")
        .select_related("office", "organisation", "meeting_place")
        .prefetch_related("slots")
    )


class Moment(NamedTuple):
    """What the office knew when one request was filed, and how those answered who were asked then."""

    filed: NDArray[np.int64]  # [1]
    problem: Problem
    pilot: NDArray[np.int64]  # [P of the problem] row among all pilots
    believed: NDArray[np.float64]  # [P of the problem] chance of a yes
    answered: NDArray[np.float64]  # [P of the problem] 1 yes, 0 no, NaN not known


class Past:
    """Past requests of one office, read once however many streams are made of them."""

    def __init__(self, office: Office, help_requests: Sequence[HelpRequest]) -> None:
        self.zone = office.zone
        self.help_requests = help_requests
        self.history = History.of(office)
        self._moments: list[Moment] = []

    def stream(self, weights: Weights, rules: OtherRules, *, progress: Callable[[int], None]) -> Stream:
        """The requests in this order; `progress` hears how many are done."""
        return joined(
            (self._part(moment, weights, rules) for moment in self._read(progress)),
            pilots=len(self.history.rows),
            wanted=np.array([one.seats for one in self.help_requests]),
            groups={
                "language": tuple(one.languages[0] for one in self.help_requests),
                "district": tuple(
                    one.meeting_place.postcode if one.meeting_place else "" for one in self.help_requests
                ),
                "organisation": tuple(str(one.organisation_id or "") for one in self.help_requests),
            },
        )

    def _read(self, progress: Callable[[int], None]) -> Iterator[Moment]:
        for row, help_request in enumerate(self.help_requests):
            if row == len(self._moments):
                self._moments.append(self._moment(help_request))
            yield self._moments[row]
            progress(row + 1)

    def _moment(self, help_request: HelpRequest) -> Moment:
        filed, slots = help_request.created_at, list(help_request.slots.all())
        # Everybody who knows a language asked for at all: other rules may reach further than today's.
        speakers = Reach.objects.filter(
            office=help_request.office, language__in=help_request.languages, pilot__in=list(self.history.rows)
        )
        pool = load_pool(help_request, slots, speakers.values("pilot"), now=filed)
        known = Pool(self.history.as_known_then(pool, help_request), pool.pilot_ids)
        return Moment(
            filed=wall_minutes(np.array([minutes(filed)]), self.zone),
            problem=known.problem,
            pilot=self.history.rows_of(pool),
            believed=training.chances(known, help_request, slots, now=filed).chance,
            answered=self.history.answers(pool, help_request),
        )

    def _part(self, moment: Moment, weights: Weights, rules: OtherRules) -> Part:
        found = candidates_of(under(moment.problem, rules), weights)
        chance = np.where(np.isnan(moment.answered), moment.believed, moment.answered)
        return Part(
            filed=moment.filed,
            candidates=found._replace(
                start=wall_minutes(found.start, self.zone),
                end=wall_minutes(found.end, self.zone),
                pilot=moment.pilot[found.pilot],
            ),
            chance=chance[found.pilot],
            believed=moment.believed[found.pilot],
        )


def wall_minutes(minute: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """Minutes since 1970 in UTC as the clock on the wall counts them: the start of a day is a multiple of 1440."""
    offsets = [datetime.fromtimestamp(each * 60, zone).utcoffset() or timedelta() for each in minute.tolist()]
    return minute + np.array([offset.total_seconds() // 60 for offset in offsets], dtype=np.int64)
