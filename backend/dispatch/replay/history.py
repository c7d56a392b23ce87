"""What was known of the pilots when a request was filed, and how did they answer it?"""

from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from backend.accounts.models import Office
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.dispatch.models.assignment import LIVE
from backend.dispatch.pool import Pool
from backend.dispatch.pool_people import LOAD_WINDOW, SETTLED
from backend.dispatch.states import AssignmentStatus, OfferStatus
from backend.people.models import Pilot
from matching.problem import Problem
from matching.stream_parts import without_bookings

SAID_NO = (OfferStatus.DECLINED, OfferStatus.EXPIRED)


@dataclass(frozen=True)
class History:
    """The office's bookable pilots (`rows` by id), their K sessions, and what became of each offer."""

    rows: dict[UUID, int]
    pilot: NDArray[np.int64]  # [K]
    help_seeker: NDArray[np.object_]
    topic: NDArray[np.str_]
    starts_at: NDArray[np.object_]
    confirmed_at: NDArray[np.object_]
    completed: NDArray[np.bool_]
    said: dict[tuple[UUID, UUID], bool]  # request and pilot: whether it was a yes
    settled: set[tuple[UUID, UUID]]

    @classmethod
    def of(cls, office: Office) -> "History":
        """All of it, in three queries."""
        people = Pilot.objects.bookable().filter(pilot_offices__office=office).order_by("pk")
        rows = {pk: row for row, pk in enumerate(people.values_list("pk", flat=True))}
        sessions = list(
            Assignment.objects.filter(pilot__in=list(rows), status__in=LIVE).values_list(
                "pilot",
                "help_request__help_seeker",
                "help_request__topic",
                "starts_at",
                "confirmed_at",
                "status",
            )
        )
        offers = list(
            Offer.objects.filter(help_request__office=office, pilot__in=list(rows))
            .order_by("made_at", "pk")
            .values_list("help_request", "pilot", "status", "accepted_at")
        )
        pilots, seekers, topics, starts, confirmed, statuses = (
            zip(*sessions, strict=True) if sessions else [()] * 6
        )
        return cls(
            rows=rows,
            pilot=np.array([rows[pk] for pk in pilots], dtype=np.int64),
            help_seeker=np.array(seekers, dtype=object),
            topic=np.array(topics, dtype=str),
            starts_at=np.array(starts, dtype=object),
            confirmed_at=np.array(confirmed, dtype=object),
            completed=np.array([status == AssignmentStatus.COMPLETED for status in statuses], dtype=np.bool_),
            said={
                (request, pilot): accepted_at is not None
                for request, pilot, status, accepted_at in offers
                if accepted_at is not None or status in SAID_NO
            },
            settled={(request, pilot) for request, pilot, status, _ in offers if status in SETTLED},
        )

    def rows_of(self, pool: Pool) -> NDArray[np.int64]:
        """[P of the pool] the row of each of its pilots here."""
        return np.array([self.rows[pk] for pk in pool.pilot_ids], dtype=np.int64)

    def as_known_then(self, pool: Pool, help_request: HelpRequest) -> Problem:
        """The problem of this one request without what came of it, and without what happened after it was filed."""
        filed = help_request.created_at
        before = self.completed & np.array(self.starts_at < filed, dtype=np.bool_)
        recent = np.array(self.starts_at >= filed - LOAD_WINDOW, dtype=np.bool_) & np.array(
            self.confirmed_at < filed, dtype=np.bool_
        )
        problem = without_bookings(pool.problem)
        settled = [(help_request.pk, pk) in self.settled for pk in pool.pilot_ids]
        return replace(
            problem,
            recent_sessions=self._count(pool, recent),
            topic_sessions=self._count(pool, before & (self.topic == help_request.topic))[np.newaxis],
            continuity=self._count(
                pool, before & np.array(self.help_seeker == help_request.help_seeker_id, dtype=np.bool_)
            )[np.newaxis],
            veto=problem.veto & ~np.array([settled], dtype=np.bool_),
        )

    def answers(self, pool: Pool, help_request: HelpRequest) -> NDArray[np.float64]:
        """[P of the pool] 1 for a yes, 0 for a no or silence, NaN for whoever was not asked or not let finish."""
        said = [self.said.get((help_request.pk, pk)) for pk in pool.pilot_ids]
        return np.array([np.nan if yes is None else float(yes) for yes in said])

    def _count(self, pool: Pool, which: NDArray[np.bool_]) -> NDArray[np.int32]:
        counts = np.bincount(self.pilot[which], minlength=len(self.rows))
        return counts[self.rows_of(pool)].astype(np.int32)
