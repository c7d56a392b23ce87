"""One town for all tests of this folder, at a clock that stands still; what a test changes in it is taken back."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.access.asking import Asking, without_trimmings
from tests.access.town import A_SERVICE, Town
from tests.access.walking import Walk, walk
from tests.factories import NOW


class Clock:
    """What django.utils.timezone.now() answers."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


SETTINGS = {
    "ACCOUNT_RATE_LIMITS": {
        **settings.ACCOUNT_RATE_LIMITS,
        **dict.fromkeys(settings.ACCOUNT_RATE_LIMITS, ""),
    },
    "MFA_RATE_LIMITS": False,
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],  # the real one is slow on purpose
    "SIGN_IN_PROVIDERS": {A_SERVICE.key: A_SERVICE},
    "MAILBOX_DIR": "",
    **dict.fromkeys(
        ("STAFF_SESSION_IDLE_SECONDS", "STAFF_SESSION_SECONDS", "SESSION_IDLE_SECONDS"),
        settings.SESSION_COOKIE_AGE,
    ),
    "STORAGES": {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one process: the town is built once. It stands in one transaction: only the first test asks for `db`."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("access"))


@pytest.fixture(scope="package")
def clock() -> Iterator[Clock]:
    standing = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", standing)
        yield standing


@pytest.fixture(scope="package")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker, clock: Clock) -> Iterator[Town]:
    with django_db_blocker.unblock(), override_settings(**SETTINGS), transaction.atomic():
        yield Town()
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def asking(town: Town) -> Asking:
    return Asking(town)


@pytest.fixture(scope="package")
def walked(asking: Asking) -> Walk:
    with without_trimmings():
        return walk(asking)
