"""What would a confirmation set off? The same steps as the command, of rows that are never stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from uuid_utils.compat import uuid7

from backend.accounts.models import User
from backend.dispatch import travel
from backend.dispatch.choosing import check_choice
from backend.dispatch.codes import RetractionReason
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.dispatch.states import OfferStatus
from backend.journal.kinds import EventKind


@dataclass(frozen=True)
class Foreseen:
    """One event that would be recorded."""

    kind: EventKind
    subject: models.Model
    facts: Mapping[str, Any] = field(default_factory=dict)


def confirmation(help_request: HelpRequest, offer: Offer, *, by: User, now: datetime) -> list[Foreseen]:
    """The events that confirm_assignment would record; raises as it would where the pilot cannot be chosen."""
    choice = check_choice(help_request, offer, now=now)
    slot = choice.slot
    assignment = Assignment(
        help_request=help_request,
        office=help_request.office,
        seat=choice.seat,
        pilot=offer.pilot,
        offer=offer,
        slot=slot,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        busy=travel.busy_span(help_request, slot.starts_at, slot.ends_at),
        site=help_request.site or uuid7(),
        confirmed_by=by,
        confirmed_at=now,
    )
    travel.check_no_clash(assignment)
    found = [
        Foreseen(
            EventKind.ASSIGNMENT_CONFIRMED,
            assignment,
            {"slot_id": slot.pk, "seat": assignment.seat, "offer_id": offer.pk},
        )
    ]
    return found + (_of_the_others(help_request, offer) if choice.is_last else [])


def _of_the_others(help_request: HelpRequest, chosen: Offer) -> list[Foreseen]:
    """Whoever said yes becomes the reserve; whoever has not answered need not any more."""
    found = []
    others = help_request.offers.filter(status__in=(OfferStatus.PENDING, OfferStatus.ACCEPTED))
    for other in others.exclude(pk=chosen.pk).select_related("pilot__user", "accepted_slot"):
        other.help_request = help_request
        if other.status == OfferStatus.ACCEPTED:
            found.append(Foreseen(EventKind.OFFER_RESERVED, other.as_if(OfferStatus.RESERVE)))
        else:
            gone, reason = other.as_if(OfferStatus.RETRACTED), RetractionReason.SEATS_TAKEN.value
            found.append(Foreseen(EventKind.OFFER_RETRACTED, gone, {"reason": reason}))
    return found
