"""How the pilots in question become the arrays of a matching.Problem, in a fixed number of queries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from numpy.typing import NDArray

from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.models.assignment import LIVE
from backend.dispatch.states import AssignmentStatus, OfferStatus
from backend.people.models import Absence, Availability, BackgroundCheck, Pilot, Reach, Veto
from geo.postgis import DistanceKm, to_metric
from matching.problem import Problem

LOAD_WINDOW = timedelta(days=90)
Rows = dict[UUID, int]


@dataclass(frozen=True)
class Pool:
    """A problem of one request, and whose row is whose: `pilot_ids` by row, ascending."""

    problem: Problem
    pilot_ids: list[UUID]


def load_pool(
    help_request: HelpRequest,
    slots: Sequence[HelpRequestSlot],
    pilots: QuerySet[Any, Any],
    *,
    now: datetime,
    all_languages: bool = False,
) -> Pool:
    """Arrays for the pilots of the subquery `pilots` (ids). `all_languages` also loads levels too low to do."""
    people = list(
        Pilot.objects.filter(pk__in=pilots)
        .order_by("pk")
        .values_list(
            "pk", "gender", "german_level", "reach_km", "monthly_hours", "topics_wished", "topics_refused"
        )
    )
    ids = [row[0] for row in people]
    rows: Rows = {pk: row for row, pk in enumerate(ids)}
    p, s = len(ids), len(slots)
    languages = tuple(dict.fromkeys(help_request.languages))
    zone = ZoneInfo(help_request.office.time_zone)
    topic = help_request.topic
    level, via, via_languages, distance = _reach(help_request, pilots, rows, languages, all_languages)
    busy = _busy(help_request, pilots, slots, rows)
    half_buffer = 0 if help_request.remote else help_request.office.travel_buffer_minutes // 2

    problem = Problem.build(
        pilots=p,
        languages=languages,
        required_level=np.full((1, len(languages)), max(help_request.required_level, 1)),
        level=level,
        via=via,
        via_languages=via_languages,
        required_german=help_request.office.minimum_german_level,
        german_level=np.array([row[2] for row in people], dtype=np.int8),
        remote=help_request.remote,
        distance_km=distance,
        reach_km=np.array([row[3] for row in people], dtype=np.float64),
        slot_request=np.zeros(s, dtype=np.int64),
        slot_start=np.array([_minutes(slot.starts_at) for slot in slots]),
        slot_end=np.array([_minutes(slot.ends_at) for slot in slots]),
        half_buffer=half_buffer,
        available=_available(pilots, slots, rows, zone),
        busy_pilot=busy[0],
        busy_start=busy[1],
        busy_end=busy[2],
        busy_here=busy[3].reshape(1, -1),
        topic=topic,
        topic_stance=np.array(
            [[(topic in row[5]) - (topic in row[6]) for row in people]], dtype=np.int8
        ).reshape(1, p),
        topic_sessions=_sessions(pilots, rows, Q(help_request__topic=topic)).reshape(1, p),
        gender_wanted=help_request.gender_wish,
        gender=tuple(row[1] for row in people),
        minors=help_request.minors,
        check_valid_until=_check_valid_until(pilots, rows, zone),
        monthly_hours=np.array([np.inf if row[4] is None else row[4] for row in people], dtype=np.float64),
        committed_hours=_committed_hours(pilots, slots, rows, zone),
        recent_sessions=_sessions(
            pilots, rows, Q(starts_at__gte=now - LOAD_WINDOW), statuses=[status.value for status in LIVE]
        ),
        veto=_vetoes(help_request, pilots, rows).reshape(1, p),
        continuity=_sessions(pilots, rows, Q(help_request__help_seeker=help_request.help_seeker_id)).reshape(
            1, p
        ),
    )
    return Pool(problem, ids)


def _known(rows: Rows, found: Iterable[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """What was found, with the pilot's row in place of the id.

    A profile may change between two of our queries, so that a later one finds a pilot whom the first did not.
    """
    return ((rows[pilot], *rest) for pilot, *rest in found if pilot in rows)


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def _reach(
    help_request: HelpRequest,
    pilots: QuerySet[Any, Any],
    rows: Rows,
    languages: tuple[str, ...],
    all_languages: bool,
) -> tuple[NDArray[np.int8], NDArray[np.int16], tuple[str, ...], NDArray[np.float64]]:
    found = Reach.objects.filter(office=help_request.office_id, pilot__in=pilots)
    if not all_languages:
        found = found.filter(language__in=languages)
    place = None if help_request.remote else help_request.meeting_place
    if place is None:
        values: Iterable[Any] = (
            (*row, np.nan) for row in found.values_list("pilot", "language", "level", "via")
        )
    else:
        values = found.annotate(km=DistanceKm("point", to_metric(place.point))).values_list(
            "pilot", "language", "level", "via", "km"
        )
    columns = {code: column for column, code in enumerate(languages)}
    via_columns: dict[str, int] = {}
    level = np.zeros((len(rows), len(languages)), dtype=np.int8)
    via = np.full((len(rows), len(languages)), -1, dtype=np.int16)
    distance = np.full((1, len(rows)), np.nan)
    for row, language, found_level, found_via, km in _known(rows, values):
        distance[0, row] = km
        if (column := columns.get(language)) is None:
            continue
        level[row, column] = found_level
        if found_via != language:
            via[row, column] = via_columns.setdefault(found_via, len(via_columns))
    return level, via, tuple(via_columns), distance


def _available(
    pilots: QuerySet[Any, Any], slots: Sequence[HelpRequestSlot], rows: Rows, zone: ZoneInfo
) -> NDArray[np.bool_]:
    """[S, P]: one weekly span covers the slot's wall time, and the day is not within an absence."""
    available = np.zeros((len(slots), len(rows)), dtype=np.bool_)
    local = [(slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)) for slot in slots]
    covers = Q()
    for start, end in local:
        covers |= Q(weekday=start.weekday(), starts__lte=start.time(), ends__gte=end.time())
    spans = Availability.objects.filter(covers, pilot__in=pilots)
    for row, weekday, starts, ends in _known(rows, spans.values_list("pilot", "weekday", "starts", "ends")):
        for index, (start, end) in enumerate(local):
            if weekday == start.weekday() and starts <= start.time() and end.time() <= ends:
                available[index, row] = True
    days = [start.date() for start, _ in local]
    absences = Absence.objects.filter(pilot__in=pilots, start_date__lte=max(days), end_date__gte=min(days))
    for row, first, last in _known(rows, absences.values_list("pilot", "start_date", "end_date")):
        for index, day in enumerate(days):
            if first <= day <= last:
                available[index, row] = False
    return available


