"""Does every SMS fit into two parts, in every language, with its link?"""

import pytest
from django.utils import translation

from notifications.contents.appointment import Appointment
from notifications.texting.length import is_gsm, segments
from notifications.texting.outcomes import Outcome
from notifications.texting.texts import (
    BY_SMS,
    CODE,
    REPLIES,
    REPLY,
    SEGMENTS_AT_MOST,
    SEVERAL_DATES,
    sms_text,
)

LANGUAGES = ("de", "en", "ar", "uk", "fa", "ru", "tr", "fr", "kmr")
HOST = "https://ilos.landkreis-osnabrueck.example"  # as long as they come


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 151, 2), ("a" * 152 + "€" + "a" * 152, 3),  # it is not cut in two
        ("ж" * 70, 1), ("ж" * 71, 2), ("ж" * 134, 2), ("ж" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("", 1),
        ("äöüßéèàñ", 1), ("ê" * 71, 2),
    ],
)  # fmt: skip
def test_parts_are_counted_as_networks_do(text, parts):
    assert segments(text) == parts


def test_the_gsm_alphabet():
    assert is_gsm("Grüße à Özil: 10€ {1}")
    assert not is_gsm("ç")  # only the capital one is in it
    assert not is_gsm("ı")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_takes_two_parts_at_most_in_every_language(settings, language):
    settings.BASE_URL = HOST
    with translation.override(language):
        for template, facts in all_facts():
            text = sms_text(template, facts)
            assert segments(text) <= SEGMENTS_AT_MOST, (template, len(text), text)
            assert text.startswith("ILOS: ")
            assert HOST in text or template == CODE or facts.get("outcome") == Outcome.DECLINED, text
            if facts.get("answers"):
                assert facts["url"] in text
            if template in SEVERAL_DATES and len(facts["appointment"].short_dates) == 1:
                assert "1 = " in text
                assert "2 = " in text


def all_facts():
    """Each text with the longest facts: a long host, a long town."""
    one = Appointment(
        "26-ABC234", ("x",), "", "", "", short_dates=("Mi 30.12. 10:00",), town="Rotenburg (Wümme)"
    )
    two = Appointment("26-ABC234", ("x", "y"), "", "", "", short_dates=("Mi 30.12. 10:00", "Do 31.12. 9:00"))
    offer = {"url": f"{HOST}/o/{'x' * 22}/", "answers": True}
    page = {"url": f"{HOST}/einsaetze/01a2b3c4-0000-7000-8000-000000000000/"}
    for template in BY_SMS:
        for told in (one, two) if template in SEVERAL_DATES else (one,):
            yield template, {"appointment": told, **(offer if template in SEVERAL_DATES else page)}
    yield CODE, {"code": "123456"}
    for outcome in REPLIES:
        yield REPLY, {"appointment": one, "outcome": outcome, "url": f"{HOST}/o/{'x' * 22}/"}
