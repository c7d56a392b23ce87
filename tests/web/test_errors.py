"""When something is refused or breaks: a page in plain words with a way on, and nothing about the inside."""

from urllib.parse import quote

import pytest
from django.template import loader
from django.test import Client
from django.urls import reverse

from backend.errors import Conflict, NotPermitted, NotThere, RuleViolated
from backend.web.errors import add_to_form, status_of
from backend.web.forms.registration import OrganisationForm
from tests.web.reading import Page, text_of


@pytest.mark.parametrize(
    ("error", "status"), [(NotPermitted, 403), (NotThere, 404), (Conflict, 409), (RuleViolated, 422)]
)
def test_each_kind_of_refusal_has_its_status(error, status):
    assert status_of(error("not_permitted")) == status


def test_an_address_that_leads_nowhere(db):
    response = Client().get("/gibt-es-nicht/")
    assert response.status_code == 404
    page = Page(response)
    assert page.faults() == []
    assert "Diese Seite haben wir nicht gefunden" in page.text
    assert reverse("web:home") in [a.get("href") for a in page.all("a")]


def test_a_page_of_another_role(cast, browser_of):
    response = browser_of(cast.rita).get(reverse("web:worklist"))
    assert response.status_code == 403
    assert "Das ist mit Ihrem Konto nicht möglich." in text_of(response)
    assert Page(response).faults() == []


def test_the_address_of_a_button_says_so_instead_of_an_empty_page(cast, browser_of):
    response = browser_of(cast.ana.user).get(reverse("web:save_week"))
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    page = Page(response)
    assert page.faults() == []
    assert "Es wurde nichts noch einmal geschickt." in page.text


def test_after_signing_in_again_one_stands_before_the_button_that_was_pressed(db):
    times = reverse("web:my_times")
    before = f"http://testserver{times}?a=b"
    response = Client().post(reverse("web:save_week"), headers={"referer": before})
    assert response.headers["Location"].endswith("?next=" + quote(f"{times}?a=b"))
    elsewhere = Client().post(reverse("web:save_week"), headers={"referer": "https://evil.example/"})
    assert elsewhere.headers["Location"].endswith("?next=" + reverse("web:save_week"))


def test_a_forged_form(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.kaya)
    response = browser.post(reverse("web:language"), {"language": "en"})
    assert response.status_code == 403
    assert "laden Sie die Seite neu" in text_of(response)


def test_when_we_break_nothing_leaks(db, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("password=secret")

    monkeypatch.setattr("backend.web.views.public.OrganisationForm", broken)
    response = Client(raise_request_exception=False).get(reverse("web:register_organisation"))
    assert response.status_code == 500
    assert "Etwas ist bei uns schiefgegangen" in text_of(response)
    assert "secret" not in response.content.decode()


def test_the_page_for_broken_servers_needs_nothing():
    html = loader.render_to_string("500.html")
    assert "{%" not in html
    assert "style=" not in html


def test_a_refusal_goes_to_its_field_and_an_unknown_field_to_the_top():
    form = OrganisationForm({})
    form.is_valid()
    add_to_form(form, RuleViolated("postcode_unknown", field="where", postcode="99999"))
    add_to_form(form, Conflict("busy_try_again"))
    assert "99999" in str(form.errors["postcode"])
    assert len(form.non_field_errors()) == 1


def test_an_ambiguous_place_names_what_could_be_meant():
    form = OrganisationForm({})
    form.is_valid()
    towns = [{"postcode": "37574", "place": "Einbeck"}, {"postcode": "57258", "place": "Einbeck"}]
    add_to_form(form, RuleViolated("place_ambiguous", field="where", count=2, suggestions=towns))
    assert "37574 Einbeck, 57258 Einbeck" in str(form.errors["postcode"])
