"""What has become of the offers made so far: the labels that training learns from, and the history behind a chance.

A yes that came too late helped nobody when it was needed: it counts as none, as silence does. What was taken back
before an answer, or still waits for one, says nothing. Whoever said yes in time and dropped out later did say yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Greatest
from numpy.typing import NDArray

from backend.dispatch.models import Offer
from backend.dispatch.states import OfferStatus
from backend.people.models import Pilot
from matching.acceptance_report import first_held_out
from matching.asking_facts import FEATURES
from matching.delays import DelayCurve

YES = Q(accepted_at__lt=F("expires_at"))
KNOWN = Q(accepted_at__isnull=False) | Q(status__in=(OfferStatus.DECLINED, OfferStatus.EXPIRED))
ANSWERED_AT = Greatest("accepted_at", "declined_at", "expired_at")
SILENT = Q(status=OfferStatus.EXPIRED)
WEEK, FOUR_WEEKS = timedelta(days=7), timedelta(days=28)
MONTH_DAYS = 30.44
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Answers:
    """Offers whose answer is known, in the order of asking. `groups` are for the report, never for the model."""

    X: NDArray[np.float64]
    y: NDArray[np.int64]
    asked_at: NDArray[np.float64]
    office: NDArray[np.str_]
    pilot: NDArray[np.str_]
    groups: dict[str, NDArray[np.str_]]

    def since(self, moment: datetime) -> "Answers":
        """Those asked after a moment."""
        later = self.asked_at > moment.timestamp()
        groups = {name: labels[later] for name, labels in self.groups.items()}
        return Answers(
            self.X[later], self.y[later], self.asked_at[later], self.office[later], self.pilot[later], groups
        )


def answers(office_id: UUID | None) -> Answers:
    """All that is known, of one office or of all, with what was noted when asking."""
    found = (
        _known(office_id)
        .order_by("made_at", "pk")
        .annotate(yes=YES)
        .values_list(
            "features",
            "yes",
            "made_at",
            "help_request__office",
            "pilot",
            "pilot__gender",
            "help_request__languages",
        )
    )
    features, yes, made_at, office, pilot, gender, languages = (
        zip(*found, strict=True) if found else ((),) * 7
    )
    return Answers(
        X=np.array([[of[name] for name in FEATURES] for of in features], np.float64).reshape(
            -1, len(FEATURES)
        ),
        y=np.array(yes, np.bool_).astype(np.int64),
        asked_at=np.array([moment.timestamp() for moment in made_at], np.float64),
        office=np.array([str(pk) for pk in office], np.str_),
        pilot=np.array([str(pk) for pk in pilot], np.str_),
        groups={
            "gender": np.array(gender, np.str_),
            "language": np.array([codes[0] for codes in languages], np.str_),
        },
    )


def delays(office_id: UUID | None) -> DelayCurve:
    """How long a yes takes; whoever has not answered yet, or was not let, counts with the time there was."""
    ends = (
        _of_office(office_id)
        .filter(Q(accepted_at__isnull=False) | Q(expired_at__isnull=False) | Q(retracted_at__isnull=False))
        .values_list("made_at", "accepted_at", "expired_at", "retracted_at")
    )
    waited = [(next(filter(None, (yes, *others))) - made, yes is not None) for made, yes, *others in ends]
    return DelayCurve.fit(
        [max(hours.total_seconds() / 3600, 0.0) for hours, _ in waited], [came for _, came in waited]
    )


def latest_by_office() -> dict[UUID, tuple[int, datetime]]:
    """How many answers each office has, and when the latest came."""
    counted = (
        _known(None)
        .values("help_request__office")
        .annotate(n=Count("pk"), latest=Max(ANSWERED_AT))
        .order_by()
        .values_list("help_request__office", "n", "latest")
    )
    return {office: (n, latest) for office, n, latest in counted}


def new_since(office_id: UUID | None, moment: datetime) -> int:
    """How many answers have come after a moment, in one office or in all."""
    return _known(office_id).annotate(answered_at=ANSWERED_AT).filter(answered_at__gt=moment).count()


def rarer_to_learn_from(office_id: UUID | None) -> int:
    """How many yes or how many no, whichever are fewer, a candidate would see; reads none of them."""
    known = _known(office_id)
    asked = known.order_by("made_at").values_list("made_at", flat=True)
    held = asked[first_held_out(known.count())]
    seen = known.filter(made_at__lt=held).aggregate(n=Count("pk"), yes=Count("pk", filter=YES))
    return int(min(seen["yes"], seen["n"] - seen["yes"]))


def history(pilot_ids: Sequence[UUID], *, now: datetime) -> dict[str, Any]:
    """[P] each, by the names of AskingFacts: how often and how lately each was asked, what came of it, and since when
    the pilot is active. Two queries."""
    asked = {
        row[0]: row[1:]
        for row in Offer.objects.filter(pilot__in=pilot_ids, made_at__lt=now)
        .values("pilot")
        .annotate(
            week=Count("pk", filter=Q(made_at__gt=now - WEEK)),
            month=Count("pk", filter=Q(made_at__gt=now - FOUR_WEEKS)),
            known=Count("pk", filter=KNOWN),
            yes=Count("pk", filter=YES),
            silent=Count("pk", filter=SILENT),
            last=Max("made_at"),
        )
        .order_by()
        .values_list("pilot", "week", "month", "known", "yes", "silent", "last")
    }
    active = dict(Pilot.objects.filter(pk__in=pilot_ids).values_list("pk", "active_at"))

    def days(since: datetime | None, otherwise: float) -> float:
        return otherwise if since is None else max((now - since).total_seconds() / SECONDS_A_DAY, 0.0)

    rows = [(*asked.get(pk, (0, 0, 0, 0, 0, None)), active.get(pk)) for pk in pilot_ids]
    table = np.array(
        [(*counts, days(last, np.inf), days(since, 0.0) / MONTH_DAYS) for *counts, last, since in rows],
        np.float64,
    ).reshape(-1, 7)
    names = (
        "messages_7d",
        "messages_28d",
        "answers",
        "said_yes",
        "unanswered",
        "days_since_asked",
        "active_months",
    )
    return dict(zip(names, table.T, strict=True))


def _known(office_id: UUID | None) -> QuerySet[Offer]:
    """What can be learned from; without the offers from before a feature was noted."""
    return _of_office(office_id).filter(KNOWN, features__has_keys=list(FEATURES))


def _of_office(office_id: UUID | None) -> QuerySet[Offer]:
    offers = Offer.objects.all()
    return offers if office_id is None else offers.filter(help_request__office=office_id)
