"""The chances beside the form: by a button without JavaScript, live with it, and nothing is filed by looking."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.dispatch.feasibility import Count
from backend.dispatch.models import HelpRequest
from backend.feasibility_texts import REPAIRS, STAGES, UNKNOWN, VERDICTS, WISHES, count_text
from backend.people.codes import Gender
from backend.people.models import HelpSeeker
from matching.changes import CHANGES
from matching.feasibility import BUCKETS
from matching.feasibility import STAGES as STAGE_CODES
from tests import factories as make
from tests.web.asking import ask
from tests.web.reading import Page, text_of
from tests.web.test_story import REQUEST

NEW = reverse("web:new_request")
FOR_CALLER = reverse("web:request_for_caller")
LOOK = {"chances": "1"}
LIVE = {"HX-Request": "true"}


@pytest.fixture
def late(cast):
    """Three speak Kurmanji, but on Tuesdays have time only in the afternoon."""
    afternoons = [make.WeeklySpan(1, make.time(14, 30), make.time(18))]
    return [make.a_pilot(name, cast.kaya, week=afternoons) for name in ("late", "later", "latest")]


def test_a_button_shows_them_without_javascript(cast, late, browser_of):
    response = browser_of(cast.rita).post(NEW, REQUEST | LOOK)

    assert response.status_code == 200
    page, text = Page(response), text_of(response)
    assert page.faults() == []
    assert "Es könnten nur wenige oder niemand kommen." in text
    assert "3–5 sprechen Kurmandschi (Kurdisch) gut genug" in text
    assert "0–2 haben dann Zeit" in text
    assert "Am Dienstag, 10. November 2026, 14:30–15:30" in text
    assert 'value="Haupteingang"' in response.content.decode()  # nothing typed is lost
    (button,) = [b for b in page.all("button") if b.get("value") == "1"]
    assert button["name"] == "chances"
    assert button.get("type", "submit") == "submit"
    assert not HelpRequest.objects.exists()
    assert not HelpSeeker.objects.exists()


def test_a_date_that_is_over_promises_nothing(cast, late, browser_of):
    text = text_of(browser_of(cast.rita).post(NEW, REQUEST | LOOK | {"day_1": "2026-10-10"}))
    assert "schon vorbei" in text
    assert "3–5 sprechen Kurmandschi (Kurdisch) gut genug" in text
    assert not any(str(verdict) in text for verdict in VERDICTS.values())


def test_what_would_help_is_taken_over_by_its_button(cast, late, browser_of):
    for name in ("three", "speak", "turkish"):
        make.a_pilot(name, cast.kaya, skills={"tr": 3}, gender="m")
    cast.samir.languages = ["kmr", "tr"]
    cast.samir.save()
    rita = browser_of(cast.rita)
    form = REQUEST | {"case_key": cast.samir.case_key, "day_2": "2026-11-11", "start_2": "03:00"}
    page = Page(rita.post(NEW, form | LOOK))
    values = [button["value"] for button in page.all("button") if button.get("name") == "chances"]
    assert "language=tr" in values
    (date,) = [value for value in values if value.startswith("day_1=2026-11-10&start_1=14%3A30")]

    taken = Page(rita.post(NEW, form | {"chances": date}))
    typed = {field.get("name"): field.get("value") for field in taken.all("input")}
    assert (typed["day_1"], typed["start_1"]) == ("2026-11-10", "14:30")
    assert not typed["day_2"]
    assert "3–5 haben dann Zeit" in taken.text
    assert not HelpRequest.objects.exists()


def test_the_first_button_sends(cast, browser_of):
    first = next(
        b for b in Page(browser_of(cast.rita).get(NEW)).all("button") if "unseen" in (b.get("class") or "")
    )
    assert "name" not in first


def test_while_typing_only_the_panel_comes_back(cast, late, browser_of):
    rita = browser_of(cast.rita)
    response = rita.post(NEW, REQUEST | LOOK, headers=LIVE)
    assert "<html" not in response.content.decode()
    assert "Am Dienstag, 10. November 2026, 14:30–15:30" in text_of(response)
    (panel,) = [div for div in Page(rita.get(NEW)).all("div") if div.get("id") == "chances"]
    assert panel["hx-post"] == NEW
    # What is for the pilot alone is not sent along.
    assert panel["hx-params"] == "not meeting_point,contact_on_site,note"
    assert "{" not in panel["hx-trigger"] and "[" not in panel["hx-trigger"]  # no script by attribute


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Wählen Sie eine Sprache"),
        ({"language": "kmr"}, "möglicher Termin"),
        ({"language": "kmr", "address": "490"}, "Wir kennen den Ort nicht"),
        ({"language": "kmr", "day_1": "2026-11-03", "start_1": "10"}, "Die Leitstelle braucht 5 Tage"),
        ({"language": "kmr", "day_1": "2026-1", "start_1": "7:", "minutes_1": "x"}, "möglicher Termin"),
        ({"language": "xx", "required_level": "9", "topic": "?"}, "Wählen Sie eine Sprache"),
        ({"language": "kmr", "home_postcode": "99"}, "möglicher Termin"),
        ({"language": "kmr", "day_1": "9999-12-31", "start_1": "23:59"}, "möglicher Termin"),
        ({"language": "kmr", "day_1": "0001-01-01", "start_1": "0:00"}, "möglicher Termin"),
        ({"language": "kmr", "day_2": "9999-12-31", "start_2": "23:59"}, "möglicher Termin"),
    ],
)
def test_a_form_half_filled_is_no_mistake(cast, late, browser_of, typed, words):
    response = browser_of(cast.rita).post(NEW, typed | LOOK)
    assert response.status_code == 200
    page = Page(response)
    assert page.faults() == []
    assert words in page.text
    assert "Bitte sehen Sie" not in page.text
    assert not [div for div in page.all("div") if "field-bad" in (div.get("class") or "")]


def test_the_office_sees_numbers_and_its_callers_clients(cast, late, browser_of):
    kaya = browser_of(cast.kaya)
    known = {"organisation": str(cast.school.pk), "case_key": cast.samir.case_key}
    for who in (known, {"case_key": "", "home_postcode": "49074"}):
        text = text_of(kaya.post(FOR_CALLER, REQUEST | LOOK | who))
        assert "3 sprechen Kurmandschi" in text
        assert "Neue Anfrage" in text
    strange = text_of(kaya.post(FOR_CALLER, REQUEST | LOOK | {"organisation": "x"}))
    assert "3 sprechen Kurmandschi" in strange


def test_a_known_client_s_other_language_is_proposed(cast, browser_of):
    for name in ("three", "speak", "turkish"):
        make.a_pilot(name, cast.kaya, skills={"tr": 5})
    cast.samir.languages = ["kmr", "tr"]
    cast.samir.save()
    text = text_of(browser_of(cast.rita).post(NEW, REQUEST | LOOK | {"case_key": cast.samir.case_key}))
    assert "Auf Türkisch: 3–5" in text


def test_who_asks_for_herself(cast, late, browser_of):
    cast.osnabrueck.accepts_self_registration = True
    cast.osnabrueck.save()
    user = make.a_user("samir")
    HelpSeeker.objects.filter(pk=cast.samir.pk).update(organisation=None, user=user)
    assert "3–5 sprechen Kurmandschi" in text_of(browser_of(user).post(NEW, REQUEST | LOOK))


def test_of_a_language_few_speak_only_that_is_said(cast, browser_of):
    make.a_pilot("sole", cast.kaya, skills={"ti": 5})
    form = REQUEST | LOOK | {"language": "ti"}
    text = text_of(browser_of(cast.rita).post(NEW, form, headers=LIVE))
    assert "Diese Sprache sprechen nur wenige oder niemand. Die Leitstelle wird jemanden suchen." in text
    assert "0–2 sprechen Tigrinya gut genug" in text
    assert "haben dann Zeit" not in text


def test_sending_the_request_still_files_it(cast, late, browser_of):
    ask(browser_of(cast.rita), REQUEST)
    assert HelpRequest.objects.count() == 1


def test_too_many_look_ups_say_so_in_the_panel(cast, browser_of, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.ACCOUNT_RATE_LIMITS = {"feasibility": "1/h/key"}
    cache.clear()
    rita = browser_of(cast.rita)
    assert rita.post(NEW, REQUEST | LOOK, headers=LIVE).status_code == 200
    for headers in (LIVE, {}):
        refused = rita.post(NEW, REQUEST | LOOK, headers=headers)
        assert refused.status_code == 429
        assert "Zu viele" in text_of(refused)
    assert 'value="Haupteingang"' in refused.content.decode()


def test_looking_costs_as_many_queries_with_many_pilots_as_with_few(cast, late, browser_of):
    rita = browser_of(cast.rita)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert rita.post(NEW, REQUEST | LOOK, headers=LIVE).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for number in range(4):
        make.a_pilot(f"more{number}", cast.kaya)
    assert queries() == few <= 30


def test_every_code_has_its_words() -> None:
    assert set(REPAIRS) == {change.code for change in CHANGES}
    assert set(STAGES) == set(STAGE_CODES)
    assert set(UNKNOWN) == {"language", "time", "place"}
    assert set(VERDICTS) == {bucket.at_least for bucket in BUCKETS}
    assert set(WISHES) == set(Gender)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (Count(0, 2, None), "0–2"),
        (Count(3, 5, None), "3–5"),
        (Count(10, None, None), "10 oder mehr"),
        (Count(3, 5, 4), "4"),
    ],
)
def test_counts_are_said_in_buckets_unless_known(count: Count, said: Any) -> None:
    assert count_text(count) == said
