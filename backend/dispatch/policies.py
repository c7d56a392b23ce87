"""What has to be true of a request, an offer or an assignment before the next step."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backend.accounts.models import Office
from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.errors import Conflict, RuleViolated

SLOTS_AT_MOST = 3
LONGEST_SLOT = timedelta(hours=8)


def check_slots(
    slots: Sequence[tuple[datetime, datetime]], *, office: Office, urgent: bool, now: datetime
) -> None:
    """One to three future dates within a local day each, not before the office's lead time unless urgent."""
    if not 1 <= len(slots) <= SLOTS_AT_MOST:
        raise RuleViolated("slot_count", field="slots", at_most=SLOTS_AT_MOST)
    if len(set(slots)) < len(slots):
        raise RuleViolated("slot_twice", field="slots")
    zone = ZoneInfo(office.time_zone)
    for starts_at, ends_at in slots:
        if ends_at <= starts_at:
            raise RuleViolated("time_order", field="slots")
        if ends_at - starts_at > LONGEST_SLOT:
            raise RuleViolated("slot_too_long", field="slots", hours=LONGEST_SLOT // timedelta(hours=1))
        if starts_at <= now:
            raise RuleViolated("slot_in_past", field="slots")
        if starts_at.astimezone(zone).date() != ends_at.astimezone(zone).date():
            raise RuleViolated("slot_crosses_midnight", field="slots")
    earliest = now.astimezone(zone).date() + timedelta(days=office.lead_days)
    if not urgent and min(start for start, _ in slots).astimezone(zone).date() < earliest:
        raise RuleViolated(
            "lead_time_too_short", field="slots", days=office.lead_days, earliest=earliest.isoformat()
        )


def check_is_open(help_request: HelpRequest) -> None:
    if help_request.status != HelpRequestStatus.OPEN:
        raise Conflict("help_request_not_open", status=help_request.status)


def coming_slots(help_request: HelpRequest, *, now: datetime) -> list[HelpRequestSlot]:
    """The dates that have not begun yet; raises RuleViolated when none is left."""
    slots = [slot for slot in help_request.slots.all() if slot.starts_at > now]
    if not slots:
        raise RuleViolated("no_date_left")
    return slots


def check_awaits_answer(offer: Offer, *, now: datetime) -> None:
    """The request is still open and this offer was not settled; a late answer counts while the request is open."""
    if offer.help_request.status != HelpRequestStatus.OPEN:
        raise Conflict("somebody_was_faster", status=offer.help_request.status)
    if offer.status == OfferStatus.RETRACTED:
        raise Conflict("offer_retracted")
    if offer.status not in {OfferStatus.PENDING, OfferStatus.EXPIRED, OfferStatus.RESERVE}:
        raise Conflict("offer_already_answered", status=offer.status)


def check_slot_offered(offer: Offer, slot: HelpRequestSlot | None, *, now: datetime) -> HelpRequestSlot:
    """The date is one of those offered and has not begun."""
    if slot is None:
        raise RuleViolated("slot_not_offered", field="slot")
    if slot.starts_at <= now:
        raise Conflict("date_has_passed")
    return slot


def check_may_be_chosen(offer: Offer, *, now: datetime) -> HelpRequestSlot:
    """The pilot has accepted a date that is still to come."""
    if offer.status not in {OfferStatus.ACCEPTED, OfferStatus.RESERVE} or offer.accepted_slot is None:
        raise Conflict("offer_not_accepted", status=offer.status)
    if offer.accepted_slot.starts_at <= now:
        raise RuleViolated("date_has_passed")
    return offer.accepted_slot


def check_is_confirmed(assignment: Assignment) -> None:
    if assignment.status != AssignmentStatus.CONFIRMED:
        raise Conflict("assignment_not_live", status=assignment.status)


def check_has_begun(assignment: Assignment, *, now: datetime) -> None:
    if assignment.starts_at > now:
        raise RuleViolated("session_not_begun")
