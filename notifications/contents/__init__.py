"""What each message says: from its template's name to the function that gathers its facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backend.accounts.permissions import Permission, may
from notifications import subjects
from notifications.contents import dispatch, people, security, texting
from notifications.contents.content import Content, Writer
from notifications.models import Delivery

TO_THE_OFFICE: Mapping[str, Writer] = {
    "new_applicant": people.new_applicant,
    "new_organisation": people.new_organisation,
    "new_request": dispatch.new_request,
    "request_withdrawn": dispatch.request_withdrawn,
    "offer_accepted": dispatch.offer_accepted,
    "nobody_left": dispatch.nobody_left,
    "pilot_dropped_out": dispatch.pilot_dropped_out,
}

WRITERS: Mapping[str, Writer] = {
    **TO_THE_OFFICE,
    "barrier_reported": people.barrier_reported,
    "pilot_welcome": people.pilot_welcome,
    "pilot_activated": people.pilot_activated,
    "silence_noticed": people.silence_noticed,
    "registered_already": people.registered_already,
    "help_seeker_welcome": people.help_seeker_welcome,
    "user_invited": people.user_invited,
    "security_notice": security.security_notice,
    "email_changed": security.email_changed,
    "organisation_received": people.organisation_received,
    "organisation_approved": people.organisation_approved,
    "request_received": dispatch.request_received,
    "request_unfilled": dispatch.request_unfilled,
    "offer_made": dispatch.offer_made,
    "offer_retracted": dispatch.offer_retracted,
    "reserve_thanks": dispatch.reserve_thanks,
    "reserve_asked": dispatch.reserve_asked,
    "request_changed": dispatch.request_changed,
    "details_changed": dispatch.details_changed,
    "confirmed_to_pilot": dispatch.confirmed,
    "confirmed_to_asking_side": dispatch.confirmed_to_asking_side,
    "reminder_to_pilot": dispatch.reminder,
    "reminder_to_asking_side": dispatch.reminder,
    "cancelled_to_pilot": dispatch.cancelled,
    "cancelled_to_asking_side": dispatch.cancelled,
}

# What goes by SMS alone: it has no letter, and no office words it.
SMS_WRITERS: Mapping[str, Writer] = {
    "sms_code": texting.sms_code,
    "sms_reply": texting.sms_reply,
}
_ALL = {**WRITERS, **SMS_WRITERS}
# What tells of an account's safety says it in our words: no office can make it say something else.
OURS_ALONE = frozenset({"security_notice", "email_changed"})
REWORDABLE = frozenset(WRITERS) - OURS_ALONE


def content_of(delivery: Delivery, *, now: datetime) -> Content | None:
    """The facts in the active language; None when the reader may not or need not hear them any more."""
    if delivery.template in TO_THE_OFFICE and not may(
        delivery.recipient, Permission.READ_DISPATCH, office_id=delivery.office_id
    ):
        return None
    subject = subjects.load(delivery.subject_type, delivery.subject_id)
    return None if subject is None else told_of(delivery, subject, now=now)


def told_of(delivery: Delivery, subject: Any, *, now: datetime) -> Content | None:
    """The same of a subject at hand, be it one that is not stored yet."""
    return _ALL[delivery.template](delivery, subject, now)
