"""What has to be true of a request, an offer or an assignment before the next step."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.accounts.models import Office
from backend.dispatch.codes import CancellationReason
from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.errors import Conflict, RuleViolated
from backend.people.codes import CefrLevel
from backend.people.models import Pilot
from backend.people.states import PilotStatus

SLOTS_AT_MOST = 3
SHORTEST_SLOT = timedelta(minutes=5)
LONGEST_SLOT = timedelta(hours=8)
MOST_SEATS = 5
# Rules about fit, of which the office may think otherwise after a talk. All others stand: who is not active, minors
# without a background check (the law), two places at once, and whatever a pilot has ruled out without a reason.
MAY_BE_BENT = frozenset({"language", "german", "reach", "gender", "availability", "capacity", "heavy_topics"})
PILOTS_REASONS = (CancellationReason.PILOT_ILL, CancellationReason.PILOT_PREVENTED)
OFFICES_REASONS = (
    *PILOTS_REASONS,
    CancellationReason.APPOINTMENT_CANCELLED,
    CancellationReason.OFFICE_DECISION,
)


def check_slots(
    slots: Sequence[tuple[datetime, datetime]], *, office: Office, urgent: bool, now: datetime
) -> None:
    """One to three future dates within a local day each, not before the office's lead time unless urgent."""
    _check_slot_count(slots)
    for starts_at, ends_at in slots:
        _check_slot(starts_at, ends_at, office=office, now=now)
    _check_lead_time(slots, office=office, urgent=urgent, now=now)


def check_changed_slots(
    slots: Sequence[tuple[datetime, datetime]],
    *,
    added: Sequence[tuple[datetime, datetime]],
    office: Office,
    urgent: bool,
    now: datetime,
) -> None:
    """The same for a request that is changed: what was asked for in time may stay, and one date is still to come."""
    _check_slot_count(slots)
    for starts_at, ends_at in added:
        _check_slot(starts_at, ends_at, office=office, now=now)
    if all(starts_at <= now for starts_at, _ends_at in slots):
        raise RuleViolated("slot_in_past", field="slots")
    if added:
        _check_lead_time(added, office=office, urgent=urgent, now=now)


def _check_slot_count(slots: Sequence[tuple[datetime, datetime]]) -> None:
    if not 1 <= len(slots) <= SLOTS_AT_MOST:
        raise RuleViolated("slot_count", field="slots", at_most=SLOTS_AT_MOST)
    if len(set(slots)) < len(slots):
        raise RuleViolated("slot_twice", field="slots")


