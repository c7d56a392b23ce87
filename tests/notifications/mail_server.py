"""A real SMTP server on loopback that keeps what it accepted and answers as it is told."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class MailServer:
    """`to_recipient` and `to_data` are what it answers instead of yes; `delay` is how long it thinks about it."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.to_recipient: dict[str, str] = {}
        self.to_data = ""
        self.delay = 0.0
        self.asked: list[str] = []
        self.senders: list[str] = []  # of the envelopes

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked.append(address)
        if refusal := self.to_recipient.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.delay)
        if self.to_data:
            return self.to_data
        assert envelope.original_content
        self.senders.append(str(envelope.mail_from))
        self.accepted.append(message_from_bytes(envelope.original_content, policy=policy.default))
        return "250 OK"


def nobody_is_known(*args: Any) -> AuthResult:
    """Whoever signs in is refused; who does not is served."""
    return AuthResult(success=False, handled=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(server: MailServer) -> Iterator[int]:
    """Serves on the port it yields."""
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=nobody_is_known,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
