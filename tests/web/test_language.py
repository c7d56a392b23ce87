"""Choosing the language: for the pages by a cookie, for messages with the account."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.reading import Page, text_of

SWITCH = reverse("web:language")
START = reverse("web:home")


def test_german_unless_something_else_is_asked_for(db):
    assert "kommt mit" in text_of(Client().get(START))
    assert "comes with you" in text_of(Client(headers={"accept-language": "en"}).get(START))


def test_the_switch_keeps_the_page_and_outlives_it(db):
    browser = Client()
    response = browser.post(SWITCH, {"language": "en", "next": "/lotse-werden/"})
    assert response.headers["Location"] == "/lotse-werden/"
    page = browser.get(START)
    assert "comes with you" in text_of(page)
    assert page.headers["Content-Language"] == "en"
    assert Page(page).all("html") == [{"lang": "en", "dir": "ltr"}]


def test_it_also_becomes_the_language_of_the_messages(cast, browser_of):
    browser_of(cast.kaya).post(SWITCH, {"language": "en", "next": "/"})
    cast.kaya.refresh_from_db()
    assert cast.kaya.language == "en"


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_it_leads_nowhere_else(db, elsewhere):
    response = Client().post(SWITCH, {"language": "en", "next": elsewhere})
    assert response.headers["Location"] == "/"


def test_an_unknown_language_changes_nothing(cast, browser_of):
    response = browser_of(cast.kaya).post(SWITCH, {"language": "xx"})
    assert "language" not in response.cookies
    cast.kaya.refresh_from_db()
    assert cast.kaya.language == "de"


def test_switching_is_a_post(db):
    assert Client().get(SWITCH, {"language": "en"}).status_code == 405