def _busy(
    help_request: HelpRequest, pilots: QuerySet[Any, Any], slots: Sequence[HelpRequestSlot], rows: Rows
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Row, start and end of existing assignments near the slots with their half buffers, and which are at the
    request's own address and therefore without."""
    near = timedelta(hours=12)
    spans = list(
        Assignment.objects.live()
        .filter(
            pilot__in=pilots,
            busy__overlap=(
                min(slot.starts_at for slot in slots) - near,
                max(slot.ends_at for slot in slots) + near,
            ),
        )
        .values_list("pilot", "busy", "starts_at", "ends_at", "site")
    )
    site = help_request.site
    busy = np.array(
        [
            (row, _minutes(starts_at), -_minutes_down(ends_at), True)
            if at == site
            else (row, _minutes(busy.lower), -_minutes_down(busy.upper), False)
            for row, busy, starts_at, ends_at, at in _known(rows, spans)
        ],
        dtype=np.int64,
    ).reshape(-1, 4)
    return busy[:, 0], busy[:, 1], busy[:, 2], busy[:, 3].astype(np.bool_)


def _minutes_down(moment: datetime) -> int:
    """Minus the minutes rounded up, so that a span never ends too early."""
    return int(-moment.timestamp() // 60)


def _check_valid_until(pilots: QuerySet[Any, Any], rows: Rows, zone: ZoneInfo) -> NDArray[np.int64]:
    """[P] the end of the last day on which the latest background check holds; -1 for none, or one in the way."""
    valid = np.full(len(rows), -1, dtype=np.int64)
    checks = BackgroundCheck.objects.filter(pilot__in=pilots).order_by("pilot", "-inspected_date", "-pk")
    latest = checks.distinct("pilot").values_list("pilot", "valid_until", "stands_in_the_way")
    for row, until, in_the_way in _known(rows, latest):
        if not in_the_way:
            midnight = datetime.combine(until + timedelta(days=1), time(), tzinfo=zone)
            valid[row] = _minutes(midnight.astimezone(UTC))
    return valid


def _committed_hours(
    pilots: QuerySet[Any, Any], slots: Sequence[HelpRequestSlot], rows: Rows, zone: ZoneInfo
) -> NDArray[np.float64]:
    """[S, P] hours already confirmed in the local month of each slot."""
    committed = np.zeros((len(slots), len(rows)))
    months = [slot.starts_at.astimezone(zone).strftime("%Y-%m") for slot in slots]
    first = min(slot.starts_at for slot in slots) - timedelta(days=32)
    last = max(slot.starts_at for slot in slots) + timedelta(days=32)
    sums = (
        Assignment.objects.live()
        .filter(pilot__in=pilots, starts_at__range=(first, last))
        .annotate(month=TruncMonth("starts_at", tzinfo=zone))
        .values("pilot", "month")
        .annotate(spent=Sum(ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())))
        .order_by()
        .values_list("pilot", "month", "spent")
    )
    for row, spent_in, spent in _known(rows, sums):
        for index, month in enumerate(months):
            if spent_in.strftime("%Y-%m") == month:
                committed[index, row] = spent.total_seconds() / 3600
    return committed


def _sessions(
    pilots: QuerySet[Any, Any],
    rows: Rows,
    which: Q,
    statuses: Sequence[str] = (AssignmentStatus.COMPLETED.value,),
) -> NDArray[np.int32]:
    """[P] how many assignments of these statuses fit `which`."""
    sessions = np.zeros(len(rows), dtype=np.int32)
    counts = (
        Assignment.objects.filter(which, pilot__in=pilots, status__in=statuses)
        .values("pilot")
        .annotate(n=Count("pk"))
        .order_by()
        .values_list("pilot", "n")
    )
    for row, n in _known(rows, counts):
        sessions[row] = n
    return sessions


def _vetoes(help_request: HelpRequest, pilots: QuerySet[Any, Any], rows: Rows) -> NDArray[np.bool_]:
    """[P] never again, or settled for this request: declined, or chosen once and dropped out."""
    veto = np.zeros(len(rows), dtype=np.bool_)
    against = Q(help_seeker=help_request.help_seeker_id)
    if help_request.organisation_id:
        against |= Q(organisation=help_request.organisation_id)
    if help_request.meeting_place:
        against |= Q(postcode=help_request.meeting_place.postcode) & ~Q(postcode="")
    for (row,) in _known(rows, Veto.objects.filter(against, pilot__in=pilots).values_list("pilot")):
        veto[row] = True
    settled = Offer.objects.filter(
        help_request=help_request, pilot__in=pilots, status__in=(OfferStatus.DECLINED, OfferStatus.CHOSEN)
    )
    for (row,) in _known(rows, settled.values_list("pilot")):
        veto[row] = True
    return veto
