"""Text size, contrast and colours: kept by a cookie, without an account and without a script."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.reading import Page

SET, START = reverse("web:display"), reverse("web:home")


def root(browser: Client) -> dict[str, str | None]:
    (html,) = Page(browser.get(START)).all("html")
    return html


def test_pages_follow_the_device_until_somebody_chooses(db):
    html = root(Client())
    assert not {"data-text", "data-contrast", "data-kern-theme"} & set(html)


def test_what_is_chosen_stays(db):
    browser = Client()
    for part, value in (("text", "larger"), ("contrast", "more"), ("scheme", "dark")):
        response = browser.post(SET, {part: value, "next": "/lotse-werden/"})
        assert response.headers["Location"] == "/lotse-werden/"
    html = root(browser)
    assert (html["data-text"], html["data-contrast"], html["data-kern-theme"]) == ("larger", "more", "dark")

    browser.post(SET, {"scheme": "auto"})
    html = root(browser)
    assert "data-kern-theme" not in html
    assert html["data-text"] == "larger"


@pytest.mark.parametrize("sent", [{"text": "<b>"}, {"contrast": "less"}, {"strange": "1"}, {}])
def test_what_is_no_choice_changes_nothing(db, sent):
    browser = Client()
    browser.post(SET, sent)
    assert not {"data-text", "data-contrast", "data-kern-theme"} & set(root(browser))


def test_a_broken_cookie_is_as_none(db):
    browser = Client()
    browser.cookies["display"] = "text=huge&&scheme"
    assert "data-text" not in root(browser)


def test_it_leads_nowhere_else(db):
    assert Client().post(SET, {"next": "https://elsewhere.example/"}).headers["Location"] == "/"


def test_what_is_chosen_can_be_read_off_the_buttons(db):
    browser = Client()
    browser.post(SET, {"contrast": "more"})
    chosen = [
        b["value"] for b in Page(browser.get(reverse("web:help"))).all("button") if b.get("aria-current")
    ]
    assert chosen == ["de", "normal", "more", "auto"]
