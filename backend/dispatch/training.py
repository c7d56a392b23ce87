"""How likely is each pilot to say yes, and what taught us that? The adapter between offers and matching.acceptance.

What is known when somebody is asked is kept with the offer; training reads only that and the answer, and never looks
back at a profile that has changed since. Gender and language of the request are read for the report alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.timezone import get_default_timezone
from numpy.typing import NDArray

from backend.accounts.models import Office
from backend.dispatch.answers import (
    Answers,
    delays,
    history,
    latest_by_office,
    new_since,
    rarer_to_learn_from,
)
from backend.dispatch.models import AcceptanceVersion, HelpRequest, HelpRequestSlot
from backend.dispatch.pool import Pool, load_pool
from backend.people.models import Pilot
from matching.acceptance import AcceptanceModel, Prior
from matching.acceptance_report import (
    LEAST_ANSWERS,
    LEAST_OF_EACH,
    TooFewAnswers,
    TrainingResult,
    gain,
    train,
)
from matching.asking_facts import FEATURES, AskingFacts, columns, day_part
from matching.constraints import CONSTRAINTS
from matching.delays import DelayCurve

NIGHT_HOUR = 2
LEAST_NEW = 50  # answers since the last training, and
NEW_SHARE = 0.1  # of those there were then: each training is one more chance for luck to pass
OWN_FROM = 1500  # answers from which an office has a model of its own
DIGITS = 6  # of a stored feature
LEAST_TO_DOUBT = 50  # answers after which a live version is judged anew
Table = NDArray[np.float64]


@dataclass(frozen=True)
class Chances:
    """Per pilot, as asked for: how likely a yes is, on which facts, by which version (None: the plain prior)."""

    chance: NDArray[np.float64]
    features: Table
    version: AcceptanceVersion | None


@dataclass(frozen=True)
class Noted:
    """The same for one pilot as an offer keeps it."""

    features: dict[str, float]
    chance: float
    version: AcceptanceVersion | None


def chances(
    pool: Pool,
    help_request: HelpRequest,
    slots: Sequence[HelpRequestSlot],
    *,
    now: datetime,
    rows: Sequence[int] | None = None,
    offered: NDArray[np.bool_] | None = None,
) -> Chances:
    """The chance of a yes of everybody in the pool of one request, or of these rows of it, were they asked now.

    `offered` [S, P] says for which dates; without it for those that the rules allow.
    """
    X = features_of(pool, help_request, slots, now=now, rows=rows, offered=offered)
    office = help_request.office
    version = live_version(office) if office.uses_acceptance_model else None
    if not len(X):
        return Chances(np.zeros(0), X, version)
    if version is None:
        return Chances(_prior(office).predict_proba(X)[:, 1], X, None)
    model = AcceptanceModel.from_dict(version.parameters)
    return Chances(model.predict_proba(X, str(office.pk))[:, 1], X, version)


def noted(
    help_request: HelpRequest, dates: Mapping[UUID, Sequence[HelpRequestSlot]], *, now: datetime
) -> dict[UUID, Noted]:
    """What an offer of these dates keeps for each pilot (by id), in a fixed number of queries."""
    slots = sorted(
        {slot for own in dates.values() for slot in own}, key=lambda slot: (slot.starts_at, slot.pk)
    )
    pool = load_pool(help_request, slots, Pilot.objects.filter(pk__in=list(dates)).values("pk"), now=now)
    offered = np.array([[slot in dates[pk] for pk in pool.pilot_ids] for slot in slots])
    found = chances(pool, help_request, slots, now=now, offered=offered)
    return {
        pk: Noted(
            dict(zip(FEATURES, np.round(row, DIGITS).tolist(), strict=True)), float(chance), found.version
        )
        for pk, row, chance in zip(pool.pilot_ids, found.features, found.chance, strict=True)
    }


def live_version(office: Office) -> AcceptanceVersion | None:
    """The version that serves: the office's own, else the one of all offices; none of another set of features."""
    versions = AcceptanceVersion.objects.live().for_office(office)
    return next((version for version in versions if _is_of_these_features(version)), None)


def delay_curve(office: Office) -> DelayCurve:
    """How long a yes takes in this office, as the latest training saw it."""
    told = _latest_report(office).get("delay")
    return DelayCurve.from_dict(told) if told else DelayCurve()


