"""Who is each pilot to these requests: languages, way to go, experience, vetoes, background check?"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from typing import NamedTuple

import numpy as np
from django.db.models import FloatField, Func, Q, UUIDField, Value
from django.db.models.functions import Cast
from numpy.typing import NDArray

from backend.dispatch.models import HelpRequest, Offer
from backend.dispatch.pool_axes import Asked, PilotRows, minutes, rows_by
from backend.dispatch.states import OfferStatus
from backend.people.models import BackgroundCheck, Reach, Veto
from geo.postgis import to_metric

LOAD_WINDOW = timedelta(days=90)
SETTLED = (OfferStatus.DECLINED, OfferStatus.CHOSEN)  # said no, or was chosen once and dropped out


class Understood(NamedTuple):
    """How well each pilot gets along in each language, and through which other one."""

    speaks: NDArray[np.int8]
    understands: NDArray[np.int8]
    via: NDArray[np.int16]
    via_languages: tuple[str, ...]
    distance_km: NDArray[np.float64]


def understood(
    asked: Asked, pilots: PilotRows, *, all_languages: bool, unlisted: Sequence[Reach] = ()
) -> Understood:
    """[P, L] levels and [R, P] how far it is, from the search table and the rows of who is not listed there.

    NaN where nobody travels, or for who has no row.
    """
    languages = asked.languages
    found = Reach.objects.filter(office=asked.office, pilot__in=pilots.ids)
    if not all_languages:
        found = found.filter(language__in=languages)
    columns = {code: column for column, code in enumerate(languages)}
    via_columns: dict[str, int] = {}
    speaks = np.zeros((len(pilots), len(languages)), dtype=np.int8)
    understands = np.zeros_like(speaks)
    via = np.full((len(pilots), len(languages)), -1, dtype=np.int16)
    home = np.full((len(pilots), 2), np.nan)
    listed = found.annotate(x=_metres("ST_X"), y=_metres("ST_Y")).values_list(
        "pilot", "language", "speaks", "understands", "via", "x", "y"
    )
    others = (
        (row.pilot_id, row.language, row.speaks, row.understands, row.via, row.point.x, row.point.y)
        for row in unlisted
    )
    for row, language, spoken, followed, found_via, x, y in pilots.known(chain(listed, others)):
        home[row] = x, y
        if (column := columns.get(language)) is None:
            continue
        speaks[row, column], understands[row, column] = spoken, followed
        if found_via != language:
            via[row, column] = via_columns.setdefault(found_via, len(via_columns))
    distance_km = np.array([_distance_km(help_request, home) for help_request in asked.help_requests])
    return Understood(speaks, understands, via, tuple(via_columns), distance_km)


def topic_stance(asked: Asked, wished: Sequence[list[str]], refused: Sequence[list[str]]) -> NDArray[np.int8]:
    """[R, P] -1, 0 or 1 from each pilot's lists of topics."""
    stance = {
        topic: np.array([(topic in yes) - (topic in no) for yes, no in zip(wished, refused, strict=True)])
        for topic in {help_request.topic for help_request in asked.help_requests}
    }
    return np.array([stance[help_request.topic] for help_request in asked.help_requests], dtype=np.int8)


def vetoes(asked: Asked, pilots: PilotRows) -> NDArray[np.bool_]:
    """[R, P] never again, or settled for this request: declined, or chosen once and dropped out."""
    veto = np.zeros((len(asked.help_requests), len(pilots)), dtype=np.bool_)
    seekers = rows_by(asked, lambda help_request: help_request.help_seeker_id)
    organisations = rows_by(asked, lambda help_request: help_request.organisation_id)
    postcodes = rows_by(
        asked, lambda help_request: help_request.meeting_place and help_request.meeting_place.postcode
    )
    against = Q(help_seeker__in=seekers) | Q(organisation__in=organisations) | Q(postcode__in=postcodes)
    requests = rows_by(asked, lambda help_request: help_request.pk)
    nobody = Cast(Value(None), UUIDField())
    ruled_out = Veto.objects.filter(against, pilot__in=pilots.ids).values_list(
        "pilot", "help_seeker", "organisation", "postcode", nobody
    )
    settled = Offer.objects.filter(help_request__in=requests, pilot__in=pilots.ids, status__in=SETTLED)
    both = ruled_out.union(
        settled.order_by().values_list("pilot", nobody, nobody, Value(""), "help_request"), all=True
    )
    for row, seeker, organisation, postcode, help_request_id in pilots.known(both):
        veto[seekers.get(seeker, []), row] = True
        veto[organisations.get(organisation, []), row] = True
        veto[postcodes.get(postcode, []), row] = True
        veto[requests.get(help_request_id, []), row] = True
    return veto


def check_valid_until(asked: Asked, pilots: PilotRows) -> NDArray[np.int64]:
    """[P] the end of the last day on which the latest background check holds; -1 for none, or one in the way.

    Where no minors are involved, nobody asks: all -1, without a query.
    """
    valid = np.full(len(pilots), -1, dtype=np.int64)
    if not any(help_request.minors for help_request in asked.help_requests):
        return valid
    checks = BackgroundCheck.objects.filter(pilot__in=pilots.ids).order_by("pilot", "-inspected_date", "-pk")
    latest = checks.distinct("pilot").values_list("pilot", "valid_until", "stands_in_the_way")
    for row, until, in_the_way in pilots.known(latest):
        if not in_the_way:
            midnight = datetime.combine(until + timedelta(days=1), time(), tzinfo=asked.zone)
            valid[row] = minutes(midnight.astimezone(UTC))
    return valid


def _metres(function: str) -> Func:
    return Func("point", function=function, output_field=FloatField())


def _distance_km(help_request: HelpRequest, home: NDArray[np.float64]) -> NDArray[np.float64]:
    """[P] in a straight line on the metric grid, as geo.postgis.DistanceKm has it."""
    place = None if help_request.remote else help_request.meeting_place
    if place is None:
        return np.full(len(home), np.nan)
    point = to_metric(place.point)
    distance: NDArray[np.float64] = np.hypot(home[:, 0] - point.x, home[:, 1] - point.y) / 1000
    return distance
