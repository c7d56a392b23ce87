"""Every page, for whom it is there: it opens, is sound HTML, and keeps to the strict policy."""

import pytest
from django.test import Client
from django.urls import reverse

from backend.web.protection import POLICY
from tests import factories as make
from tests.factories import NOW, at
from tests.web.reading import Page, text_of


@pytest.fixture
def everything(cast):
    """A request in each state, offers, an assignment, an applicant, an organisation that waits."""
    make.a_pilot("cleo", cast.kaya, active=False)
    request = make.a_help_request(
        cast.samir, cast.rita, slots=[(at(10, 10), at(10, 11)), (at(11, 9), at(11, 10))]
    )
    waiting, yes = make.offers_to(request, [cast.ana, cast.ben], cast.kaya)
    make.accepted(yes)
    other = make.a_help_request(cast.samir, cast.rita, topic="health", slots=[(at(12, 10), at(12, 11))])
    make.an_assignment(other, cast.ana, cast.kaya)
    make.a_help_request(cast.samir, cast.rita, topic="work")
    return {"request": request, "other": other, "offer": waiting, "secret": waiting.new_link(at=NOW)}


PUBLIC = ["home", "become_pilot", "register_organisation", "seek_help", "account_login"]
PILOT = ["my_assignments", "my_times"]
REQUESTER = ["my_requests", "new_request", "team"]
OFFICE = ["worklist", "plan", "request_for_caller", "pilots", "organisations", "failed_deliveries"]


def url(name: str) -> str:
    return reverse(name if name.startswith("account") else f"web:{name}")


def check(client: Client, address: str, words: str = "") -> None:
    response = client.get(address)
    assert response.status_code == 200, address
    assert Page(response).faults() == [], address
    assert response.headers["Content-Security-Policy"] == POLICY
    assert words in text_of(response)


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages(cast, name):
    check(Client(), url(name))


@pytest.mark.parametrize("slug", ["%00", "osnabrueck%00", "%C3%A4", "a" * 51, "../", "%F0%9F%98%80"])
def test_an_address_that_names_no_office_is_a_page_all_the_same(cast, slug):
    names = [*PUBLIC, "help", "accessibility", "privacy", "imprint", "report_barrier", "barrier_thanks"]
    for name in names:
        check(Client(), f"{url(name)}?leitstelle={slug}")
    reported = Client().post(f"{url('report_barrier')}?leitstelle={slug}", {"what": "x"})
    assert reported.status_code == 200  # it asks for the office


def test_thanks_for_each_kind(db):
    pages = {
        kind: text_of(Client().get(reverse("web:thanks", args=[kind])))
        for kind in ("pilot", "organisation", "x")
    }
    assert len(set(pages.values())) == 3


@pytest.mark.parametrize("name", PILOT)
def test_pages_of_a_pilot(cast, everything, browser_of, name):
    check(browser_of(cast.ana.user), url(name))


@pytest.mark.parametrize("name", REQUESTER)
def test_pages_of_a_requester(cast, everything, browser_of, name):
    check(browser_of(cast.rita), url(name))


@pytest.mark.parametrize("name", OFFICE)
def test_pages_of_the_office(cast, everything, browser_of, name):
    check(browser_of(cast.kaya), url(name))


def test_pages_about_one_thing(cast, everything, browser_of):
    ana, rita, kaya = browser_of(cast.ana.user), browser_of(cast.rita), browser_of(cast.kaya)
    request, assignment = everything["request"], everything["other"].assignments.get()
    kaya.post(reverse("web:suggest", args=[request.pk]))
    check(ana, reverse("web:offer", args=[everything["offer"].pk]))
    check(Client(), reverse("web:offer_by_link", args=[everything["secret"]]))
    check(rita, reverse("web:request", args=[request.pk]))
    check(kaya, reverse("web:office_request", args=[request.pk]))
    check(kaya, reverse("web:office_request", args=[request.pk]) + "?lotse=2")
    check(kaya, reverse("web:pilot", args=[cast.ana.pk]), "Ana")
    check(kaya, reverse("web:contact", args=[cast.ana.pk]), "0541 12345")
    for client in (ana, rita, kaya):
        check(client, reverse("web:assignment", args=[assignment.pk]))


def test_forms_with_faults_are_sound_pages_too(cast, browser_of):
    rita: Client = browser_of(cast.rita)
    for client, name in [
        (Client(), "become_pilot"),
        (Client(), "register_organisation"),
        (Client(), "seek_help"),
        (rita, "new_request"),
    ]:
        response = client.post(url(name), {"nothing": "1"})
        assert response.status_code == 422
        page = Page(response)
        assert page.faults() == []
        targets = {attrs.get("id") for _tag, attrs in page.tags}
        links = [a["href"] for a in page.all("a") if str(a.get("href", "")).startswith("#id_")]
        assert links
        assert {link[1:] for link in links} <= targets
