"""What has each pilot done, and what lies ahead: other assignments near the dates, this month's load, experience?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from numpy.typing import NDArray

from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.dispatch.models.offer import OfferQuerySet
from backend.dispatch.pool_axes import Asked, PilotRows, minutes, minutes_up, rows_by
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus
from backend.dispatch.travel import half_buffer

NEAR = timedelta(hours=12)  # no appointment with its travel buffer reaches further
LONGEST_MONTH = timedelta(days=32)
LOAD_WINDOW = timedelta(days=90)


class Session(NamedTuple):
    """One assignment that stands or was held, or a date that may become one."""

    pilot: int
    starts_at: datetime
    ends_at: datetime
    with_travel_from: datetime
    site: UUID | None  # None: like no other
    topic: str


def sessions(asked: Asked, pilots: PilotRows, *, now: datetime) -> list[Session]:
    """All that lie near the dates, in their months, or count as recent: one query for three questions."""
    since = min(now - LOAD_WINDOW, asked.first - LONGEST_MONTH)
    found = (
        Assignment.objects.live()
        .filter(pilot__in=pilots.ids, starts_at__gte=since)
        .values_list("pilot", "starts_at", "ends_at", "busy__startswith", "site", "help_request__topic")
    )
    return [
        Session(row, starts_at, ends_at, with_travel_from, site, topic)
        for row, starts_at, ends_at, with_travel_from, site, topic in pilots.known(found)
    ]


def promises_beside(help_requests: Iterable[HelpRequest], *, now: datetime) -> OfferQuerySet:
    """The offers by which pilots have said yes to other open requests, of whichever office, for a date to come.

    Who has said yes to these requests too, for the same hour, stays theirs: which yes counts is not decided yet.
    """
    ours = Offer.objects.saying_yes().filter(help_request__in=list(help_requests))
    same_hour = ours.filter(
        pilot=OuterRef("pilot"),
        accepted_slot__starts_at__lt=OuterRef("accepted_slot__ends_at"),
        accepted_slot__ends_at__gt=OuterRef("accepted_slot__starts_at"),
    )
    on_another_date = (
        Assignment.objects.live()
        .filter(help_request=OuterRef("help_request"))
        .exclude(slot=OuterRef("accepted_slot"))
    )
    return (
        Offer.objects.saying_yes()
        .filter(help_request__status=HelpRequestStatus.OPEN, accepted_slot__starts_at__gt=now)
        .exclude(help_request__in=list(help_requests))
        .exclude(Exists(same_hour))
        .exclude(Exists(on_another_date))
    )


def dates_of(offers: OfferQuerySet, pilots: PilotRows) -> list[Session]:
    """When these offers would take their pilots: of a yes the date it names, of a question all its dates."""
    dated = (
        offers.filter(pilot__in=pilots.ids)
        .annotate(date=F("slots"), starts_at=F("slots__starts_at"), ends_at=F("slots__ends_at"))
        .filter(Q(accepted_slot=None) | Q(date=F("accepted_slot")))
        .select_related("help_request__office", "help_request__meeting_place")
    )
    return [
        Session(row, one.starts_at, one.ends_at, one.starts_at - half, request.site, request.topic)
        for row, one in pilots.known((offer.pilot_id, offer) for offer in dated)
        for request in [one.help_request]
        for half in [half_buffer(request)]
    ]


class Busy(NamedTuple):
    """What takes pilots near the slots: bare, with the travel buffer around it, and who meets at its address."""

    busy_pilot: NDArray[np.int64]
    busy_start: NDArray[np.int64]
    busy_end: NDArray[np.int64]
    busy_buffer: NDArray[np.int64]
    busy_here: NDArray[np.bool_]


def busy(asked: Asked, all_sessions: Sequence[Session]) -> Busy:
    """[B] the other sessions, and [R, B] which of them are at the request's own address."""
    near = [
        one for one in all_sessions if one.ends_at > asked.first - NEAR and one.starts_at < asked.last + NEAR
    ]
    here = np.zeros((len(asked.help_requests), len(near)), dtype=np.bool_)
    sites = rows_by(asked, lambda help_request: help_request.site)
    for column, one in enumerate(near):
        here[sites.get(one.site, []), column] = True
    return Busy(
        np.array([one.pilot for one in near], dtype=np.int64),
        np.array([minutes(one.starts_at) for one in near], dtype=np.int64),
        np.array([minutes_up(one.ends_at) for one in near], dtype=np.int64),
        np.array([minutes(one.starts_at) - minutes(one.with_travel_from) for one in near], dtype=np.int64),
        here,
    )


class Month(NamedTuple):
    """[S, P] what each pilot has already confirmed in the local month of each slot."""

    committed_hours: NDArray[np.float64]
    heavy_sessions: NDArray[np.int32]


def in_the_month(asked: Asked, pilots: PilotRows, all_sessions: Sequence[Session]) -> Month:
    """Hours, and how many sessions about one of the office's heavy topics."""
    shape = len(asked.slots), len(pilots)
    found = Month(np.zeros(shape), np.zeros(shape, dtype=np.int32))
    in_month: Mapping[tuple[int, int], list[int]] = defaultdict(list)
    for slot, start in enumerate(asked.starts()):
        in_month[start.year, start.month].append(slot)
    heavy = frozenset(asked.office.heavy_topics)
    for one in all_sessions:
        local = one.starts_at.astimezone(asked.zone)
        if slots := in_month.get((local.year, local.month)):
            found.committed_hours[slots, one.pilot] += (one.ends_at - one.starts_at).total_seconds() / 3600
            found.heavy_sessions[slots, one.pilot] += one.topic in heavy
    return found


def recent_sessions(
    pilots: PilotRows, all_sessions: Sequence[Session], *, now: datetime
) -> NDArray[np.int32]:
    """[P] how many sessions of the last weeks and the coming ones each pilot has."""
    recent = [one.pilot for one in all_sessions if one.starts_at >= now - LOAD_WINDOW]
    return np.bincount(np.array(recent, dtype=np.intp), minlength=len(pilots)).astype(np.int32)


class Experience(NamedTuple):
    """[R, P] how many sessions each pilot has completed of the request's topic, and with its help-seeker."""

    topic_sessions: NDArray[np.int32]
    continuity: NDArray[np.int32]


def experience(asked: Asked, pilots: PilotRows, *, known: bool = True) -> Experience:
    """Both counts from one grouped query over all that was ever completed; all zero where nobody wants to know."""
    shape = len(asked.help_requests), len(pilots)
    found = Experience(np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.int32))
    if not known:
        return found
    topics = rows_by(asked, lambda one: one.topic)
    seekers = rows_by(asked, lambda one: one.help_seeker_id)
    known_seeker = Case(
        When(help_request__help_seeker__in=seekers, then=F("help_request__help_seeker")), default=None
    )
    known_topic = Case(When(help_request__topic__in=topics, then=F("help_request__topic")), default=None)
    counts = (
        Assignment.objects.filter(
            Q(help_request__topic__in=topics) | Q(help_request__help_seeker__in=seekers),
            pilot__in=pilots.ids,
            status=AssignmentStatus.COMPLETED,
        )
        .annotate(topic=known_topic, seeker=known_seeker)
        .values("pilot", "topic", "seeker")
        .annotate(n=Count("pk"))
        .order_by()
        .values_list("pilot", "topic", "seeker", "n")
    )
    for row, topic, seeker, n in pilots.known(counts):
        found.topic_sessions[topics.get(topic, []), row] += n
        found.continuity[seekers.get(seeker, []), row] += n
    return found
