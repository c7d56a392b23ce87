"""What the demo's mail catcher has caught: one .eml file per message."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
LINK = re.compile(r"https?://[^\s<>\"']+")
TRAILING = ".,;:!?)"


@dataclass(frozen=True)
class Attachment:
    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One caught message, read."""

    id: str
    to: list[str]
    subject: str
    language: str
    message_id: str
    sent_at: datetime | None
    text: str
    html: str
    attachments: list[Attachment]

    @property
    def links(self) -> list[str]:
        """The addresses in the text, in order, each once."""
        return list(dict.fromkeys(found.rstrip(TRAILING) for found in LINK.findall(self.text)))


def letters(folder: str, *, to: str = "", limit: int | None = None) -> list[Letter]:
    """The messages, latest first: the names begin with their time. `to` is an address, in any case."""
    wanted, found = to.strip().lower(), []
    for path in sorted(Path(folder).glob("*.eml"), key=lambda path: path.name, reverse=True):
        letter = _read(path)
        if not wanted or wanted in letter.to:
            found.append(letter)
        if limit is not None and len(found) == limit:
            break
    return found


def letter(folder: str, name: str) -> Letter | None:
    """One message by its id; None for one that is not there."""
    path = Path(folder) / f"{name}.eml"
    return _read(path) if NAME.fullmatch(name) and path.is_file() else None


def _read(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    recipients = getaddresses([str(value) for value in message.get_all("To", [])])
    return Letter(
        id=path.stem,
        to=[address.lower() for _name, address in recipients],
        subject=str(message.get("Subject", "")).strip(),
        language=str(message.get("Content-Language", "")).strip() or settings.LANGUAGE_CODE,
        message_id=str(message.get("Message-ID", "")),
        sent_at=_date(message),
        text=plain.get_content() if plain else "",
        html=html.get_content() if html else "",
        attachments=[
            Attachment(part.get_filename() or "attachment", part.get_content_type(), _bytes(part))
            for part in message.iter_attachments()
        ],
    )


def _date(message: EmailMessage) -> datetime | None:
    """When it was written; a header with -0000 speaks of UTC and names no zone."""
    try:
        found = parsedate_to_datetime(str(message["Date"])) if message["Date"] else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _bytes(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
