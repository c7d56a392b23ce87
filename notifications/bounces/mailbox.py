"""How are returned mails fetched? By IMAP from the mailbox that our return path leads to."""

import imaplib
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from notifications.bounces.report import BYTES_AT_MOST

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20
AT_ONCE = 200
PORTS = {"imaps": 993, "imap": 143}


@dataclass(frozen=True)
class Mailbox:
    """imaps://user:password@host:port/folder. `imap` asks for TLS on the way (STARTTLS); `imap+plain` is for tests."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @classmethod
    def at(cls, url: str) -> "Mailbox":
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS.get(parts.scheme, 143)
        except ValueError as error:
            raise ImproperlyConfigured("BOUNCE_MAILBOX is no address") from error
        if parts.scheme not in {"imaps", "imap", "imap+plain"} or not parts.hostname or not parts.username:
            raise ImproperlyConfigured("BOUNCE_MAILBOX must read imaps://user:password@host:port/folder")
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=port,
            user=unquote(parts.username),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )


class Letterbox:
    """An open mailbox: what is new in it, and what becomes of it."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._imap = connection

    def new(self) -> Iterator[tuple[str, bytes]]:
        """(uid, whole message) of what nobody has looked at yet; reading marks nothing."""
        _answer, found = self._imap.uid("SEARCH", "UNSEEN")
        uids = (found[0] or b"").split()[:AT_ONCE]
        for uid in (uid.decode() for uid in uids):
            _answer, sizes = self._imap.uid("FETCH", uid, "(RFC822.SIZE)")
            if _size(sizes) > BYTES_AT_MOST:
                yield uid, b""
                continue
            _answer, parts = self._imap.uid("FETCH", uid, "(BODY.PEEK[])")
            whole = next((part[1] for part in parts if isinstance(part, tuple)), b"")
            yield uid, bytes(whole)

    def drop(self, uid: str) -> None:
        """It has been worked off, and it names people: away with it."""
        self._imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)")

    def leave(self, uid: str) -> None:
        """Not for us: somebody may want to read it."""
        self._imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")

    def tidy(self) -> None:
        self._imap.expunge()


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[Letterbox]:
    """Sign in, open the folder, and sign out in any case; raises OSError or imaplib.IMAP4.error."""
    imap = _connection(mailbox)
    try:
        imap.login(mailbox.user, mailbox.password)
        answer, _told = imap.select(mailbox.folder)
        if answer != "OK":
            raise imaplib.IMAP4.error("no such folder")
        yield Letterbox(imap)
    finally:
        try:
            imap.logout()
        except (OSError, imaplib.IMAP4.error) as error:
            logger.info("bounce_mailbox_sign_out error=%s", type(error).__name__)


def _connection(mailbox: Mailbox) -> imaplib.IMAP4:
    tls = ssl.create_default_context()
    if mailbox.scheme == "imaps":
        return imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=tls, timeout=TIMEOUT_SECONDS)
    imap = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS)
    if mailbox.scheme == "imap":
        imap.starttls(tls)
    return imap


def _size(answer: list[object]) -> int:
    said = next((part for part in answer if isinstance(part, bytes)), b"")
    digits = said.rpartition(b"RFC822.SIZE ")[2].split(b")")[0].strip()
    return int(digits) if digits.isdigit() else 0