def _check_slot(starts_at: datetime, ends_at: datetime, *, office: Office, now: datetime) -> None:
    if ends_at <= starts_at:
        raise RuleViolated("time_order", field="slots")
    if ends_at - starts_at < SHORTEST_SLOT:
        raise RuleViolated("slot_too_short", field="slots", minutes=SHORTEST_SLOT // timedelta(minutes=1))
    if ends_at - starts_at > LONGEST_SLOT:
        raise RuleViolated("slot_too_long", field="slots", hours=LONGEST_SLOT // timedelta(hours=1))
    if starts_at <= now:
        raise RuleViolated("slot_in_past", field="slots")
    if office.local_date(starts_at) != office.local_date(ends_at):
        raise RuleViolated("slot_crosses_midnight", field="slots")


def _check_lead_time(
    slots: Sequence[tuple[datetime, datetime]], *, office: Office, urgent: bool, now: datetime
) -> None:
    earliest = office.local_date(now) + timedelta(days=office.lead_days)
    if not urgent and office.local_date(min(start for start, _ in slots)) < earliest:
        raise RuleViolated(
            "lead_time_too_short", field="slots", days=office.lead_days, earliest=earliest.isoformat()
        )


def check_need(*, required_level: int, seats: int) -> None:
    """A level of the European framework, and as many pilots as one appointment can hold."""
    if not 1 <= required_level <= CefrLevel.C2:
        raise RuleViolated("level_out_of_range", field="required_level")
    if not 1 <= seats <= MOST_SEATS:
        raise RuleViolated("seat_count", field="seats", at_most=MOST_SEATS)


def check_matter(matter: str, *, office: Office) -> None:
    """Nothing that the office leaves to others; whom to turn to instead stands in the facts."""
    if matter in office.excluded_matters:
        raise RuleViolated(
            "matter_excluded",
            field="matter",
            matter=matter,
            hand_off=office.hand_off(matter),
            office_id=str(office.pk),
        )


def check_is_open(help_request: HelpRequest) -> None:
    if help_request.status != HelpRequestStatus.OPEN:
        raise Conflict("help_request_not_open", status=help_request.status)


def check_may_be_changed(help_request: HelpRequest) -> None:
    """Something is still to come of it."""
    if help_request.status not in {HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED}:
        raise Conflict("help_request_not_changeable", status=help_request.status)


def coming_slots(help_request: HelpRequest, *, now: datetime) -> list[HelpRequestSlot]:
    """The dates still possible; raises RuleViolated when none is left."""
    slots = help_request.coming_slots(now=now)
    if not slots:
        raise RuleViolated("no_date_left")
    return slots


def slots_in_question(help_request: HelpRequest, *, now: datetime) -> list[HelpRequestSlot]:
    """The dates still possible; where none is left all of them, so that "why not?" has an answer afterwards too."""
    return help_request.coming_slots(now=now) or list(help_request.slots.all())


def check_awaits_answer(offer: Offer, *, now: datetime) -> None:
    """The request is still open and this offer was not settled; a late answer counts while the request is open."""
    if offer.help_request.status != HelpRequestStatus.OPEN:
        raise Conflict("somebody_was_faster", status=offer.help_request.status)
    if offer.status == OfferStatus.RETRACTED or offer.is_outdated:
        raise Conflict("offer_retracted")
    if offer.status not in {OfferStatus.PENDING, OfferStatus.EXPIRED, OfferStatus.RESERVE}:
        raise Conflict("offer_already_answered", status=offer.status)
    if offer.status == OfferStatus.EXPIRED and offer.newer().exists():
        raise Conflict("newer_offer_waits")


def check_slot_offered(offer: Offer, slot: HelpRequestSlot | None, *, now: datetime) -> HelpRequestSlot:
    """The date is one of those offered and still possible."""
    if slot is None:
        raise RuleViolated("slot_not_offered", field="slot")
    if slot.starts_at <= now:
        raise Conflict("date_has_passed")
    if slot not in offer.help_request.coming_slots(now=now):
        raise Conflict("other_date_chosen")
    return slot


def still_says_yes(offer: Offer) -> bool:
    """Whether the office may count on this pilot: a reserve only once she was asked again after the drop-out."""
    asked_again = offer.status == OfferStatus.RESERVE and offer.reaffirmed_at is not None
    return offer.status == OfferStatus.ACCEPTED or asked_again


def check_may_be_chosen(offer: Offer, *, now: datetime) -> HelpRequestSlot:
    """The pilot has accepted a date that is still to come, and after a drop-out has said so again."""
    if offer.status not in {OfferStatus.ACCEPTED, OfferStatus.RESERVE} or offer.accepted_slot is None:
        raise Conflict("offer_not_accepted", status=offer.status)
    if not still_says_yes(offer):
        raise RuleViolated("reserve_not_asked_yet")
    if offer.accepted_slot.starts_at <= now:
        raise RuleViolated("date_has_passed")
    if offer.accepted_slot not in offer.help_request.coming_slots(now=now):
        raise RuleViolated("other_date_chosen")
    return offer.accepted_slot


def check_is_bookable(pilot: Pilot) -> None:
    if not pilot.is_bookable:
        raise RuleViolated("pilot_not_active", status=pilot.status)


def check_may_say_yes(pilot: Pilot) -> None:
    """The same, said to herself: during a pause she can take it back first."""
    if pilot.status == PilotStatus.PAUSED:
        raise RuleViolated("you_are_pausing")
    check_is_bookable(pilot)


def check_reason_to_cancel(reason: str, *, by_pilot: bool) -> None:
    """A pilot can only drop out; that the appointment is off is for the asking side and the office to say."""
    allowed = PILOTS_REASONS if by_pilot else OFFICES_REASONS
    if reason not in allowed:
        raise RuleViolated("reason_not_allowed", field="reason", allowed=[r.value for r in allowed])


def check_is_confirmed(assignment: Assignment) -> None:
    if assignment.status != AssignmentStatus.CONFIRMED:
        raise Conflict("assignment_not_live", status=assignment.status)


def check_has_not_begun(assignment: Assignment, *, now: datetime) -> None:
    if assignment.starts_at <= now:
        raise RuleViolated("session_has_begun")


def check_has_begun(assignment: Assignment, *, now: datetime) -> None:
    if assignment.starts_at > now:
        raise RuleViolated("session_not_begun")
