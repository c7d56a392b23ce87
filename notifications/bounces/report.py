"""What does a returned mail say? A delivery status notification as RFC 3464 has it: of which message, and how final."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses
from typing import Any
from uuid import UUID

BYTES_AT_MOST = 2 * 1024 * 1024
PARTS_AT_MOST = 50
MESSAGE_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^<>\s]+>", re.IGNORECASE)
VERP = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
REPLY_CODE = re.compile(r"\b([245]\d\d)\b")
# The mailbox is not there. Other permanent failures are about this mail (size, policy, spam) or pass by (a full box).
NO_SUCH_ADDRESS = re.compile(r"5\.(1\.\d+|2\.[01]|4\.[14])$")


@dataclass(frozen=True)
class Bounce:
    """One message that did not arrive. `status` is the enhanced code of RFC 3463, "5.0.0" where the report names none.

    `sent_as` is our id of the message: the name before the @ of its Message-ID, or in the return path.
    """

    sent_as: UUID
    recipient: str
    status: str

    @property
    def address_is_wrong(self) -> bool:
        return bool(NO_SUCH_ADDRESS.match(self.status))


def bounces_in(raw: bytes) -> list[Bounce]:
    """The messages of which this mail says that they did not arrive for good; empty for anything else.

    A delay ("4.x.x, still trying") is no failure, and neither is a receipt.
    """
    if len(raw) > BYTES_AT_MOST:
        return []
    try:
        mail = message_from_bytes(raw, policy=policy.compat32)
        parts = [part for _number, part in zip(range(PARTS_AT_MOST), mail.walk(), strict=False)]
        sent_as = _sent_as(mail, parts)
        if sent_as is None or not _is_report(mail):
            return []
        return [
            Bounce(sent_as, recipient, status)
            for part in parts
            if part.get_content_type() == "message/delivery-status"
            for action, status, recipient in _recipients(part)
            if action == "failed"
        ]
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ):  # whatever strangers may write
        return []


def _is_report(mail: Message) -> bool:
    report_type = mail.get_param("report-type", "")
    return mail.get_content_type() == "multipart/report" and str(report_type).lower() == "delivery-status"


def _recipients(part: Message) -> Iterator[tuple[str, str, str]]:
    """(action, status, recipient) of each recipient; the first block of fields is about the whole message."""
    blocks: Any = part.get_payload()
    if isinstance(blocks, str):  # not parsed into blocks, as some mail programs forward it
        blocks = [
            message_from_bytes(block.encode()) for block in re.split(r"\r?\n\r?\n", blocks) if block.strip()
        ]
    for block in blocks:
        action = str(block.get("Action", "")).strip().lower()
        if not action:
            continue
        recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
        yield action, _status(block), recipient.partition(";")[2].strip().lower()


def _status(block: Message) -> str:
    """From the status field; from the server's own words where that says nothing ("5.0.0")."""
    told = STATUS.search(str(block.get("Status", "")))
    words = str(block.get("Diagnostic-Code", ""))
    if told and not told[1].endswith(".0.0"):
        return told[1]
    if finer := STATUS.search(words):
        return finer[1]
    if code := REPLY_CODE.search(words):
        return {"550": "5.1.1", "551": "5.1.6", "552": "5.2.2", "553": "5.1.3"}.get(
            code[1], f"{code[1][0]}.0.0"
        )
    return told[1] if told else "5.0.0"


def _sent_as(mail: Message, parts: list[Message]) -> UUID | None:
    """Our id: by the address the report was sent to, else by the Message-ID in what was returned."""
    fields = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
    addresses = getaddresses([str(value) for name in fields for value in mail.get_all(name, [])])
    for _name, address in addresses:
        if found := VERP.search(address):
            return UUID(hex=found[1])
    for part in parts:
        if part.get_content_type() not in {"message/rfc822", "text/rfc822-headers", "message/global-headers"}:
            continue
        payload: Any = part.get_payload()
        returned = payload[0] if isinstance(payload, list) else message_from_bytes(str(payload).encode())
        if found := MESSAGE_ID.search(str(returned.get("Message-ID", ""))):
            return UUID(found[1])
    return None
