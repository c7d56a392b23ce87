"""Which ways out there are. A new channel is a module with `send`, and one line here."""

from collections.abc import Mapping
from typing import Protocol

from backend.accounts.models import User
from notifications.channels import email, sms, web_push
from notifications.channels.failed import DeliveryFailed
from notifications.letter import Letter
from notifications.models import Delivery

__all__ = ["CHANNELS", "DeliveryFailed", "send"]


class Channel(Protocol):
    def __call__(self, letter: Letter, *, to: User, message_id: str) -> str | None: ...


CHANNELS: Mapping[str, Channel] = {"email": email.send, "sms": sms.send, "web_push": web_push.send}


def send(delivery: Delivery, letter: Letter) -> str:
    """Hand the letter over, or raise DeliveryFailed; the other side's own name for it, if it gives one."""
    return CHANNELS[delivery.channel](letter, to=delivery.recipient, message_id=delivery.message_id) or ""
