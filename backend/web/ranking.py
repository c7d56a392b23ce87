"""How a stored ranking, its offers and its timeline become rows that a page can show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.accounts.models import User
from backend.dispatch.matchmaking import PilotChain, last_resort
from backend.dispatch.models import HelpRequest, MatchRun, Offer, Suggestion
from backend.dispatch.queries import timeline
from backend.dispatch.states import HelpRequestStatus
from backend.journal.models import Event
from backend.people.codes import AccessReason
from backend.people.models import Pilot
from backend.people.permissions import may_reveal
from backend.people.queries import reveal_names
from backend.reason_texts import LEFT_OUT, STEP_LABELS, TERM_LABELS, term_reason
from backend.relay_texts import LAST_RESORT, chain_reason


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
