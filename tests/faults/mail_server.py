"""What did the mail server take over, and from whom was its yes held back?"""

import asyncio
import email
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from stack.ports import any_free_port

YES = "250 taken over"


@dataclass(frozen=True)
class Accepted:
    """One message that the server took over; `at` is monotonic seconds."""

    message_id: str
    recipient: str
    at: float


class Moment(Enum):
    """Where in the handing-over the server falls silent: before it has noted the message, or between note and yes."""

    BEFORE_TAKING = "before taking"
    AFTER_TAKING = "after taking"


@dataclass
class Hold:
    """Stop the first message once `after` are accepted; `message_id` is set once it stands there, and not before.

    Whoever sees it set may kill the sender at once: the server is then certain to notice, and to say so.
    """

    after: int
    moment: Moment
    message_id: str = ""
    sender_is_gone: bool = False
    _free: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def reached(self) -> bool:
        return bool(self.message_id)

    async def stand(self, message_id: str) -> None:
        """Wait until let go, or until the sender's connection breaks: then nobody hears the answer."""
        self.message_id = message_id
        try:
            await self._free.wait()
        except asyncio.CancelledError:
            self.sender_is_gone = True
            raise

    def let_go(self) -> None:
        """Give the answer; to be called within the server's loop."""
        self._free.set()


class MailServer:
    """A real SMTP server; `accepted` is its history, written before the sender hears the yes."""

    def __init__(self, *, seconds_each: float = 0.02) -> None:
        self.accepted: list[Accepted] = []
        self.seconds_each = seconds_each  # so that messages queue up, as before a real server
        self._hold: Hold | None = None
        self._controller = Controller(self, hostname="127.0.0.1", port=any_free_port())

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def count(self, message_id: str) -> int:
        """How often this message was accepted."""
        return [accepted.message_id for accepted in self.accepted].count(message_id)

    def hold(self, *, after: int, moment: Moment) -> Hold:
        """Keep the sender of the next message waiting, once `after` messages have been accepted."""
        self._hold = Hold(after, moment)
        return self._hold

    def let_go(self, hold: Hold) -> None:
        """Give the answer that was held back."""
        self._controller.loop.call_soon_threadsafe(hold.let_go)

    @contextmanager
    def running(self) -> Iterator["MailServer"]:
        self._controller.start()
        try:
            yield self
        finally:
            self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """aiosmtpd's hook; it is cancelled when the sender's connection breaks."""
        content: Any = envelope.content
        message_id = str(email.message_from_bytes(content)["Message-ID"])
        (recipient,) = envelope.rcpt_tos
        hold = self._taken_hold()
        await asyncio.sleep(self.seconds_each)
        if hold and hold.moment is Moment.BEFORE_TAKING:
            await hold.stand(message_id)
        self.accepted.append(Accepted(message_id, str(recipient), time.monotonic()))
        if hold and hold.moment is Moment.AFTER_TAKING:
            await hold.stand(message_id)
        return YES

    def _taken_hold(self) -> Hold | None:
        """The hold that this message has run into, which no other message will."""
        hold = self._hold
        if hold is None or len(self.accepted) < hold.after:
            return None
        self._hold = None
        return hold
