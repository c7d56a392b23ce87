"""Does any page ask the database more than twelve times, whoever opens it and however much there is to show?

Counted is a GET by the page's own reader, with looking up session, user and roles, once what a process keeps is known.
What marks a transaction (BEGIN, SAVEPOINT and their ends) asks nothing and is not counted.
"""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from backend.demo.loading import load_town
from backend.people.models import Pilot
from backend.web import pilot_list
from tests.browser import town as furnished
from tests.browser.screens import SCREENS
from tests.factories import NOW
from tests.unwatched import unwatched_templates
from tests.web.account_browser import fresh_browser

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("queries_per_page")]

AT_MOST = 12
MARKS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
# Screens that need more, and how many at most. Each asks a fixed number, but for the letters of a confirmation.
EXCEPTIONS = {
    # Reads every table that holds anything about somebody: one query each.
    "18-export": 68,
    "14-pilot-data-out": 73,
    "14-client-data-out": 16,
    # Asks the matching core anew who could come: its arrays come from eight tables.
    "15-calendar": 16,
    "15-calendar-list": 16,
    "11-why-not": 21,
    "11-left-out": 21,
    # Foresees what a confirmation does: the core's arrays, and each letter by the rules that would send it.
    "13-confirm": 35,
}
A_DAY = 24 * 3600  # seconds


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The town that browsers visit, small: of each list more rows than a page may ask questions."""
    with django_db_blocker.unblock(), transaction.atomic(), unwatched_templates():
        call_command("import_gazetteer", verbosity=0)
        load_town(pilots=14, sessions=0, past=40, now=NOW, report=lambda line: None)
        furnished._furnish(NOW)
        yield SimpleNamespace(ids=furnished._ids())
        transaction.set_rollback(True)


@pytest.fixture
def browsers() -> dict[str, Client]:
    people = {role: User.objects.get(email=email) for role, email in furnished.PEOPLE.items()}
    return {
        "anybody": Client(),
        **{role: fresh_browser(user, ago=-A_DAY) for role, user in people.items()},
    }


def queries_of(browser: Client, path: str) -> list[str]:
    """What the page asks; where that is too much, once more, as the first of a process may have had more to ask."""
    asked = _asked(browser, path)
    return asked if len(asked) <= AT_MOST else _asked(browser, path)


def _asked(browser: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return [one["sql"] for one in captured if not one["sql"].startswith(MARKS)]


def test_no_page_asks_more_than_twelve_times(town, browsers, settings, tmp_path):
    settings.MAILBOX_DIR = str(tmp_path)
    pages = {(screen.role, screen.path(town, "kmr")): str(screen) for screen in SCREENS}
    counts = {name: len(queries_of(browsers[role], path)) for (role, path), name in pages.items()}
    too_many = {name: count for name, count in counts.items() if count > EXCEPTIONS.get(name, AT_MOST)}
    needless = {name for name in EXCEPTIONS if counts.get(name, 0) <= AT_MOST}
    assert (too_many, needless) == ({}, set())


def test_a_question_for_each_row_is_seen(town, browsers, monkeypatch):
    """Sown: the list of pilots looks up each one's login by itself."""
    screen = next(one for one in SCREENS if one.name == "pilots")
    lines_of = pilot_list.lines_of

    def with_logins(pilots: Sequence[Pilot], **asked: Any) -> list[pilot_list.PilotLine]:
        assert all(pilot.user.is_active for pilot in pilots)
        return lines_of(pilots, **asked)

    assert len(queries_of(browsers[screen.role], screen.path(town))) <= AT_MOST
    monkeypatch.setattr(pilot_list, "lines_of", with_logins)
    assert len(queries_of(browsers[screen.role], screen.path(town))) > AT_MOST
