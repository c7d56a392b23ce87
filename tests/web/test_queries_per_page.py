"""Does any page ask the database more than twelve times, whoever opens it and however much there is to show?

Counted is a GET by the page's own reader, with looking up session, user and roles, once what a process keeps is known.
What marks a transaction (BEGIN, SAVEPOINT and their ends) asks nothing and is not counted.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from backend.demo.loading import load_town
from backend.web import asked
from tests.browser import town as furnished
from tests.browser.screens import SCREENS
from tests.factories import NOW
from tests.unwatched import unwatched_templates
from tests.web.account_browser import fresh_browser

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("queries_per_page")]

AT_MOST = 12
MARKS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
# Screens that need more, with how many and why.
EXCEPTIONS: dict[str, int] = {}
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
    """What the page asks, after it was opened once."""
    browser.get(path)
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return [one["sql"] for one in captured if not one["sql"].startswith(MARKS)]


def test_no_page_asks_more_than_twelve_times(town, browsers, settings, tmp_path):
    settings.MAILBOX_DIR = str(tmp_path)
    asked_by = {
        str(screen): len(queries_of(browsers[screen.role], screen.path(town, "kmr"))) for screen in SCREENS
    }
    assert {name: count for name, count in asked_by.items() if count > EXCEPTIONS.get(name, AT_MOST)} == {}
    not_needed = {name for name in EXCEPTIONS if asked_by.get(name, 0) <= AT_MOST}
    assert not_needed == set()


def test_a_question_for_each_row_is_seen(town, browsers, monkeypatch):
    """Sown: the list of what was asked for looks up each row's place by itself."""
    screen = next(one for one in SCREENS if one.name == "my-requests-over")
    rows = asked.rows
    monkeypatch.setattr(asked, "rows", lambda found, now: [one for one in rows(found, now=now) if place(one)])
    assert len(queries_of(browsers[screen.role], screen.path(town))) > AT_MOST


def place(row: asked.Row) -> bool:
    return row.help_request.meeting_place is not None or row.help_request.remote
