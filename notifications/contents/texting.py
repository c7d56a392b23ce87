"""What an SMS says that is no copy of a mail: the code that proves a number, and the answer to a reply."""

from datetime import datetime

from backend.dispatch.models import Offer
from backend.dispatch.states import OfferStatus
from notifications import links
from notifications.contents import appointment
from notifications.contents.content import Content
from notifications.models import Delivery, SmsNumber
from notifications.texting.outcomes import Outcome

TO_ANSWER = (OfferStatus.PENDING, OfferStatus.EXPIRED, OfferStatus.ACCEPTED, OfferStatus.RESERVE)


def sms_code(delivery: Delivery, number: SmsNumber, now: datetime) -> Content | None:
    """The code exists in this message alone; what is stored is its hash."""
    return None if number.proven_at else Content({"code": number.new_code(at=now)})


def sms_reply(delivery: Delivery, number: SmsNumber, now: datetime) -> Content | None:
    """What we took the reply for, and a link under which it can be said otherwise."""
    facts = delivery.event.facts
    offer = (
        Offer.objects.select_related("help_request__office", "help_request__meeting_place", "accepted_slot")
        .filter(pk=facts.get("offer_id"), pilot__user=delivery.recipient)
        .first()
    )
    if offer is None:
        return Content({"outcome": facts["outcome"], "url": links.my_assignments()})
    slots = [offer.accepted_slot] if offer.accepted_slot else list(offer.slots.all())
    told = appointment.asked_about(offer.help_request, slots)
    answerable = offer.status in TO_ANSWER and facts["outcome"] != Outcome.DECLINED
    url = links.offer_by_sms(offer.new_link(at=now, short=True)) if answerable else links.my_assignments()
    return Content({"outcome": facts["outcome"], "appointment": told, "url": url, "answers": answerable})
