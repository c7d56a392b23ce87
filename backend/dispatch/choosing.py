"""Can this pilot be commissioned now? The same answer for the page that foresees it and for the command."""

from dataclasses import dataclass
from datetime import datetime

from backend.dispatch import matchmaking, policies
from backend.dispatch.models import HelpRequest, HelpRequestSlot, Offer
from backend.errors import Conflict, RuleViolated

# What may have changed since the pilot said yes and must still hold. Times and hours are the pilot's own to judge.
STILL_BINDING = frozenset({"background_check", "veto"})


@dataclass(frozen=True)
class Choice:
    """The date she said yes to, and the seat she takes."""

    slot: HelpRequestSlot
    seat: int
    is_last: bool


def check_choice(help_request: HelpRequest, offer: Offer, *, now: datetime) -> Choice:
    """What a confirmation would settle; raises where it cannot be."""
    policies.check_is_open(help_request)
    slot = policies.check_may_be_chosen(offer, now=now)
    policies.check_is_bookable(offer.pilot)
    refusals = matchmaking.why_not(help_request, [slot], offer.pilot, now=now)
    if binding := [refusal for refusal in refusals if refusal["code"] in STILL_BINDING]:
        raise RuleViolated("pilot_not_eligible", pilot=str(offer.pilot_id), reasons=binding)
    seats = help_request.free_seats()
    if not seats:
        raise Conflict("seat_taken")
    return Choice(slot, seats[0], is_last=len(seats) == 1)
