"""Pages to read, and reports of barriers."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from backend.accounts.face.commands import answer_barrier
from backend.accounts.models import BarrierReport, Membership, User
from backend.accounts.roles import Role
from backend.errors import NotPermitted
from notifications import outbox
from notifications.models import Delivery
from tests import factories as make
from tests.factories import NOW
from tests.web.reading import Page, text_of

REPORT, REPORTS = reverse("web:report_barrier"), reverse("web:barrier_reports")
NAMED = {"leitstelle": "osnabrueck"}
TO_OSNABRUECK = f"{REPORT}?leitstelle=osnabrueck"


@pytest.mark.parametrize("language", ["de", "en", "ar", "uk"])
@pytest.mark.parametrize(
    "name", ["home", "help", "accessibility", "report_barrier", "privacy", "imprint", "barrier_thanks"]
)
def test_pages_are_sound_for_each_office_and_for_none(cast, name, language):
    browser = Client()
    browser.cookies["language"] = language
    for query in ({}, NAMED, {"leitstelle": "nowhere"}):
        answer = browser.get(reverse(f"web:{name}"), query)
        assert answer.status_code == 200
        assert Page(answer).faults() == []


def test_one_chooses_where_several_offices_share_the_pages(cast):
    page = Page(Client().get(reverse("web:imprint")))
    assert {"?leitstelle=osnabrueck", "?leitstelle=friesland"} <= {a.get("href") for a in page.all("a")}


def test_easy_language_is_german_whatever_was_chosen(cast):
    browser = Client()
    browser.cookies["language"] = "ar"
    page = Page(browser.get(reverse("web:plain_language")))
    assert page.faults() == []
    (html,) = page.all("html")
    assert (html["lang"], html["dir"]) == ("de", "ltr")
    assert "Integrations-Lotsen" in page.text


def test_easy_language_keeps_to_short_sentences(cast):
    page = Client().get(reverse("web:plain_language")).content.decode()
    text = page.partition('<div class="narrow easy">')[2].partition("</div>")[0]
    lines = re.split(r"<br>|</p>|</li>|</h\d>", text)
    assert len(lines) > 60
    assert max(len(re.sub(r"<[^>]*>", " ", line).split()) for line in lines) <= 10


def test_the_privacy_notice_says_what_the_register_says(cast):
    said = text_of(Client().get(reverse("web:privacy"), NAMED))
    assert "30 Tage nach dem letzten Termin" in said
    assert "12 Monate nachdem Sie aufgehört haben" in said


def test_a_barrier_is_reported_and_answered(cast, browser_of):
    adam = make.an_admin("adam", cast.osnabrueck)
    answer = Client().post(
        TO_OSNABRUECK, {"what": "Zu kleine Schrift", "page": "Start", "email": "k@k.example"}
    )
    assert (answer.status_code, "danke" in answer.headers["Location"]) == (302, True)
    report = BarrierReport.objects.get()
    assert (report.what, report.email, report.office) == ("Zu kleine Schrift", "k@k.example", cast.osnabrueck)
    outbox.fan_out(now=NOW)
    assert [d.recipient for d in Delivery.objects.filter(template="barrier_reported")] == [adam]
    browser = browser_of(adam)
    page = Page(browser.get(REPORTS))
    assert page.faults() == []
    assert {"Zu kleine Schrift", "k@k.example"} <= {word.strip() for word in page.words}
    assert "Gemeldete Barrieren (1)" in page.text
    browser.post(reverse("web:answer_barrier", args=[report.pk]))
    report.refresh_from_db()
    assert report.answered_at == NOW
    assert "Gemeldete Barrieren (1)" not in text_of(browser.get(REPORTS))


def test_a_report_needs_words_and_loses_none(cast):
    answer = Client().post(TO_OSNABRUECK, {"what": "", "page": "Startseite", "email": "k"})
    assert answer.status_code == 422
    page = Page(answer)
    assert page.faults() == []
    assert {"Startseite", "k"} <= {field.get("value") for field in page.all("input")}
    assert not BarrierReport.objects.exists()


def test_reports_without_an_office_first_ask_for_it(cast):
    answer = Client().post(REPORT, {"what": "x"})
    assert "leitstelle=osnabrueck" in answer.content.decode()
    assert not BarrierReport.objects.exists()


def test_other_offices_see_no_report(cast, browser_of):
    Client().post(TO_OSNABRUECK, {"what": "Zu kleine Schrift"})
    report = BarrierReport.objects.get()
    other = browser_of(make.an_admin("anton", cast.friesland))
    assert "Zu kleine Schrift" not in text_of(other.get(REPORTS))
    assert other.post(reverse("web:answer_barrier", args=[report.pk])).status_code == 404
    assert browser_of(cast.kaya).get(REPORTS).status_code == 403


def test_only_an_administrator_of_that_office_notes_a_report_as_done(cast):
    Client().post(TO_OSNABRUECK, {"what": "Zu kleine Schrift"})
    report = BarrierReport.objects.get()
    both = make.an_admin("anton", cast.friesland)
    Membership.objects.create(user=both, office=cast.osnabrueck, role=Role.COORDINATOR, created_at=NOW)
    with pytest.raises(NotPermitted):
        answer_barrier(report_id=report.pk, by=User.objects.get(pk=both.pk), now=NOW)
    report.refresh_from_db()
    assert report.answered_at is None


def test_reports_are_limited_like_registrations(cast, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"barrier": "1/h/key"}
    assert Client().post(TO_OSNABRUECK, {"what": "x"}).status_code == 302
    assert Client().post(TO_OSNABRUECK, {"what": "x"}).status_code == 429
    assert BarrierReport.objects.count() == 1
