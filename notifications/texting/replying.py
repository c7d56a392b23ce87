"""Which question does a reply answer? Only one that is certain: else the sender is sent the link."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from backend.accounts.tokens import digest
from backend.dispatch.commands.offers import accept_offer, decline_offer
from backend.dispatch.models import Offer
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from backend.errors import DomainError
from notifications.contents.dispatch import ASKED_BY
from notifications.models import Delivery
from notifications.states import DeliveryStatus
from notifications.texting.inbound import Reply
from notifications.texting.models import SmsNumber
from notifications.texting.outcomes import Outcome
from notifications.texting.texts import NO, YES

ASKED_WITHIN = timedelta(days=30)
DIGIT = re.compile(r"[\s.,!\"']*([12])[\s.,!\"']*")
# Digits of the other scripts in which our readers write.
OTHER_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def reply_id(reply: Reply) -> str:
    """The provider's id, of fixed length and unreadable."""
    return digest(f"sms:{reply.provider_id}")


def asked_by_sms(sender: str, *, now: datetime) -> list[SmsNumber]:
    """Whose proven number this is, among those whom we have asked something by SMS lately.

    Numbers are sealed and so compared here: those few of whom an answer can come, and no table of all by number.
    """
    asked = Delivery.objects.filter(
        channel="sms",
        template__in=ASKED_BY,
        status__in=(DeliveryStatus.SENT, DeliveryStatus.SENDING),
        due_at__gt=now - ASKED_WITHIN,
    )
    numbers = SmsNumber.objects.proven().filter(user__in=asked.values("recipient"), user__is_active=True)
    return [number for number in numbers.select_related("user").order_by("pk") if number.number == sender]


def answered(
    numbers: Sequence[SmsNumber], text: str, *, now: datetime
) -> tuple[Outcome, Offer | None, SmsNumber]:
    """Answer the one open question of the sender, if there is one; what came of it, of which offer, for whom."""
    found = [(number, offer) for number in numbers for offer in _open_questions(number)]
    if not found:
        return Outcome.NOTHING, None, numbers[0]
    if len(found) > 1:
        return Outcome.SEVERAL, None, found[0][0]
    ((number, offer),) = found
    if offer.pk != _last_asked(number):  # what the reply was to is closed, and this was not asked by SMS
        return Outcome.SEVERAL, None, number
    said = digit_in(text)
    return (_answer(offer, said, number, now=now) if said else Outcome.UNCLEAR), offer, number


def digit_in(text: str) -> str:
    """ "1" or "2", where the reply says nothing else; "" otherwise."""
    said = DIGIT.fullmatch(text.translate(OTHER_DIGITS))
    return said[1] if said else ""


def _open_questions(number: SmsNumber) -> list[Offer]:
    """What still waits for this pilot's word; a question whose time is over, as long as nobody has been chosen."""
    waiting = Q(status__in=(OfferStatus.PENDING, OfferStatus.EXPIRED)) | Q(
        status=OfferStatus.RESERVE, reaffirmed_at=None
    )
    offers = Offer.objects.filter(
        waiting, pilot__user=number.user, help_request__status=HelpRequestStatus.OPEN
    )
    latest = {
        offer.help_request_id: offer
        for offer in offers.select_related("help_request__office", "pilot__user").order_by("made_at", "pk")
        if not offer.is_outdated and not offer.newer().exists()
    }
    in_time = [offer for offer in latest.values() if offer.status != OfferStatus.EXPIRED]
    return in_time or list(latest.values())


def _last_asked(number: SmsNumber) -> object:
    """The offer about which the last question went to this phone."""
    sent = Delivery.objects.filter(channel="sms", template__in=ASKED_BY, recipient=number.user)
    sent = sent.filter(status__in=(DeliveryStatus.SENT, DeliveryStatus.SENDING))
    return sent.order_by("-due_at", "-pk").values_list("subject_id", flat=True).first()


def _answer(offer: Offer, said: str, number: SmsNumber, *, now: datetime) -> Outcome:
    coming = offer.help_request.coming_slots(now=now)
    slots = [slot for slot in offer.slots.all() if slot in coming]
    if said == YES and len(slots) > 1:
        return Outcome.CHOOSE
    try:
        if said == NO:
            decline_offer(offer_id=offer.pk, by=number.user, now=now)
            return Outcome.DECLINED
        slot_id = slots[0].pk if slots else None
        accept_offer(offer_id=offer.pk, slot_id=slot_id, by=number.user, now=now)
        return Outcome.ACCEPTED
    except DomainError as error:
        if error.code == "busy_try_again":  # the provider posts it again
            raise
        return Outcome.CLOSED
