"""How is a mailbox of returned mails worked off? Each report counts once, whatever breaks off in between."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from notifications.bounces.commands import note_bounce
from notifications.bounces.mailbox import Mailbox, opened
from notifications.bounces.report import bounces_in


@dataclass
class Read:
    """How many mails were looked at, how many failed messages they told of, how many were not for us."""

    mails: int = 0
    noted: int = 0
    left: int = 0


def read_mailbox(url: str, *, now: datetime, keep: bool = False) -> Read:
    """Note what came back and delete the reports; what is no report stays, as read. With `keep` nothing is deleted."""
    read = Read()
    with opened(Mailbox.at(url)) as box:
        for uid, raw in box.new():
            # First the database, then the mailbox: what is read twice changes nothing the second time.
            is_ours = _take(raw, read, now=now)
            (box.drop if is_ours and not keep else box.leave)(uid)
        box.tidy()
    return read


def read_mail(raw: bytes, *, now: datetime) -> Read:
    """The same of one mail, as a mail server may hand it over through a pipe."""
    read = Read()
    _take(raw, read, now=now)
    return read


def _take(raw: bytes, read: Read, *, now: datetime, note: Callable[..., bool] = note_bounce) -> bool:
    read.mails += 1
    found = bounces_in(raw)
    for bounce in found:
        read.noted += note(bounce=bounce, by=None, now=now)
    read.left += not found
    return bool(found)
