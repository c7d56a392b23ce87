"""The adapter: from rows to matching.Problem, and from a ranking to a stored MatchRun.

The only module of dispatch that knows arrays, and (with training and replay) the only one that imports the core.
SQL prefilters; every rule that decides or scores lives once, in matching/.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, FloatField, QuerySet
from django.db.models.functions import Cast

from backend.accounts.models import Office, User
from backend.dispatch import training
from backend.dispatch.models import HelpRequest, HelpRequestSlot, MatchRun, Suggestion
from backend.dispatch.pool import Pool, load_joint, load_pool
from backend.people.models import Pilot, Reach
from backend.people.reach import profile_rows
from geo.postgis import DistanceKm, to_metric
from matching.ranking import Ranking, Step, rank, why
from matching.relay import relay
from matching.weights import Weights

PREFILTERED = ("considered", "language", "reach")


def weights_of(office: Office) -> Weights:
    """The office's weights; a new office has the defaults."""
    return Weights.from_dict(office.weights)


def reachable(help_request: HelpRequest) -> QuerySet[Reach]:
    """Search rows of those who understand a wanted language well enough and would come this far."""
    rows = Reach.objects.filter(
        office=help_request.office_id,
        language__in=help_request.languages,
        level__gte=help_request.required_level,
    )
    place = help_request.meeting_place
    if help_request.remote or place is None:
        return rows
    point = to_metric(place.point)
    # The box finds the few by index, the distance then decides exactly.
    return (
        rows.filter(box__bboverlaps=point)
        .annotate(distance_km=DistanceKm("point", point))
        .filter(distance_km__lte=Cast("reach_km", FloatField()))
    )


def rank_pilots(
    help_request: HelpRequest,
    slots: Sequence[HelpRequestSlot],
    *,
    limit: int | None,
    now: datetime,
    promises: bool = False,
) -> tuple[Pool, Ranking]:
    """The best pilots for a request and these dates. The number of queries does not depend on how many there are.

    With `promises`, a yes to another open request takes its hour, as an assignment would.
    """
    pool = load_pool(help_request, slots, reachable(help_request).values("pilot"), now=now, promises=promises)
    ranking = rank(pool.problem, 0, weights_of(help_request.office), limit=limit)
    return pool, ranking


def store_run(
    help_request: HelpRequest, slots: Sequence[HelpRequestSlot], *, limit: int, by: User | None, now: datetime
) -> MatchRun:
    """Rank and keep the result with its weights, its waterfall and everybody's reasons."""
    pool, ranking = rank_pilots(help_request, slots, limit=limit, now=now)
    best = [candidate.pilot for candidate in ranking.candidates]
    estimate = training.chances(pool, help_request, slots, now=now, rows=best)
    waterfall = _waterfall(help_request, ranking)
    run = MatchRun.objects.create(
        help_request=help_request,
        asked_by=by,
        weights=weights_of(help_request.office).to_dict(),
        waterfall=[{"code": step.code, "remaining": step.remaining} for step in waterfall],
        considered=waterfall[0].remaining,
        eligible=ranking.eligible,
        created_at=now,
    )
    Suggestion.objects.bulk_create(
        Suggestion(
            match_run=run,
            pilot_id=pool.pilot_ids[candidate.pilot],
            rank=position,
            score=candidate.score,
            contributions=[contribution._asdict() for contribution in candidate.contributions],
            slots=[slots[row].pk for row in candidate.slots],
            chance=chance,
        )
        for position, (candidate, chance) in enumerate(
            zip(ranking.candidates, estimate.chance.tolist(), strict=True), start=1
        )
    )
    return run


def possible_slots(
    help_request: HelpRequest, slots: Sequence[HelpRequestSlot], pilot_ids: Sequence[UUID], *, now: datetime
) -> dict[UUID, list[HelpRequestSlot]]:
    """The dates on which each of these pilots may be asked; whoever may not be is missing."""
    pool = load_pool(
        help_request, slots, reachable(help_request).filter(pilot__in=pilot_ids).values("pilot"), now=now
    )
    ranking = rank(pool.problem, 0, weights_of(help_request.office), limit=None)
    return {
        pool.pilot_ids[candidate.pilot]: [slots[row] for row in candidate.slots]
        for candidate in ranking.candidates
    }


