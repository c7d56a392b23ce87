"""What messages about requests, offers and assignments say, and until when they are worth saying."""

from datetime import datetime, timedelta

from backend.accounts.permissions import Permission, may
from backend.dispatch.codes import CancellationReason, RetractionReason, UnfilledReason
from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot, Offer, WaveSeries
from backend.dispatch.states import LIVELY, AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.moments import moment_in_words
from notifications import calendar, links
from notifications.contents import appointment
from notifications.contents.content import Content
from notifications.models import Delivery
from notifications.states import DeliveryStatus

ASKED_BY = ("offer_made", "reserve_asked")
OUT = (DeliveryStatus.SENT, DeliveryStatus.SENDING)
ENDED_BY_THE_CASE = (CancellationReason.APPOINTMENT_CANCELLED, CancellationReason.REQUEST_WITHDRAWN)


# --- requests


def request_received(delivery: Delivery, help_request: HelpRequest, now: datetime) -> Content | None:
    if help_request.status not in {HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED}:
        return None
    return _about(help_request, url=links.request(help_request))


def new_request(delivery: Delivery, help_request: HelpRequest, now: datetime) -> Content | None:
    if help_request.status != HelpRequestStatus.OPEN:
        return None
    return _about(
        help_request,
        url=links.office_request(help_request),
        urgent=help_request.urgent,
        organisation=help_request.organisation.name if help_request.organisation else "",
    )


def request_unfilled(delivery: Delivery, help_request: HelpRequest, now: datetime) -> Content | None:
    if help_request.status != HelpRequestStatus.UNFILLED:
        return None
    dropped_out = help_request.unfilled_reason == UnfilledReason.PILOT_DROPPED_OUT
    return _about(help_request, url=links.request(help_request), dropped_out=dropped_out)


def request_changed(delivery: Delivery, help_request: HelpRequest, now: datetime) -> Content | None:
    """What is different, by its part; the words themselves stay behind the sign-in."""
    if help_request.status not in {HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED}:
        return None
    parts = delivery.event.facts["parts"]
    reader = delivery.recipient
    to_office = may(reader, Permission.READ_DISPATCH, office_id=help_request.office_id)
    if not to_office and not HelpRequest.objects.visible_to(reader).filter(pk=help_request.pk).exists():
        return None
    page = links.office_request if to_office else links.request
    return _about(
        help_request,
        url=page(help_request),
        need="need" in parts,
        place="place" in parts,
        new_dates="dates" in parts,
        searching=to_office and help_request.status == HelpRequestStatus.OPEN,
    )


def request_withdrawn(delivery: Delivery, help_request: HelpRequest, now: datetime) -> Content | None:
    if help_request.status != HelpRequestStatus.WITHDRAWN:
        return None
    return _about(help_request, reason=help_request.get_withdrawn_reason_display())


def pilot_dropped_out(delivery: Delivery, assignment: Assignment, now: datetime) -> Content | None:
    help_request = assignment.help_request
    if help_request.status != HelpRequestStatus.OPEN:
        return None
    return Content(
        {
            "appointment": appointment.confirmed(assignment),
            "reserve": help_request.offers.filter(status=OfferStatus.RESERVE).count(),
            "url": links.office_request(help_request),
        }
    )


def nobody_left(delivery: Delivery, asked: Offer | WaveSeries, now: datetime) -> Content | None:
    help_request = asked.help_request
    if (
        help_request.status != HelpRequestStatus.OPEN
        or help_request.offers.filter(status__in=LIVELY).exists()
    ):
        return None
    return _about(help_request, url=links.office_request(help_request))


# --- offers


def offer_made(delivery: Delivery, offer: Offer, now: datetime) -> Content | None:
    coming = _coming(offer, now)
    if not coming or offer.status != OfferStatus.PENDING or offer.expires_at <= now:
        return None
    answer_by = _in_office_time(offer, offer.expires_at)
    return _asking_for_an_answer(delivery, offer, coming, now, answer_by=answer_by)


def reserve_asked(delivery: Delivery, offer: Offer, now: datetime) -> Content | None:
    coming = _coming(offer, now)
    reaffirmed = offer.reaffirmed_at is not None and offer.reaffirmed_at >= delivery.event.happened_at
    if not coming or offer.status != OfferStatus.RESERVE or reaffirmed:
        return None
    if offer.help_request.status != HelpRequestStatus.OPEN:
        return None
    return _asking_for_an_answer(delivery, offer, coming, now)


def offer_accepted(delivery: Delivery, offer: Offer, now: datetime) -> Content | None:
    help_request = offer.help_request
    willing = (OfferStatus.ACCEPTED, OfferStatus.RESERVE)
    if offer.status not in willing or help_request.status != HelpRequestStatus.OPEN:
        return None
    assert offer.accepted_slot  # held by a constraint
    return Content(
        {
            "appointment": appointment.asked_about(help_request, [offer.accepted_slot]),
            "code": offer.pilot.display_code,
            "willing": help_request.offers.filter(status__in=willing).count(),
            "url": links.office_request(help_request),
        }
    )


