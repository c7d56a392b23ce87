"""How messages read: in the reader's language, as plain text and as HTML that say the same."""

import re
from html import unescape

import pytest
from django.utils import translation

from notifications.contents import WRITERS
from notifications.contents.appointment import Appointment
from notifications.rendering import COLUMNS, compose, language_of, wrapped
from tests import factories as make
from tests.conftest import Cast
from tests.factories import at
from tests.notifications.conftest import PostOffice

LINK = "https://ilos.example/angebot/" + "x" * 80 + "/"
FACTS = {
    "office": {"name": "Leitstelle <Nord>", "phone": "0541 1234", "email": "office@nord.example"},
    "appointment": Appointment(
        reference="26-ABC234",
        dates=("Dienstag, 10. November 2026, 10:00–11:00", "Mittwoch, 11. November 2026, 10:00–11:00"),
        duration="1 Stunde",
        where="49074 Osnabrück",
        language="Kurmandschi (Kurdisch)",
    ),
    "url": LINK,
    "code": "P-0001",
    "course_hours": 50,
    "organisation": "Schule & Hort",
    "place": "Osnabrück",
    "role": "requester",
    "answer_by": "Mittwoch, 4. November 2026, 10:00",
    "willing": 2,
    "reserve": 1,
    "reason": "nicht mehr nötig",
    "until": "Montag, 9. November 2026",
    "when": "Montag, 2. November 2026, 10:00",
    "happened": "Ein Passkey ist hinzugekommen.",
}


def words_of(html: str) -> list[str]:
    body = html.partition("<body")[2].partition(">")[2]
    return re.findall(r"\w+", unescape(re.sub(r"<[^>]*>", " ", body)))


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", sorted(WRITERS))
def test_every_message_says_the_same_in_both_forms(template: str, language: str) -> None:
    with translation.override(language):
        subject, text, html = compose(template, FACTS)

    assert 5 < len(subject) < 90
    assert "\n" not in subject
    assert text.startswith("Guten Tag!" if language == "de" else "Hello,")
    assert all(len(line) <= COLUMNS or "://" in line for line in text.splitlines())
    assert "\n\n\n" not in text
    assert text.count("\n-- \n") == 1
    assert "&" not in text.replace("Schule & Hort", "")
    assert "<Nord>" in text
    assert "&lt;Nord&gt;" in html
    assert "<Nord>" not in html
    # Each word of the plain text stands in the HTML; a link stands there as an address.
    links = html.count(LINK)
    assert links == text.count(LINK)
    said = set(re.findall(r"\w+", text.replace(LINK, "")))
    assert said <= set(words_of(html))
    assert f'lang="{language}"' in html


@pytest.mark.parametrize("template", sorted(WRITERS))
def test_every_message_is_translated(template: str) -> None:
    with translation.override("en"):
        english = compose(template, FACTS)
    with translation.override("de"):
        german = compose(template, FACTS)
    sentences = {line for line in english[1].splitlines() if len(line) > 40 and "://" not in line}
    facts = {line for line in sentences if any(date in line for date in FACTS["appointment"].dates)}
    assert not (sentences - facts) & set(german[1].splitlines())
    assert german[0] != english[0]


def test_html_carries_its_styles_and_loads_nothing() -> None:
    _, _, html = compose("offer_made", FACTS)
    assert "<style" not in html
    assert "<img" not in html
    assert "src=" not in html
    assert "<script" not in html
    assert set(re.findall(r'href="([^"]*)"', html)) == {LINK}


def test_each_reader_is_written_to_in_their_language(cast: Cast, post: PostOffice) -> None:
    make.a_pilot("emma", cast.kaya, language="en")
    cast.ana  # noqa: B018  (registers her)
    activated = {posted.to: posted for posted in post.deliver() if posted.template == "pilot_activated"}
    assert activated["emma@emma.example"].message.subject == "You are an active integration pilot now"
    assert activated["ana@ana.example"].message.subject == "Jetzt kann es losgehen"
    assert activated["emma@emma.example"].message.extra_headers["Content-Language"] == "en"


def test_an_unknown_language_falls_back_to_german(cast: Cast) -> None:
    assert language_of(make.a_user("tariq", language="xx")) == "de"


def test_times_are_told_by_the_offices_clock(cast: Cast, post: PostOffice) -> None:
    emma = make.a_pilot("emma", cast.kaya, language="en")
    slots = [(at(10, 10), at(10, 11, 30)), (at(12, 9), at(12, 10, 30))]
    help_request = make.a_help_request(cast.samir, cast.rita, slots=slots)
    make.offers_to(help_request, [emma, cast.ana], cast.kaya)
    offers = {p.to: str(p.message.body) for p in post.deliver() if p.template == "offer_made"}
    english, german = offers["emma@emma.example"], offers["ana@ana.example"]
    assert "Tuesday, 10 November 2026, 10:00–11:30" in english
    assert "Thursday, 12 November 2026, 09:00–10:30" in english
    assert "1 hour 30 minutes" in english
    assert "Dienstag, 10. November 2026, 10:00–11:30" in german
    assert "1 Stunde 30 Minuten" in german
    assert "Kurmandschi" in german
    assert "49074 Osnabrück" in german
    assert "Mittwoch, 4. November 2026" in german  # by when to answer


def test_wrapping_keeps_links_whole_and_numbers_hanging() -> None:
    text = wrapped(f"1. {'wort ' * 30}\n\n\n\n{LINK}\n")
    lines = text.splitlines()
    assert lines[1].startswith("   wort")
    assert LINK in lines
    assert "\n\n\n" not in text
