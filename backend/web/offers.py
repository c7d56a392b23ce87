"""Where an offer stands for the pilot who was asked, and which answers are still possible."""

from datetime import datetime

from backend.dispatch.models import HelpRequestSlot, Offer
from backend.dispatch.states import HelpRequestStatus, OfferStatus

# What may still be answered, and how.
BOTH, YES_ONLY, NO_ONLY, NEITHER = "both", "yes_only", "no_only", "neither"


def state_of(offer: Offer, *, now: datetime) -> tuple[str, str]:
    """(code of what to say, which buttons there are)."""
    is_open = offer.help_request.status == HelpRequestStatus.OPEN
    has_dates = bool(dates_of(offer, now=now))
    match offer.status:
        case OfferStatus.CHOSEN:
            return ("chosen" if offer.assignments.live().exists() else "ended"), NEITHER
        case OfferStatus.DECLINED:
            return "declined", NEITHER
        case OfferStatus.ACCEPTED:
            return "accepted", NO_ONLY
        case OfferStatus.RETRACTED:
            return "retracted", NEITHER
        case OfferStatus.EXPIRED if offer.is_outdated:
            return "retracted", NEITHER
        case OfferStatus.RESERVE if is_open and has_dates:
            return ("reserve_confirmed", NO_ONLY) if offer.reaffirmed_at else ("reserve_asked", BOTH)
        case OfferStatus.RESERVE:
            return "reserve", NO_ONLY
    if not is_open:
        return "faster", NEITHER
    if not has_dates:
        return "passed", NEITHER
    if offer.status == OfferStatus.EXPIRED:
        return ("newer", NEITHER) if offer.newer().exists() else ("late", YES_ONLY)
    return ("late" if offer.expires_at <= now else "open"), BOTH


def dates_of(offer: Offer, *, now: datetime) -> list[HelpRequestSlot]:
    """Those offered that are still possible."""
    coming = offer.help_request.coming_slots(now=now)
    return [slot for slot in offer.slots.all() if slot in coming]
