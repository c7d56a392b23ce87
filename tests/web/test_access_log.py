"""Who opened whose data: told to auditors and administrators of the office, and to nobody else."""

import pytest
from django.urls import reverse

from backend.accounts.roles import Role
from tests import factories as make
from tests.web.reading import Page, text_of

LOG = reverse("web:access_log")


@pytest.fixture
def opened(cast, browser_of):
    """Kaya has opened how to reach Ana."""
    browser_of(cast.kaya).get(reverse("web:contact", args=[cast.ana.pk]))


@pytest.fixture
def auditor(cast, browser_of):
    return browser_of(make.a_member("doris", cast.osnabrueck, Role.AUDITOR))


def test_an_auditor_comes_here_and_reads_who_opened_what(cast, opened, auditor):
    assert auditor.get("/").headers["Location"] == LOG
    page = Page(auditor.get(LOG))
    assert page.faults() == []
    assert {"kaya@kaya.example", cast.ana.display_code} <= {word.strip() for word in page.words}
    assert "um Kontakt aufzunehmen" in page.text or "Kontakt" in page.text
    assert "Ana" not in page.text


def test_the_list_is_filtered_by_the_address(cast, opened, auditor):
    code = cast.ana.display_code
    assert code in text_of(auditor.get(LOG, {"wer": "kaya", "grund": "contact"}))
    assert code not in text_of(auditor.get(LOG, {"wer": "frauke"}))
    assert code not in text_of(auditor.get(LOG, {"grund": "activation"}))
    assert auditor.get(LOG, {"grund": "nothing"}).status_code == 200


def test_nobody_else_reads_it(cast, opened, browser_of):
    assert browser_of(cast.kaya).get(LOG).status_code == 403
    assert browser_of(cast.ana.user).get(LOG).status_code == 403
    other = browser_of(make.a_member("dora", cast.friesland, Role.AUDITOR))
    assert cast.ana.display_code not in text_of(other.get(LOG))


def test_queries_do_not_grow_with_the_rows(cast, opened, auditor, browser_of, django_assert_max_num_queries):
    for _ in range(5):
        browser_of(cast.kaya).get(reverse("web:contact", args=[cast.ben.pk]))
    with django_assert_max_num_queries(16):
        auditor.get(LOG)
