"""An office's own words in messages: edited with a preview, checked, sent; no message is lost for their sake."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from backend.journal.kinds import EventKind
from backend.web.message_names import MESSAGES, PLACES
from notifications.contents import REWORDABLE
from notifications.models import MessageText
from notifications.rendering import compose, compose_own
from notifications.samples import sample_facts
from notifications.wording import checked_wording, places_of, standard_wording
from tests import factories as make
from tests.asserting import recorded
from tests.factories import NOW
from tests.notifications.conftest import PostOffice, post  # noqa: F401  (a fixture)
from tests.web.reading import Page, text_of

LINK = re.compile(r"https?://[^\s\"<>]+")
OFFER = reverse("web:settings_text", args=["offer_made", "de"])
PREVIEW = reverse("web:preview_text", args=["offer_made", "de"])
OWN = {
    "subject": "Zeit am {day}?",
    "body": "Hallo aus der {office}!\n\n{appointment}\n\nHier antworten:\n{url}\n\nBis {answer_by}, bitte.",
}


@pytest.fixture
def browser(cast, browser_of):
    return browser_of(make.an_admin("adam", cast.osnabrueck))


def test_every_message_and_place_has_a_name():
    named = {template for _group, names in MESSAGES for template in names}
    assert set(REWORDABLE) <= named
    assert {place for template in REWORDABLE for place in places_of(template)} <= set(PLACES)


def test_the_editor_begins_with_the_standard_text(cast, browser):
    page = Page(browser.get(OFFER))
    assert page.faults() == []
    assert "Können Sie helfen? {day}" in [field.get("value") for field in page.all("input")]
    assert {"{url}", "{appointment}", "{answer_by}"} <= {word.strip() for word in page.words}
    (frame,) = page.all("iframe")
    assert "sandbox" in frame


def test_own_words_are_sent_in_their_language_alone(cast, browser, post):  # noqa: F811
    browser.post(OFFER, OWN)
    assert recorded(EventKind.MESSAGE_TEXT_CHANGED, cast.osnabrueck).facts == {
        "template": "offer_made",
        "language": "de",
    }
    emma = make.a_pilot("emma", cast.kaya, language="en")
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana, emma], cast.kaya)
    mails = {p.to: p.message for p in post.deliver() if p.template == "offer_made"}
    german = mails["ana@ana.example"]
    assert german.subject.startswith("Zeit am ") and "{" not in german.subject + str(german.body)
    assert "Hallo aus der Osnabrueck!" in str(german.body)
    assert "Hier antworten:\nhttp" in str(german.body)
    html = str(german.alternatives[0][0])
    assert ">Hier antworten</a>" in html and "49074" in html
    assert "Can you help?" in mails["emma@emma.example"].subject


def test_what_cannot_be_rendered_goes_out_in_our_words(cast, post):  # noqa: F811
    MessageText.objects.create(
        office=cast.osnabrueck,
        template="offer_made",
        language="de",
        subject="{gone}",
        body="{url}",
        changed_at=NOW,
    )
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    (mail,) = [p.message for p in post.deliver() if p.template == "offer_made"]
    assert "Können Sie helfen?" in mail.subject


def test_the_standard_text_comes_back(cast, browser):
    browser.post(OFFER, OWN)
    assert "Ihr eigener Text" in text_of(browser.get(OFFER))
    browser.post(reverse("web:standard_text", args=["offer_made", "de"]))
    assert not MessageText.objects.exists()
    assert "Standardtext" in text_of(browser.get(OFFER))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"subject": "Hallo {name}"}, "{name}"),
        ({"subject": "Antwort {url}"}, "{url}"),
        ({"body": OWN["body"].replace("{url}", "")}, "{url}"),
        ({"body": OWN["body"].replace("{answer_by}", "morgen")}, "{answer_by}"),
        ({"body": OWN["body"].replace("Hier antworten:\n", "Hier ")}, "allein in seiner Zeile"),
        ({"body": OWN["body"] + "\n\n<b>Wichtig</b>"}, "HTML"),
        ({"body": OWN["body"] + "\n\nhttps://anderswo.example"}, "Internetadressen"),
        ({"body": OWN["body"] + "\n\n{offen"}, "Klammern"),
    ],
)
def test_a_text_that_would_break_a_message_is_refused_by_name(cast, browser, change, says):
    answer = browser.post(OFFER, OWN | change)
    assert answer.status_code == 422
    page = Page(answer)
    assert page.faults() == []
    assert says in page.text
    typed = (OWN | change)["body"]
    assert typed.split("\n")[0] in page.text  # nothing typed is lost
    assert not MessageText.objects.exists()


def test_the_preview_shows_what_was_typed_and_saves_nothing(cast, browser):
    answer = browser.post(PREVIEW, OWN)
    words = text_of(answer)
    assert "Zeit am " in words and "Hallo aus der Osnabrueck!" in words
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    assert not MessageText.objects.exists()
    broken = browser.post(PREVIEW, OWN | {"subject": "{name}"})
    assert "nicht verschickt werden" in text_of(broken)
    assert "Können Sie helfen?" in text_of(browser.get(PREVIEW))


@pytest.mark.parametrize("template", sorted(REWORDABLE))
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_message_can_be_seen_and_saved_as_it_is(cast, browser, template, language):
    assert browser.get(reverse("web:preview_text", args=[template, language])).status_code == 200
    page = Page(browser.get(reverse("web:settings_text", args=[template, language])))
    assert page.faults() == []
    subject = next(str(field["value"]) for field in page.all("input") if field.get("name") == "subject")
    with translation.override(language):
        standard = standard_wording(template)
        assert checked_wording(template, subject, standard.body) == standard


@pytest.mark.parametrize("template", sorted(REWORDABLE))
def test_the_standard_text_as_an_own_one_has_the_same_links(cast, template):
    with translation.override("de"):
        facts = sample_facts(cast.osnabrueck, now=NOW)
        standard, own = compose(template, facts), compose_own(standard_wording(template), template, facts)
    for ours, theirs in zip(standard[1:], own[1:], strict=True):
        assert LINK.findall(ours) == LINK.findall(theirs)


def test_the_card_stays_in_the_message_about_it(cast, browser):
    with translation.override("de"):
        body = standard_wording("confirmed_to_asking_side").body
    assert "{card_url}" in body
    address = reverse("web:settings_text", args=["confirmed_to_asking_side", "de"])
    for wrong, says in (
        (body.replace("{card_url}", "{url}"), "{card_url}"),
        (body.replace(":\n{card", " {card"), "allein"),
    ):
        answer = browser.post(address, {"subject": "Zusage", "body": wrong})
        assert answer.status_code == 422 and says in text_of(answer)


def test_the_preview_runs_in_the_direction_of_its_language(cast, browser):
    for language, direction in (("ar", "rtl"), ("de", "ltr")):
        answer = browser.get(reverse("web:preview_text", args=["offer_made", language]))
        assert f'<html lang="{language}" dir="{direction}">' in answer.content.decode()


def test_unknown_messages_and_languages_are_not_there(cast, browser):
    for args in (["nothing", "de"], ["offer_made", "tr"], ["offer_made", "xx"]):
        assert browser.get(reverse("web:settings_text", args=args)).status_code == 404
        assert browser.post(reverse("web:standard_text", args=args)).status_code == 404
