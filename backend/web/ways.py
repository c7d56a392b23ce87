"""What My data shows of how messages reach the reader."""

from typing import Any

from backend.accounts.models import User
from backend.people.models import Pilot
from backend.web.forms.ways import MessagesForm, SmsCodeForm, SmsNumberForm
from notifications.bounces.models import undeliverable
from notifications.texting.models import SmsNumber
from notifications.texting.texts import sms_is_on


def ways_of(user: User, *, phone: str) -> dict[str, Any]:
    """SMS and where it stands, the messages that can be ended, and whether the address takes mail. `phone` is offered
    as the number for SMS."""
    number = SmsNumber.objects.filter(user=user).first() if sms_is_on() else None
    return {
        "sms_is_on": sms_is_on(),
        "sms": number,
        "sms_number_form": SmsNumberForm(initial={"sms_number": number.number if number else phone}),
        "sms_code_form": SmsCodeForm(),
        "sms_answers": Pilot.objects.filter(user=user).exists(),
        "messages_form": MessagesForm(user=user),
        "undeliverable": undeliverable(user),
    }
