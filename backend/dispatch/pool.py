"""How requests and the pilots in question become the arrays of a matching.Problem, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from backend.dispatch import pool_people, pool_sessions, pool_time
from backend.dispatch.models import HelpRequest, HelpRequestSlot
from backend.dispatch.models.offer import OfferQuerySet
from backend.dispatch.pool_axes import Asked, PilotRows, minutes, minutes_up
from backend.dispatch.travel import half_buffer
from backend.people.models import Pilot, Reach
from matching.problem import Problem

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Pool:
    """A problem, and whose row is whose: `pilot_ids` by row, ascending."""

    problem: Problem
    pilot_ids: list[UUID]


def load_pool(
    help_request: HelpRequest,
    slots: Sequence[HelpRequestSlot],
    pilots: QuerySet[Any, Any],
    *,
    now: datetime,
    all_languages: bool = False,
    promises: bool = False,
) -> Pool:
    """The arrays of one request; with `promises`, who has said yes to another open one has no time for its hour."""
    taken_by = pool_sessions.promises_beside([help_request], now=now) if promises else None
    return load_joint(
        [help_request], [slots], pilots, now=now, all_languages=all_languages, taken_by=taken_by
    )


def load_joint(
    help_requests: Sequence[HelpRequest],
    slots: Sequence[Sequence[HelpRequestSlot]],
    pilots: QuerySet[Any, Any],
    *,
    now: datetime,
    all_languages: bool = False,
    more_languages: Sequence[str] = (),
    unlisted: Sequence[Reach] = (),
    taken_by: OfferQuerySet | None = None,
    scored: bool = True,
) -> Pool:
    """Arrays of requests of one office, each with its dates, for the pilots of the subquery `pilots` (ids).

    The requests come with office and meeting place. `all_languages` also loads pilots and levels too low to do;
    `more_languages` get columns though no request asks for them; `unlisted` is what the search table would say of
    pilots who cannot be asked. The dates of the offers `taken_by` count as appointments in the way, in one query.
    Who wants to know who can come, and not who fits best, has it not `scored`: experience is then left out.
    """
    people = list(
        Pilot.objects.filter(pk__in=pilots)
        .order_by("pk")
        .values_list(
            "pk",
            "gender",
            "german_level",
            "reach_km",
            "monthly_hours",
            "heavy_per_month",
            "topics_wished",
            "topics_refused",
        )
    )
    ids, gender, german_level, reach_km, monthly_hours, heavy_per_month, wished, refused = (
        zip(*people, strict=True) if people else ((),) * 8
    )
    rows = PilotRows({pk: row for row, pk in enumerate(ids)})
    asked = Asked.of(help_requests, slots, more_languages)
    sessions = pool_sessions.sessions(asked, rows, now=now)
    in_the_way = sessions if taken_by is None else [*sessions, *pool_sessions.dates_of(taken_by, rows)]
    office = asked.office
    languages = asked.languages

    problem = Problem.build(
        pilots=len(rows),
        requests=len(help_requests),
        languages=languages,
        required_level=[
            [max(one.required_level, 1) if code in one.languages else 0 for code in languages]
            for one in help_requests
        ],
        **pool_people.understood(asked, rows, all_languages=all_languages, unlisted=unlisted)._asdict(),
        required_german=office.minimum_german_level,
        german_level=np.array(german_level, dtype=np.int8),
        remote=[one.remote for one in help_requests],
        reach_km=np.array(reach_km, dtype=np.float64),
        slot_request=asked.slot_request,
        slot_start=[minutes(slot.starts_at) for slot in asked.slots],
        slot_end=[minutes_up(slot.ends_at) for slot in asked.slots],
        half_buffer=[half_buffer(help_requests[row]) // MINUTE for row in asked.slot_request],
        available=pool_time.available(asked, rows),
        **pool_sessions.busy(asked, in_the_way)._asdict(),
        topic=[one.topic for one in help_requests],
        topic_stance=pool_people.topic_stance(asked, wished, refused),
        gender_wanted=[one.gender_wish for one in help_requests],
        gender=gender,
        minors=[one.minors for one in help_requests],
        check_valid_until=pool_people.check_valid_until(asked, rows),
        heavy=[one.topic in office.heavy_topics for one in help_requests],
        heavy_per_month=_limits(heavy_per_month),
        monthly_hours=_limits(monthly_hours),
        **pool_sessions.in_the_month(asked, rows, sessions)._asdict(),
        recent_sessions=pool_sessions.recent_sessions(rows, sessions, now=now),
        veto=pool_people.vetoes(asked, rows),
        **pool_sessions.experience(asked, rows, known=scored)._asdict(),
    )
    return Pool(problem, list(ids))


def _limits(wished: Sequence[int | None]) -> NDArray[np.float64]:
    """[P] infinite where a pilot has set none."""
    return np.array([np.inf if most is None else most for most in wished], dtype=np.float64)
