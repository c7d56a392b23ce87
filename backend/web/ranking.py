"""How a stored ranking, its offers and its timeline become rows that a page can show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.accounts.models import User
from backend.dispatch.matchmaking import PilotChain, last_resort, left_out
from backend.dispatch.models import HelpRequest, HelpRequestSlot, MatchRun, Offer, Suggestion
from backend.dispatch.queries import timeline
from backend.dispatch.states import HelpRequestStatus
from backend.journal.models import Event
from backend.people.codes import AccessReason
from backend.people.models import Pilot
from backend.people.permissions import may_reveal
from backend.people.queries import reveal_names
from backend.reason_texts import LEFT_OUT, STEP_LABELS, TERM_LABELS, refusal_reason, term_reason
from backend.relay_texts import LAST_RESORT, chain_reason

LEFT_OUT_SHOWN = 40


@dataclass(frozen=True)
class Reason:
    """One criterion of one candidate: how much it adds, and why, in words."""

    label: str
    contribution: float
    share: float
    text: str


@dataclass(frozen=True)
class Part:
    """One piece of a drawn score: from where to where, in hundredths."""

    number: int
    start: float
    length: float


@dataclass(frozen=True)
class Load:
    """What somebody has on the plate: sessions of the last 90 days, hours of that month."""

    sessions: int
    committed: float
    wished: float | None
    share: float


@dataclass(frozen=True)
class CandidateRow:
    suggestion: Suggestion
    name: str
    reasons: list[Reason]
    parts: list[Part]
    load: Load | None
    dates: int
    offer: Offer | None


@dataclass(frozen=True)
class StepRow:
    """How many remain after a step, and how many it left out, and why."""

    code: str
    label: str
    remaining: int
    left_out: int
    reason: str
    share: float


@dataclass(frozen=True)
class LastResortRows:
    """Pilots for another language and pairs of pilots, each with its sentence."""

    notice: str
    others: list[tuple[Pilot, str]]
    chains: list[tuple[PilotChain, str]]


@dataclass(frozen=True)
class TimelineRow:
    event: Event
    name: str


def names_of(
    pilots: Iterable[Pilot], *, by: User, now: datetime, reason: AccessReason = AccessReason.CASE_WORK
) -> dict[UUID, str]:
    """Names for the office's eyes, each opening logged; the code where there is no name, or no right to it any more."""
    by_id = {pilot.pk: pilot for pilot in pilots}
    known = [pilot for pilot in by_id.values() if may_reveal(by, pilot)]
    names = reveal_names(known, by=by, reason=reason, at=now)
    return {pk: names.get(pk) or pilot.display_code for pk, pilot in by_id.items()}


def candidate_rows(
    suggestions: Sequence[Suggestion], names: dict[UUID, str], offers: Iterable[Offer]
) -> list[CandidateRow]:
    """Best first, with what has come of asking them."""
    asked = {offer.pilot_id: offer for offer in offers}
    return [
        CandidateRow(
            suggestion=suggestion,
            name=names[suggestion.pilot_id],
            reasons=[reason_of(part) for part in suggestion.contributions],
            parts=_parts(suggestion.contributions),
            load=_load(suggestion.contributions),
            dates=len(suggestion.slots),
            offer=asked.get(suggestion.pilot_id),
        )
        for suggestion in suggestions
    ]


def _parts(contributions: Sequence[dict[str, Any]]) -> list[Part]:
    """The contributions one behind the other, as long as each adds to the score."""
    parts, start = [], 0.0
    for number, part in enumerate(contributions, start=1):
        length = 100 * part["contribution"]
        parts.append(Part(number, start, length))
        start += length
    return parts


def _load(contributions: Sequence[dict[str, Any]]) -> Load | None:
    facts = next((part["facts"] for part in contributions if part["code"] == "load_spread"), None)
    if facts is None:
        return None
    committed, wished = facts["committed_hours"] or 0.0, facts["monthly_hours"]
    share = min(committed / wished, 1.0) if wished else 0.0
    return Load(facts["recent_sessions"], committed, wished, share)


@dataclass(frozen=True)
class LeftOut:
    """One pilot who fell out at a step, and everything that stands in the way."""

    pilot: Pilot
    name: str
    reasons: list[str]


@dataclass(frozen=True)
class LeftOutRows:
    """Who falls out at one step, the first of them with names."""

    code: str
    label: str
    count: int
    rows: list[LeftOut]


def left_out_rows(
    help_request: HelpRequest,
    slots: Sequence[HelpRequestSlot],
    step: str,
    *,
    by: User,
    now: datetime,
) -> LeftOutRows | None:
    """Asked for by the code of a step; None for a step there is not."""
    if step not in LEFT_OUT or step == "considered" or not slots:
        return None
    found = left_out(help_request, slots, step, now=now)
    shown = dict(found[:LEFT_OUT_SHOWN])
    pilots = list(
        Pilot.objects.filter(pk__in=shown)
        .select_related("identity")
        .prefetch_related("pilot_offices")
        .order_by("display_code", "pk")
    )
    names = names_of(pilots, by=by, now=now)
    rows = [
        LeftOut(
            pilot,
            names[pilot.pk],
            [refusal_reason(reason["code"], reason["facts"]) for reason in shown[pilot.pk]],
        )
        for pilot in pilots
    ]
    return LeftOutRows(step, str(LEFT_OUT[step]), len(found), rows)


def step_rows(run: MatchRun) -> list[StepRow]:
    """The waterfall, with whoever was left out by each step."""
    rows, before = [], run.considered
    for step in run.waterfall:
        remaining = step["remaining"]
        rows.append(
            StepRow(
                code=step["code"],
                label=str(STEP_LABELS[step["code"]]),
                remaining=remaining,
                left_out=before - remaining,
                reason=str(LEFT_OUT[step["code"]]),
                share=remaining / run.considered if run.considered else 0.0,
            )
        )
        before = remaining
    return rows


def last_resort_rows(
    help_request: HelpRequest, run: MatchRun | None, *, now: datetime
) -> LastResortRows | None:
    """Ways over a third language or two pilots; None unless a ranking has just come out empty."""
    slots = help_request.coming_slots(now=now)
    if run is None or run.eligible or help_request.status != HelpRequestStatus.OPEN or not slots:
        return None
    found = last_resort(help_request, slots, now=now)
    if found is None or not (found.in_other_languages or found.chains):
        return None
    return LastResortRows(
        notice=str(LAST_RESORT),
        others=[
            (other.pilot, term_reason("language_fit", part["facts"]))
            for other in found.in_other_languages
            for part in other.contributions
            if part["code"] == "language_fit"
        ],
        chains=[(chain, chain_reason(chain.facts)) for chain in found.chains],
    )


def timeline_rows(
    help_request: HelpRequest, offers: Iterable[Offer], names: dict[UUID, str]
) -> list[TimelineRow]:
    """All that happened; where it concerns one pilot, with the name."""
    concerned: dict[Any, str] = {offer.pk: names.get(offer.pilot_id, "") for offer in offers}
    return [TimelineRow(event, concerned.get(event.subject_id, "")) for event in timeline(help_request)]


def reason_of(part: dict[str, Any]) -> Reason:
    """A stored contribution in words."""
    return Reason(
        label=str(TERM_LABELS[part["code"]]),
        contribution=part["contribution"],
        share=part["value"],
        text=term_reason(part["code"], part["facts"]),
    )
