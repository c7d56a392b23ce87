"""How does an SMS provider want to be spoken to, and what do its answers mean? A provider is data, not code."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PLACE = re.compile(r"\{(\w+)\}")
PLACES = frozenset({"to", "to_digits", "text", "sender", "id", "user", "key", "basic"})


@dataclass(frozen=True)
class Inbound:
    """Where a reply stands in what the provider posts to us; `only` are the values by which a reply is known."""

    sender: str
    text: str
    id: str
    only: Mapping[str, str] = field(default_factory=dict)
    signature: str = ""  # the scheme by which the provider signs; "" trusts the secret in the address


@dataclass(frozen=True)
class Gateway:
    """One request per message. `headers`, `fields` and `url` may hold places in braces, as named in PLACES.

    `accepted` are the statuses of an answer that took the message over. Where the provider says more within its
    answer, `code_at` leads there ("messages.0.error"), and the codes are judged instead of a status below 500.
    """

    url: str
    method: str = "POST"
    form: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    accepted: tuple[int, ...] = (200, 201, 202, 204)
    code_at: str = ""
    accepted_codes: tuple[str, ...] = ()
    refused_codes: tuple[str, ...] = ()
    id_at: str = ""
    inbound: Inbound | None = None

    def request(self, *, to: str, text: str, message_id: str) -> tuple[str, dict[str, str], bytes]:
        """(address, headers, body) of the request that sends this text."""
        values = {
            "to": to,
            "to_digits": to.lstrip("+"),
            "text": text,
            "sender": settings.SMS_SENDER,
            "id": message_id,
            "user": settings.SMS_USER,
            "key": settings.SMS_KEY,
            "basic": base64.b64encode(f"{settings.SMS_USER}:{settings.SMS_KEY}".encode()).decode(),
        }

        def filled(pattern: str) -> str:
            return PLACE.sub(lambda place: values[place[1]], pattern)

        said = {name: filled(value) for name, value in self.fields.items()}
        kind = "application/x-www-form-urlencoded" if self.form else "application/json"
        body = urlencode(said) if self.form else json.dumps(said)
        headers = {name: filled(value) for name, value in self.headers.items()}
        return (
            filled(self.url),
            {"Content-Type": kind, "Accept": "application/json", **headers},
            body.encode(),
        )


# As the providers' public descriptions have it. None of the three promises to drop a request repeated with the same
# key; seven.io refuses the same text to the same number for some minutes (402), which we take as "has it already".
PRESETS: Mapping[str, Gateway] = {
    "seven": Gateway(
        url="https://gateway.seven.io/api/sms",
        headers={"X-Api-Key": "{key}"},
        fields={"to": "{to}", "from": "{sender}", "text": "{text}", "foreign_id": "{id}"},
        code_at="success",
        accepted_codes=("100", "402"),
        refused_codes=("202", "305", "401"),
        id_at="messages.0.id",
        inbound=Inbound(
            sender="data.sender", text="data.text", id="data.id", only={"webhook_event": "sms_mo"}
        ),
    ),
    "sipgate": Gateway(
        url="https://api.sipgate.com/v2/sessions/sms",
        headers={"Authorization": "Basic {basic}"},
        fields={"smsId": "{sender}", "recipient": "{to}", "message": "{text}"},
        accepted=(200, 204),
    ),
    "twilio": Gateway(
        url="https://api.twilio.com/2010-04-01/Accounts/{user}/Messages.json",
        form=True,
        headers={"Authorization": "Basic {basic}"},
        fields={"To": "{to}", "From": "{sender}", "Body": "{text}"},
        accepted=(200, 201),
        code_at="code",
        accepted_codes=("",),
        refused_codes=("21211", "21214", "21610", "21612", "21614"),
        id_at="sid",
        inbound=Inbound(sender="From", text="Body", id="MessageSid", signature="twilio"),
    ),
}


def gateway() -> Gateway | None:
    """The configured one: a preset by its name, or a JSON file with the same fields; None where SMS is off."""
    name = settings.SMS_GATEWAY
    if not name:
        return None
    return PRESETS[name] if name in PRESETS else _from_file(name)


@lru_cache(maxsize=4)
def _from_file(path: str) -> Gateway:
    try:
        described = json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"SMS_GATEWAY is neither one of {', '.join(PRESETS)} nor a JSON file: {type(error).__name__}"
        ) from error
    return gateway_from(described)


def gateway_from(described: Any) -> Gateway:
    """A gateway out of plain values; ImproperlyConfigured names what is wrong."""
    if not isinstance(described, dict) or not isinstance(described.get("url"), str):
        raise ImproperlyConfigured("SMS_GATEWAY: an object with at least a url is needed")
    if strangers := set(described) - {one.name for one in fields(Gateway)}:
        raise ImproperlyConfigured(f"SMS_GATEWAY: unknown: {', '.join(sorted(strangers))}")
    inbound = described.pop("inbound", None)
    try:
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in described.items()
        }
        made = Gateway(**values, inbound=Inbound(**inbound) if inbound else None)
    except TypeError as error:
        raise ImproperlyConfigured(f"SMS_GATEWAY: {error}") from error
    patterns = [made.url, *made.headers.values(), *made.fields.values()]
    if strangers := {name for pattern in patterns for name in PLACE.findall(pattern)} - PLACES:
        raise ImproperlyConfigured(f"SMS_GATEWAY: no such place: {', '.join(sorted(strangers))}")
    return made


def at_path(answer: Any, path: str) -> str:
    """What stands at "messages.0.id"; "" where nothing does."""
    for step in path.split("."):
        if isinstance(answer, Mapping) and step in answer:
            answer = answer[step]
        elif isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return ""
    return "" if answer is None or isinstance(answer, dict | list) else str(answer)
