"""Browsers of the cast, and a clock that stands still at the factories' NOW until a test moves it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from backend.accounts.models import User
from tests.factories import NOW


class Clock:
    """What django.utils.timezone.now() answers."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr("django.utils.timezone.now", standing)
    return standing


@pytest.fixture(autouse=True)
def plain_static(settings):
    """Static files under their own names: nothing has been collected here."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MAILBOX_DIR = ""


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    """A browser in which this user is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