def offer_retracted(delivery: Delivery, offer: Offer, now: datetime) -> Content | None:
    """Only to who has been asked: a question that never went out needs no taking back."""
    asked = Delivery.objects.filter(
        subject_id=offer.pk, recipient=delivery.recipient_id, template__in=ASKED_BY, status__in=OUT
    )
    if offer.status != OfferStatus.RETRACTED or not asked.exists():
        return None
    reason = delivery.event.facts["reason"]
    return Content(
        {
            "appointment": appointment.asked_about(offer.help_request, list(offer.slots.all())),
            "found": reason == RetractionReason.SEATS_TAKEN,
            "withdrawn": reason == RetractionReason.REQUEST_WITHDRAWN,
            "changed": reason == RetractionReason.REQUEST_CHANGED,
            "unfilled": reason == RetractionReason.REQUEST_UNFILLED,
        }
    )


def reserve_thanks(delivery: Delivery, offer: Offer, now: datetime) -> Content | None:
    if offer.status != OfferStatus.RESERVE or not _coming(offer, now):
        return None
    assert offer.accepted_slot
    return Content({"appointment": appointment.asked_about(offer.help_request, [offer.accepted_slot])})


# --- assignments


def confirmed(delivery: Delivery, assignment: Assignment, now: datetime) -> Content | None:
    if assignment.status != AssignmentStatus.CONFIRMED or assignment.ends_at <= now:
        return None
    return _entry(delivery, assignment, url=links.assignment(assignment))


def confirmed_to_asking_side(delivery: Delivery, assignment: Assignment, now: datetime) -> Content | None:
    """With the card for the person who is accompanied: whoever asked hands it on."""
    content = confirmed(delivery, assignment, now)
    if content is None:
        return None
    facts = {**content.facts, "card_url": links.client_card(assignment)}
    return Content(facts, attachments=content.attachments)


def details_changed(delivery: Delivery, help_request: HelpRequest, now: datetime) -> Content | None:
    """That something is different about the meeting, and where to read it."""
    assignment = (
        help_request.assignments.filter(pilot__user=delivery.recipient, status=AssignmentStatus.CONFIRMED)
        .filter(starts_at__gt=now)
        .first()
    )
    if assignment is None:
        return None
    assignment.help_request = help_request
    return Content({"appointment": appointment.confirmed(assignment), "url": links.assignment(assignment)})


def reminder(delivery: Delivery, assignment: Assignment, now: datetime) -> Content | None:
    if assignment.status != AssignmentStatus.CONFIRMED or assignment.starts_at <= now:
        return None
    return Content({"appointment": appointment.confirmed(assignment), "url": links.assignment(assignment)})


def cancelled(delivery: Delivery, assignment: Assignment, now: datetime) -> Content | None:
    if assignment.status != AssignmentStatus.CANCELLED or assignment.ends_at + timedelta(days=1) <= now:
        return None
    return _entry(
        delivery,
        assignment,
        url=links.request(assignment.help_request),
        by_pilot=delivery.event.facts["by_role"] == "pilot",
        changed=assignment.cancelled_reason == CancellationReason.REQUEST_CHANGED,
        case_is_over=assignment.cancelled_reason in ENDED_BY_THE_CASE,
        searching=assignment.help_request.status == HelpRequestStatus.OPEN,
    )


# --- parts


def _about(help_request: HelpRequest, **facts: object) -> Content:
    told = appointment.asked_about(help_request, list(help_request.slots.all()))
    return Content({"appointment": told, **facts})


def _coming(offer: Offer, now: datetime) -> list[HelpRequestSlot]:
    """The offered dates that have not begun."""
    return [slot for slot in offer.slots.all() if slot.starts_at > now]


def _asking_for_an_answer(
    delivery: Delivery, offer: Offer, coming: list[HelpRequestSlot], now: datetime, **facts: object
) -> Content:
    # The secret exists in this message alone; what is stored is its hash.
    if delivery.channel == "sms":
        url = links.offer_by_sms(offer.new_link(at=now, short=True))
    else:
        url = links.offer(offer.new_link(at=now))
    told = appointment.asked_about(offer.help_request, coming)
    return Content({"appointment": told, "url": url, "answers": True, **facts})


def _in_office_time(offer: Offer, moment: datetime) -> str:
    return moment_in_words(moment, offer.help_request.office.time_zone, short=False)


def _entry(delivery: Delivery, assignment: Assignment, **facts: object) -> Content:
    told = appointment.confirmed(assignment)
    entry = calendar.entry(assignment, to=delivery.recipient, at=delivery.event.happened_at)
    return Content({"appointment": told, **facts}, attachments=(entry,))