def features_of(
    pool: Pool,
    help_request: HelpRequest,
    slots: Sequence[HelpRequestSlot],
    *,
    now: datetime,
    rows: Sequence[int] | None = None,
    offered: NDArray[np.bool_] | None = None,
) -> Table:
    """[P, F] what is known of each pilot, or [rows, F], when asked now for the dates `offered` [S, P]."""
    problem = pool.problem
    who = np.arange(problem.pilot_count) if rows is None else np.asarray(rows, np.intp)
    dates = (_possible(pool) if offered is None else offered)[:, who]
    dates = np.where(dates.any(axis=0), dates, True)  # whoever can make none is judged by all of them
    number = dates.sum(axis=0)
    starts = [slot.starts_at.astimezone(help_request.office.zone) for slot in slots]
    early, afternoon, late = day_part([start.hour for start in starts])

    def share(of_slot: Sequence[Any] | NDArray[Any]) -> Table:
        """[P] the mean over the dates offered of something [S]."""
        means: Table = np.asarray(of_slot, np.float64) @ dates / number
        return means

    lead = np.array([(slot.starts_at - now).total_seconds() / 3600 for slot in slots])
    hours = [(slot.ends_at - slot.starts_at).total_seconds() / 3600 for slot in slots]
    return columns(
        AskingFacts(
            distance_km=problem.distance_km[0, who],
            reach_km=problem.reach_km[who],
            remote=help_request.remote,
            lead_hours=np.where(dates, lead[:, np.newaxis], np.inf).min(axis=0, initial=np.inf),
            early=share(early),
            afternoon=share(afternoon),
            late=share(late),
            weekend=share([start.weekday() >= 5 for start in starts]),
            hours=share(hours),
            dates=number,
            urgent=help_request.urgent,
            topic_wished=problem.topic_stance[0, who] > 0,
            topic_sessions=problem.topic_sessions[0, who],
            continuity=problem.continuity[0, who],
            sessions_90d=problem.recent_sessions[who],
            **history([pool.pilot_ids[row] for row in who], now=now),
        )
    )


def due(*, now: datetime) -> list[UUID | None]:
    """Whose model is to be trained: at most once a night, where enough answers have come since; None is that of all.

    Counts, and reads no answers: it is asked every hour, also where there will never be enough to learn from.
    """
    local = now.astimezone(get_default_timezone())
    night = local.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    if night > local:
        night -= timedelta(days=1)
    by_office = latest_by_office()
    enough: dict[UUID | None, datetime] = {}
    if sum(n for n, _ in by_office.values()) >= LEAST_ANSWERS:
        enough[None] = max(latest for _, latest in by_office.values())
    if len(by_office) > 1:  # the model of all offices is the only one's own
        enough |= {office: latest for office, (n, latest) in by_office.items() if n >= OWN_FROM}
    trained = {
        office: (at, of_answers)
        for office, at, of_answers in AcceptanceVersion.objects.of_features(FEATURES).latest_training()
    }

    def learns_more(office: UUID | None, latest: datetime) -> bool:
        """Whether the latest training is of another night, and of clearly fewer answers."""
        if office not in trained:
            return True
        at, of_answers = trained[office]
        return at < min(night, latest) and new_since(office, at) >= max(LEAST_NEW, NEW_SHARE * of_answers)

    return [
        office
        for office, latest in enough.items()
        if learns_more(office, latest) and rarer_to_learn_from(office) >= LEAST_OF_EACH
    ]


def learn(known: Answers, *, office_id: UUID | None) -> TrainingResult | None:
    """A model of these answers with its report, and how long a yes takes; None where they are too few."""
    try:
        learned = train(
            known.X, known.y, known.asked_at, office=known.office, pilot=known.pilot, groups=known.groups
        )
    except TooFewAnswers:
        return None
    learned.report["delay"] = delays(office_id).to_dict()
    return learned


def has_failed(version: AcceptanceVersion, known: Answers, prior: Prior) -> bool:
    """Whether a live version did worse than the prior on answers to offers made after it was trained."""
    later = known.since(version.trained_at)
    if not _is_of_these_features(version):
        return True
    if len(later.y) < LEAST_TO_DOUBT:
        return False
    model = AcceptanceModel.from_dict(version.parameters)
    return gain(model, prior, later.X, later.y, office=later.office, pilot=later.pilot).mean < 0


def _possible(pool: Pool) -> NDArray[np.bool_]:
    """[S, P] who may be asked for which date."""
    problem = pool.problem
    possible = np.ones((problem.slot_count, problem.pilot_count), np.bool_)
    for constraint in CONSTRAINTS:
        possible &= constraint.allows(problem, 0)
    return possible


def _is_of_these_features(version: AcceptanceVersion) -> bool:
    """Whether a version knows the columns of today; after they changed, the prior serves until the next night."""
    return version.parameters["params"]["features"] == list(FEATURES)


def _prior(office: Office) -> Prior:
    """The plain estimate at the level of the latest training, of whatever fate; without one the usual level."""
    told = _latest_report(office).get("prior")
    return Prior.from_dict(told["parameters"]) if told else Prior()


def _latest_report(office: Office) -> dict[str, Any]:
    report = AcceptanceVersion.objects.for_office(office).values_list("report", flat=True).first()
    return report or {}
