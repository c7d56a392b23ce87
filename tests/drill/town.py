"""A town for the drill: real mail into a real store, real Redis, an SMS provider, a push service, a clock to move."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from aiosmtpd.controller import Controller
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from stack.ports import any_free_port

from backend.accounts.models import Office, User
from backend.web.mailbox import letters
from notifications import outbox
from notifications.management.commands.mailcatcher import Keeper
from tests import factories as make
from tests import signed_in
from tests.notifications import push_server, sms_server
from tests.web.account_browser import fresh_browser

CODE = re.compile(r"^\s*([A-Z0-9-]{6,})\s*$", re.M)
LOOKED_AT = 6  # of the latest letters to somebody
KAYA, RITA = "kaya@kaya.example", "rita@rita.example"


class Clock:
    """What the product takes for now: the next ten o'clock in the morning, when nobody's phone is silent, and on."""

    def __init__(self) -> None:
        real = datetime.now(UTC)
        ten = real.astimezone(make.BERLIN).replace(hour=10, minute=0, second=0, microsecond=0)
        self._ahead = (ten if ten > real else ten + timedelta(days=1)) - real

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def pass_by(self, **time: float) -> None:
        self._ahead += timedelta(**time)


@dataclass
class Town:
    """Who is there before anybody of the drill comes, and stays after them."""

    clock: Clock
    sms: sms_server.SmsServer
    push: push_server.PushServer
    office: Office = field(init=False)
    at_the_office: Client = field(init=False)

    def __post_init__(self) -> None:
        self.office = Office.objects.get(slug="osnabrueck")
        Office.objects.filter(pk=self.office.pk).update(
            accepts_self_registration=True, contact_budget_week=50
        )
        self.office.refresh_from_db()
        self.adam = make.an_admin("adam", self.office)

    @property
    def now(self) -> datetime:
        return self.clock()

    @property
    def kaya(self) -> User:
        return User.objects.get(email=KAYA)

    @property
    def rita(self) -> User:
        return User.objects.get(email=RITA)

    def office_signs_in(self) -> None:
        """The coordinator, who erases whoever calls."""
        self.at_the_office = fresh_browser(self.kaya)

    def deliver(self) -> None:
        """Work off the outbox, as the workers do."""
        outbox.fan_out(now=self.now)
        outbox.send_due(now=self.now)

    def found_in_a_letter(self, to: str, words: re.Pattern[str]) -> str:
        """What the latest letter says in the place of the pattern's group."""
        latest = letters(settings.MAILBOX_DIR, to=to, limit=LOOKED_AT)
        found = (words.search(one.text) for one in latest)
        return next(one[1] for one in found if one)

    def sign_in(self, address: str) -> Client:
        """By the code that a real letter brings."""
        browser = Client()
        browser.post(reverse("account_request_login_code"), {"email": address})
        code = self.found_in_a_letter(address, CODE)
        answer = browser.post(reverse("account_confirm_login_code"), {"code": code})
        assert answer.status_code == 302 and "_auth_user_id" in browser.session, answer.content
        return browser

    def next_slot(self, days: int) -> tuple[datetime, datetime]:
        """Some hour, so many days from now."""
        day = (self.now + timedelta(days=days)).astimezone(make.BERLIN)
        start = day.replace(hour=10, minute=0, second=0, microsecond=0)
        return start, start + timedelta(hours=1)


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """Filled in advance (tests/faults/people.py); what it keeps lies in the folder."""
    clock, mail = Clock(), folder / "mail"
    mail.mkdir(exist_ok=True)
    catcher = Controller(Keeper(mail), hostname="127.0.0.1", port=any_free_port())
    with ExitStack() as stack:
        catcher.start()
        stack.callback(catcher.stop)
        sms = stack.enter_context(sms_server.running())
        push = stack.enter_context(push_server.running())
        gateway = folder / "gateway.json"
        gateway.write_text(json.dumps(sms.described()))
        stack.enter_context(
            override_settings(
                MAILBOX_DIR=str(mail),
                EMAIL_PORT=catcher.port,
                EMAIL_HOST="127.0.0.1",
                SMS_GATEWAY=str(gateway),
                SMS_KEY="k3y",
                SMS_SENDER="ILOS",
                SMS_WEBHOOK_SECRET="hook",
                OUTBOUND_INSIDE=["127.0.0.1"],
                PUSH_ALLOW_LOCAL=True,
                ACCOUNT_RATE_LIMITS={
                    **settings.ACCOUNT_RATE_LIMITS,
                    # By computer: all of the drill sit at the same one.
                    "request_login_code": "9999/m/ip,5/m/key,60/d/key",
                    "register": "9999/h/ip,5/h/key",
                    "login": "9999/m/ip",
                    "barrier": "9999/h/ip",
                },
            )
        )
        stack.enter_context(patch("django.utils.timezone.now", clock))
        stack.enter_context(patch.object(Client, "force_login", signed_in.force_login))
        yield Town(clock, sms, push)
