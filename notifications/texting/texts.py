"""What does an SMS say? Day and hour, a link, and how to answer; nothing of the person who is accompanied."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import links
from notifications.texting.length import segments
from notifications.texting.models import SmsNumber
from notifications.texting.outcomes import Outcome

SEGMENTS_AT_MOST = 2
YES, NO = "1", "2"

# By template: the urgent messages. What else happens can wait for the mail.
BY_SMS: Mapping[str, Promise] = {
    "offer_made": _("ILOS: Can you help? %(when)s. Reply 1 = yes, 2 = no. More: %(url)s"),
    "reserve_asked": _("ILOS: Somebody dropped out. Can you come? %(when)s. 1 = yes, 2 = no. More: %(url)s"),
    "confirmed_to_pilot": _("ILOS: Confirmed, you are coming: %(when)s. More: %(url)s"),
    "confirmed_to_asking_side": _("ILOS: A pilot is coming: %(when)s. More: %(url)s"),
    "reminder_to_pilot": _("ILOS: Do not forget: %(when)s. More: %(url)s"),
    "reminder_to_asking_side": _("ILOS: Do not forget: %(when)s. More: %(url)s"),
    "cancelled_to_pilot": _("ILOS: CANCELLED: %(when)s. More: %(url)s"),
    "cancelled_to_asking_side": _("ILOS: CANCELLED: %(when)s. More: %(url)s"),
    "details_changed": _("ILOS: Something has changed: %(when)s. Please look: %(url)s"),
}
# An offer of several dates cannot be answered by a digit for yes.
SEVERAL_DATES: Mapping[str, Promise] = {
    "offer_made": _("ILOS: Can you help? %(count)s dates to choose from: %(url)s"),
    "reserve_asked": _("ILOS: Somebody dropped out. %(count)s dates to choose from: %(url)s"),
}
CODE = "sms_code"
CODE_TEXT = _("ILOS: Your code is %(code)s. We never ask you for it on the phone.")
REPLY = "sms_reply"
REPLIES: Mapping[str, Promise] = {
    Outcome.ACCEPTED: _("ILOS: Your yes is noted: %(when)s. The office decides. More: %(url)s"),
    Outcome.DECLINED: _("ILOS: Your no is noted: %(when)s. Thank you for answering."),
    Outcome.SEVERAL: _("ILOS: You have several questions from us. Please answer here: %(url)s"),
    Outcome.CHOOSE: _("ILOS: Please choose the date here: %(url)s"),
    Outcome.NOTHING: _("ILOS: No question is waiting for you. More: %(url)s"),
    Outcome.CLOSED: _("ILOS: Thank you. This question is closed. More: %(url)s"),
    Outcome.UNCLEAR: _("ILOS: Please reply 1 = yes or 2 = no, or here: %(url)s"),
}
SMS_ONLY = (CODE, REPLY)


def sms_is_on() -> bool:
    """Whether this installation has a gateway."""
    return bool(settings.SMS_GATEWAY)


def with_sms(user_ids: Iterable[UUID]) -> list[UUID]:
    """Those of them who have proven a number."""
    if not sms_is_on():
        return []
    numbers = SmsNumber.objects.proven().filter(user__in=list(user_ids))
    return list(numbers.order_by("user").values_list("user", flat=True))


def sms_text(template: str, facts: Mapping[str, Any]) -> str:
    """The text in the active language, in at most two parts: the place is left out where it does not fit, then the
    link is the one to the start page."""
    candidates = [
        _said(template, facts, where=where, url=url) for url in _links(facts) for where in (True, False)
    ]
    return next((text for text in candidates if segments(text) <= SEGMENTS_AT_MOST), candidates[-1])


def _links(facts: Mapping[str, Any]) -> list[str]:
    url = str(facts.get("url", "") or links.home())
    # What asks for an answer leads there, or it could not be answered.
    return [url] if facts.get("answers") else [url, links.home()]


def _said(template: str, facts: Mapping[str, Any], *, where: bool, url: str) -> str:
    if template == CODE:
        return str(CODE_TEXT) % {"code": facts["code"]}
    told = facts.get("appointment")
    days = told.short_dates if told else ()
    when = ", ".join([*days[:1], *([told.town] if told and where and told.town else [])])
    if template == REPLY:
        text = REPLIES[facts["outcome"]]
    elif len(days) > 1:
        text = SEVERAL_DATES.get(template, BY_SMS[template])
    else:
        text = BY_SMS[template]
    return str(text) % {"when": when, "url": url, "count": len(days)}
