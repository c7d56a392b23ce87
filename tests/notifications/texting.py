"""What tests of SMS share: a provider that is configured, and people with a proven number."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.accounts.models import User
from notifications.texting.models import SmsNumber
from tests.factories import NOW
from tests.notifications.sms_server import SmsServer, running

MOBILE = "+4915112345678"


@pytest.fixture
def provider(settings: Any, tmp_path: Path) -> Iterator[SmsServer]:
    with running() as server:
        file = tmp_path / "gateway.json"
        file.write_text(json.dumps(server.described()))
        settings.SMS_GATEWAY, settings.SMS_KEY, settings.SMS_SENDER = str(file), "k3y", "ILOS"
        settings.SMS_WEBHOOK_SECRET = "hook"
        settings.OUTBOUND_INSIDE = ["127.0.0.1"]
        yield server


def proven(user: User, number: str = MOBILE) -> SmsNumber:
    return SmsNumber.objects.create(user=user, number=number, created_at=NOW, proven_at=NOW)
