"""How a letter leaves as an SMS, and what the provider's answers mean for the next attempt."""

import json
import logging
from typing import Any

from django.conf import settings

from backend.accounts.models import User
from notifications.channels.failed import DeliveryFailed
from notifications.letter import Letter
from notifications.states import Failure
from notifications.texting.gateway import Gateway, at_path, gateway
from notifications.texting.models import SmsNumber
from outbound import errors
from outbound.addresses import Reach
from outbound.calling import Answer, call

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20.0  # of the whole call; below the lease
MAX_ANSWER_BYTES = 64 * 1024
BUSY = {408, 425, 429}
NOT_ADMITTED = {401, 402, 403}  # our key, or our account: can be mended


def send(letter: Letter, *, to: User, message_id: str) -> str:
    """Hand the text to the provider; returning means that it has taken it over, under the name it is given back."""
    provider = gateway()
    number = SmsNumber.objects.filter(user=to).first()
    if provider is None or number is None:  # switched off since
        raise DeliveryFailed(Failure.REFUSED, "off", permanent=True)
    name = message_id.strip("<>").partition("@")[0]  # the same for every attempt
    url, headers, body = provider.request(to=number.number, text=letter.text, message_id=name)
    try:
        answer = call(
            provider.method,
            url,
            reach=Reach.with_inside(settings.OUTBOUND_INSIDE),
            timeout_seconds=TIMEOUT_SECONDS,
            max_bytes=MAX_ANSWER_BYTES,
            headers=headers,
            content=body,
        )
    except errors.Refused as error:  # a wrong setting, which can be mended
        raise DeliveryFailed(Failure.UNREACHABLE, f"address {error.reason}", permanent=False) from error
    except errors.TooSlow as error:
        raise DeliveryFailed(Failure.TIMEOUT, permanent=False) from error
    except errors.CallFailed as error:
        raise DeliveryFailed(Failure.UNREACHABLE, error.reason, permanent=False) from error
    return _judged(provider, answer)


def _judged(provider: Gateway, answer: Answer) -> str:
    """The provider's name for the message, or DeliveryFailed."""
    status, said = answer.status, _said(answer.body)
    code = at_path(said, provider.code_at) if provider.code_at else ""
    detail = f"{status} {code}".strip()
    if status in NOT_ADMITTED:
        raise DeliveryFailed(Failure.NOT_ADMITTED, detail, permanent=False)
    if status in BUSY or status >= 500:
        raise DeliveryFailed(Failure.BUSY, detail, permanent=False)
    if provider.code_at:
        if status in provider.accepted and code in provider.accepted_codes:
            return at_path(said, provider.id_at)[:64]
        if code in provider.refused_codes:
            raise DeliveryFailed(Failure.REFUSED, detail, permanent=True)
        # Any other code is about us: no money, a wrong sender, a closed interface.
        raise DeliveryFailed(Failure.NOT_ADMITTED, detail, permanent=False)
    if status in provider.accepted:
        return at_path(said, provider.id_at)[:64] if provider.id_at else ""
    raise DeliveryFailed(Failure.REFUSED, detail, permanent=True)


def _said(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return {}
