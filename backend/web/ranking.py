"""How a stored ranking, its offers and its timeline become rows that a page can show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.accounts.models import User
from backend.dispatch.models import HelpRequest, MatchRun, Offer, Suggestion
from backend.dispatch.queries import timeline
from backend.journal.models import Event
from backend.people.codes import AccessReason
from backend.people.models import Pilot
from backend.people.permissions import may_reveal
from backend.people.queries import reveal_names
from backend.reason_texts import LEFT_OUT, STEP_LABELS, TERM_LABELS, term_reason


@dataclass(frozen=True)
class Reason:
    """One criterion of one candidate: how much it adds, and why, in words."""

    label: str
    contribution: float
    share: float
    text: str


@dataclass(frozen=True)
class CandidateRow:
    suggestion: Suggestion
    name: str
    reasons: list[Reason]
    dates: int
    offer: Offer | None


@dataclass(frozen=True)
class StepRow:
    """How many remain after a step, and how many it left out, and why."""

    label: str
    remaining: int
    left_out: int
    reason: str


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
            reasons=[_reason(part) for part in suggestion.contributions],
            dates=len(suggestion.slots),
            offer=asked.get(suggestion.pilot_id),
        )
        for suggestion in suggestions
    ]


def step_rows(run: MatchRun) -> list[StepRow]:
    """The waterfall, with whoever was left out by each step."""
    rows, before = [], run.considered
    for step in run.waterfall:
        remaining = step["remaining"]
        rows.append(
            StepRow(
                label=str(STEP_LABELS[step["code"]]),
                remaining=remaining,
                left_out=before - remaining,
                reason=str(LEFT_OUT[step["code"]]),
            )
        )
        before = remaining
    return rows


def timeline_rows(
    help_request: HelpRequest, offers: Iterable[Offer], names: dict[UUID, str]
) -> list[TimelineRow]:
    """All that happened; where it concerns one pilot, with the name."""
    concerned: dict[Any, str] = {offer.pk: names.get(offer.pilot_id, "") for offer in offers}
    return [TimelineRow(event, concerned.get(event.subject_id, "")) for event in timeline(help_request)]


def _reason(part: dict[str, Any]) -> Reason:
    return Reason(
        label=str(TERM_LABELS[part["code"]]),
        contribution=part["contribution"],
        share=part["value"],
        text=term_reason(part["code"], part["facts"]),
    )
