"""What has come in from the provider: is it a reply, really from there, and what does it say?"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

from notifications.texting.gateway import Inbound, at_path

BYTES_AT_MOST = 16 * 1024
FIELDS_AT_MOST = 100
TEXT_AT_MOST = 1600  # ten parts


class Unreadable(ValueError):
    """Not what this provider posts."""


@dataclass(frozen=True)
class Reply:
    """A message from a phone: the provider's id of it, the number in E.164, and the words."""

    provider_id: str
    sender: str
    text: str


def reply_in(body: bytes, content_type: str, inbound: Inbound) -> Reply | None:
    """The reply, or None when the provider tells of something else; raises Unreadable."""
    posted = _posted(body, content_type)
    if any(at_path(posted, path) != value for path, value in inbound.only.items()):
        return None
    found = Reply(
        provider_id=at_path(posted, inbound.id),
        sender=e164(at_path(posted, inbound.sender)),
        text=at_path(posted, inbound.text)[:TEXT_AT_MOST],
    )
    if not found.provider_id or not found.sender:
        raise Unreadable("incomplete")
    try:
        f"{found.provider_id}{found.text}".encode()
    except UnicodeEncodeError as error:  # half a character, which JSON can write
        raise Unreadable("characters") from error
    return found


def is_signed(body: bytes, url: str, signature: str, inbound: Inbound) -> bool:
    """Whether the provider's signature is right; without a scheme the secret in the address has to do."""
    if inbound.signature != "twilio":
        return True
    posted = sorted(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    signed = url + "".join(name + value for name, value in posted)
    expected = hmac.new(settings.SMS_KEY.encode(), signed.encode(), hashlib.sha1).digest()
    return hmac.compare_digest(base64.b64encode(expected), signature.encode(errors="replace"))


def e164(number: str) -> str:
    """'+49…' out of what providers write ('49…', '0049…', '0170…'); "" for what is no number."""
    number = number.strip()
    if number.isdigit() and not number.startswith("0"):
        number = f"+{number}"
    try:
        return format_number(parse(number, settings.PHONENUMBER_DEFAULT_REGION), PhoneNumberFormat.E164)
    except NumberParseException:
        return ""


def _posted(body: bytes, content_type: str) -> Mapping[str, Any]:
    try:
        text = body.decode()
        if "json" in content_type:
            posted = json.loads(text)
        else:
            posted = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_AT_MOST))
    except (ValueError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from error
    if not isinstance(posted, dict) or "\x00" in text:
        raise Unreadable("no object")
    return posted
