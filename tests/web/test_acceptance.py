"""The page on how good the estimate is, and the estimate beside each suggestion."""

import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from backend.accounts.models import Office
from backend.dispatch.commands.acceptance import train_acceptance
from backend.dispatch.models import AcceptanceVersion, Suggestion
from backend.feature_texts import FEATURE_LABELS
from backend.web.protection import POLICY
from matching.asking_facts import FEATURES
from tests import factories as make
from tests.answered import DAY, answered_offers
from tests.factories import NOW
from tests.web.reading import Page, text_of

PAGE = "web:acceptance"


@pytest.fixture
def version(cast) -> AcceptanceVersion:
    past = make.a_help_request(cast.samir, cast.rita, topic="work")
    more = [make.a_pilot(f"pilot{number}", cast.kaya, gender="fm"[number % 2]) for number in range(8)]
    answered_offers(past, [cast.ana, cast.ben, *more], teaches=True)
    return train_acceptance(office_id=None, by=None, now=NOW)


def test_every_feature_has_a_name():
    assert set(FEATURE_LABELS) == set(FEATURES)


def test_without_a_version_it_says_what_serves(cast, browser_of):
    response = browser_of(cast.kaya).get(reverse(PAGE))
    assert response.status_code == 200
    assert Page(response).faults() == []
    assert "nicht genug Antworten" in text_of(response)


def test_the_report_for_coordinator_and_admin(cast, version, browser_of):
    for user in (cast.kaya, make.an_admin("adam", cast.osnabrueck)):
        response = browser_of(user).get(reverse(PAGE))
        assert response.status_code == 200
        assert Page(response).faults() == []
        assert response.headers["Content-Security-Policy"] == POLICY
        text = text_of(response)
        for words in (
            "Version 1",
            "aus 240 Antworten",
            "letzten 60",
            "weiblich",
            "Kurmandschi",
            "Brier",
            "Entfernung",
        ):
            assert words in text


def test_the_curve_is_drawn_with_text_and_without_scripts(cast, version, browser_of):
    page = browser_of(cast.kaya).get(reverse(PAGE)).content.decode()
    (drawn,) = [ElementTree.fromstring(found) for found in re.findall(r'<svg class="drawn .*?</svg>', page)]
    tags = {element.tag for element in drawn.iter()}
    assert "text" in tags and "circle" in tags
    assert tags & {"script", "style", "image", "foreignObject"} == set()
    assert not any("style" in element.attrib for element in drawn.iter())
    steps = [*version.report["model"]["bins"], *version.report["prior"]["bins"]]
    assert len([e for e in drawn.iter() if e.tag == "circle"]) == len(steps)


def test_older_versions_can_be_looked_up(cast, version, browser_of):
    train_acceptance(office_id=None, by=None, now=NOW + DAY)
    browser = browser_of(cast.kaya)
    assert "im Einsatz" in text_of(browser.get(reverse(PAGE)))
    older = browser.get(reverse(PAGE), {"version": str(version.pk)})
    assert "ersetzt" in text_of(older)
    assert browser.get(reverse(PAGE), {"version": "none"}).status_code == 404


def test_it_is_for_the_staff_alone(cast, version, browser_of):
    for user in (cast.ana.user, cast.rita):
        assert browser_of(user).get(reverse(PAGE)).status_code == 403


def test_what_an_office_learned_alone_is_not_for_another(cast, browser_of):
    past = make.a_help_request(cast.samir, cast.rita, topic="work")
    answered_offers(past, [cast.ana], teaches=True)
    train_acceptance(office_id=cast.osnabrueck.pk, by=None, now=NOW)
    frauke = browser_of(cast.frauke)
    assert "nicht genug Antworten" in text_of(frauke.get(reverse(PAGE)))
    assert frauke.get(reverse(PAGE), {"leitstelle": "osnabrueck"}).status_code == 404


def test_a_switched_off_estimate_says_so(cast, version, browser_of):
    Office.objects.filter(pk=cast.osnabrueck.pk).update(uses_acceptance_model=False)
    assert "abgeschaltet" in text_of(browser_of(cast.kaya).get(reverse(PAGE)))


def test_the_estimate_stands_beside_each_suggestion(cast, version, browser_of):
    request = make.a_help_request(cast.samir, cast.rita)
    kaya = browser_of(cast.kaya)
    kaya.post(reverse("web:suggest", args=[request.pk]))
    text = text_of(kaya.get(reverse("web:office_request", args=[request.pk])))
    for suggestion in Suggestion.objects.filter(match_run__help_request=request):
        assert f"Sagt wahrscheinlich zu: {round(suggestion.chance * 100)} %" in text
    assert "kein Teil der Eignung" in text
