"""The cast: two offices, and the people every story needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from backend.accounts.models import Office, Organisation, User
from backend.people.models import HelpSeeker, Pilot
from tests import factories as make
from tests import signed_in
from tests.databases import migrated_template

# Whoever is signed in by force is signed in fully; what happens half-way is tested in tests/web/test_second_step.py.
Client.force_login = signed_in.force_login  # type: ignore[method-assign]


@dataclass
class Cast:
    """People are made when a test first names them."""

    osnabrueck: Office
    friesland: Office

    @cached_property
    def kaya(self) -> User:
        """Coordinator in Osnabrück."""
        return make.a_coordinator("kaya", self.osnabrueck)

    @cached_property
    def frauke(self) -> User:
        """Coordinator in Friesland."""
        return make.a_coordinator("frauke", self.friesland)

    @cached_property
    def ana(self) -> Pilot:
        """Near, speaks Kurmanji well."""
        return make.a_pilot("ana", self.kaya, skills={"kmr": 6, "tr": 4}, gender="f")

    @cached_property
    def ben(self) -> Pilot:
        """Far (Melle), speaks Kurmanji."""
        return make.a_pilot("ben", self.kaya, skills={"kmr": 5}, postcode="49324", gender="m")

    @cached_property
    def school(self) -> Organisation:
        return make.an_organisation("rita", self.kaya)

    @cached_property
    def rita(self) -> User:
        """Requester from the school."""
        assert self.school
        return User.objects.get(email="rita@rita.example")

    @cached_property
    def otto(self) -> User:
        """Requester from another office, who must see nothing."""
        make.an_organisation("otto", self.frauke, postcode="26441", kind="hospital")
        return User.objects.get(email="otto@otto.example")

    @cached_property
    def samir(self) -> HelpSeeker:
        """Help-seeker, registered by the school."""
        return make.a_help_seeker(self.rita, case_key="SCH-7")


@pytest.fixture
def cast(db: None) -> Cast:
    make.a_gazetteer()
    return Cast(
        osnabrueck=make.an_office("osnabrueck", make.OSNABRUECK_POSTCODES),
        friesland=make.an_office("friesland", ["26441"]),
    )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Each worker's database is a copy of one that is migrated once."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Between tests with real transactions Django empties all tables, which the commission record refuses.

    In the tests' database alone that one trigger rests; that it works is a test of its own.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("dispatch_commission", "dispatch_ruleset"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")


@pytest.fixture(autouse=True)
def quiet_broker(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Hints to the workers are noted instead of sent: no worker listens in these tests."""
    from backend.celery import app

    sent: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, *args, **kwargs: sent.append(name))
    return sent


# Counted by computer or by address, of which all tests share a few.
SHARED_LIMITS = (
    "request_login_code", "login", "login_failed", "open_invitation", "sign_in_elsewhere", "register", "barrier",
)  # fmt: skip


@pytest.fixture(autouse=True)
def attempts_unlimited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The counters stand in a real Redis, which all tests share; the limits' own tests set them again.

    Not by the fixture `settings`: asked for by every test, it would be put back only after all other fixtures.
    """
    ledger = tmp_path_factory.getbasetemp() / "erasures.jsonl"  # and not the checkout's own
    with override_settings(
        ACCOUNT_RATE_LIMITS={**settings.ACCOUNT_RATE_LIMITS, **dict.fromkeys(SHARED_LIMITS, "")},
        MFA_RATE_LIMITS=False,  # allauth's own, by computer
        ERASURE_LEDGER_FILE=str(ledger),
    ):
        yield


@pytest.fixture(autouse=True)
def sessions_outlive_the_test() -> Iterator[None]:
    """Tests move their clocks by days while a browser stays open; the limits' own tests set them again."""
    with override_settings(
        STAFF_SESSION_IDLE_SECONDS=settings.SESSION_COOKIE_AGE,
        STAFF_SESSION_SECONDS=settings.SESSION_COOKIE_AGE,
        SESSION_IDLE_SECONDS=settings.SESSION_COOKIE_AGE,
    ):
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let xdist_group hold: xdist 3.8 writes the group where pytest 9.2 no longer looks for an item's id."""
    for item in items:
        if grouped := vars(item).get("_nodeid"):
            item._id = type(item._id).parse(grouped)
