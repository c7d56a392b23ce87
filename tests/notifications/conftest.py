"""What the tests of messages share: a post office that works off the outbox, and a real mail server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from backend.journal.models import Event
from notifications import outbox
from notifications.channels import CHANNELS
from notifications.models import Delivery
from tests.factories import NOW
from tests.notifications.mail_server import MailServer, running


@dataclass(frozen=True)
class Posted:
    """A message that has left, with the row it came from."""

    delivery: Delivery
    message: EmailMultiAlternatives

    @property
    def template(self) -> str:
        return self.delivery.template

    @property
    def to(self) -> str:
        return self.message.to[0]

    @property
    def everything(self) -> str:
        """All that its reader can see, attachments and addresses decoded."""
        html = [content for content, _ in self.message.alternatives]
        attached = [part.get_payload(decode=True).decode() for part in self.message.attachments]
        headers = [str(value) for value in self.message.message().values()]
        return "\n".join([*headers, self.message.subject, str(self.message.body), *map(str, html), *attached])


class PostOffice:
    """Works off the outbox as the tasks do; mails go to Django's list in memory."""

    def deliver(self, now: datetime = NOW) -> list[Posted]:
        """Fan out and send what is due; the messages that left just now."""
        before = len(mail.outbox)
        outbox.fan_out(now=now)
        outbox.send_due(now=now)
        return [self._posted(message) for message in mail.outbox[before:]]

    def deliver_by_template(self, now: datetime = NOW) -> dict[str, Posted]:
        return {posted.template: posted for posted in self.deliver(now)}

    def forget(self) -> None:
        """Treat all that has happened so far as told."""
        Event.objects.unprocessed().update(processed_at=NOW)

    @staticmethod
    def _posted(message: Any) -> Posted:
        pk = message.extra_headers["Message-ID"].strip("<>").partition("@")[0]
        return Posted(Delivery.objects.get(pk=pk), message)


@pytest.fixture
def post() -> PostOffice:
    return PostOffice()


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    server = MailServer()
    with running(server) as port:
        settings.EMAIL_BACKEND = "notifications.channels.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield server


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[str]]:
    """Replace e-mail by `behave`; what was sent is listed by Message-ID."""

    def replace(behave: Any = None) -> list[str]:
        sent: list[str] = []

        def send(letter: Any, *, to: Any, message_id: str) -> None:
            sent.append(message_id)
            if behave:
                behave()

        monkeypatch.setattr("notifications.channels.CHANNELS", {**CHANNELS, "email": send})
        return sent

    return replace