def why_not(
    help_request: HelpRequest, slots: Sequence[HelpRequestSlot], pilot: Pilot, *, now: datetime
) -> list[dict[str, Any]]:
    """All that stands in the way of this pair as {code, facts}; empty where the pilot may be asked.

    Of who may not be asked at all, the rest is told too: what would still stand in the way of an active pilot.
    """
    bookable = pilot.is_bookable
    pool = load_joint(
        [help_request],
        [slots],
        Pilot.objects.filter(pk=pilot.pk).values("pk"),
        now=now,
        all_languages=True,
        unlisted=[]
        if bookable
        else [r for r in profile_rows(pilot) if r.office_id == help_request.office_id],
    )
    reasons = [{"code": refusal.code, "facts": refusal.facts} for refusal in why(pool.problem, 0, 0)]
    return reasons if bookable else [{"code": "not_active", "facts": {"status": pilot.status}}, *reasons]


def left_out(
    help_request: HelpRequest, slots: Sequence[HelpRequestSlot], step: str, *, now: datetime
) -> list[tuple[UUID, list[dict[str, Any]]]]:
    """Who falls out at this step of the waterfall as things stand now, with all that stands in the way."""
    office = help_request.office
    pilots = Pilot.objects.bookable().filter(pilot_offices__office=office)
    pool = load_joint([help_request], [slots], pilots.values("pk"), now=now, all_languages=True)
    refused = rank(pool.problem, 0, weights_of(office), limit=0).refused
    near = set(reachable(help_request).values_list("pilot", flat=True))

    def falls_out_at(row: int, code: str) -> str:
        # The prefilter sees language and reach before all else, as the waterfall does.
        return code if code == "language" or pool.pilot_ids[row] in near else "reach"

    return [
        (
            pool.pilot_ids[row],
            [{"code": found.code, "facts": found.facts} for found in why(pool.problem, 0, row)],
        )
        for row, code in refused.items()
        if falls_out_at(row, code) == step
    ]


@dataclass(frozen=True)
class InOtherLanguage:
    """A pilot for a language that the help-seeker knows too."""

    pilot: Pilot
    score: float
    contributions: list[dict[str, Any]]
    slots: list[HelpRequestSlot]


@dataclass(frozen=True)
class PilotChain:
    """Two pilots on one date: the first talks with the help-seeker, the second German, both a bridge language."""

    first: Pilot
    second: Pilot
    facts: dict[str, Any]
    slots: list[HelpRequestSlot]


@dataclass(frozen=True)
class LastResort:
    """Who is left where nobody can be asked. Meaning gets lost on such ways: never to be mixed with suggestions."""

    in_other_languages: list[InOtherLanguage]
    chains: list[PilotChain]


def last_resort(
    help_request: HelpRequest, slots: Sequence[HelpRequestSlot], *, now: datetime
) -> LastResort | None:
    """A relay over a third language or a second pilot; None while somebody can be asked the ordinary way."""
    office = help_request.office_id
    spoken = Reach.objects.filter(office=office).values_list("language", flat=True).order_by("language")
    pool = load_joint(
        [help_request],
        [slots],
        Pilot.objects.bookable().filter(pilot_offices__office=office).values("pk"),
        now=now,
        all_languages=True,
        more_languages=list(spoken.distinct()),
    )
    found = relay(pool.problem, 0, help_request.help_seeker.languages, weights_of(help_request.office))
    if found is None:
        return None
    rows = {candidate.pilot for candidate in found.by_other_language}
    rows |= {row for chain in found.chains for row in (chain.first, chain.second)}
    by_id = Pilot.objects.in_bulk([pool.pilot_ids[row] for row in rows])
    pilots = {row: by_id[pool.pilot_ids[row]] for row in rows}
    return LastResort(
        in_other_languages=[
            InOtherLanguage(
                pilot=pilots[candidate.pilot],
                score=candidate.score,
                contributions=[part._asdict() for part in candidate.contributions],
                slots=[slots[row] for row in candidate.slots],
            )
            for candidate in found.by_other_language
        ],
        chains=[
            PilotChain(
                first=pilots[chain.first],
                second=pilots[chain.second],
                facts=chain.facts,
                slots=[slots[row] for row in chain.slots],
            )
            for chain in found.chains
        ],
    )


def _waterfall(help_request: HelpRequest, ranking: Ranking) -> list[Step]:
    """The core saw only survivors of the prefilter: the first steps are counted by SQL over the whole office."""
    considered = Pilot.objects.bookable().filter(pilot_offices__office=help_request.office_id).count()
    speaks = Reach.objects.filter(
        office=help_request.office_id,
        language__in=help_request.languages,
        level__gte=help_request.required_level,
    ).aggregate(n=Count("pilot", distinct=True))["n"]
    survivors = ranking.waterfall[0].remaining
    return [
        Step("considered", considered),
        Step("language", speaks),
        Step("reach", survivors),
        *(step for step in ranking.waterfall if step.code not in PREFILTERED),
    ]
