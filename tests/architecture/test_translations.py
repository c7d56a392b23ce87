"""Is the German catalogue whole: every text of the code is in it, translated, with the same places to fill?"""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.architecture.source_tree import ROOT

CATALOGUE = ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"
HEADER = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
PLACE = re.compile(r"%(?:\((\w+)\))?[sdf]")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="de", domain="django")


def flaws(message: Message) -> list[str]:
    """What is wrong with one entry."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    found = []
    if message.fuzzy:
        found.append("is fuzzy")
    if len(texts) < len(ids) or not all(text and text.strip() for text in texts):
        found.append("is empty")
    wanted = set(PLACE.findall(ids[-1]))
    # "once before" may leave the number out; a text for many may not.
    if (
        any(set(PLACE.findall(text or "")) - wanted for text in texts)
        or set(PLACE.findall(texts[-1] or "")) != wanted
    ):
        found.append("fills other places")
    return [f"{ids[0]!r} {what}" for what in found]


def test_the_german_catalogue_is_whole() -> None:
    messages = [message for message in catalogue(CATALOGUE) if message.id]

    assert len(messages) > 200
    assert [what for message in messages for what in flaws(message)] == []


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ('msgid "open"\nmsgstr ""\n', "is empty"),
        ('#, fuzzy\nmsgid "open"\nmsgstr "offen"\n', "is fuzzy"),
        ('#, python-format\nmsgid "%(a)s km"\nmsgstr "%(b)s km"\n', "fills other places"),
        ('#, python-format\nmsgid "%(a)s km"\nmsgstr "km"\n', "fills other places"),
        ('msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "ein Tag"\nmsgstr[1] ""\n', "is empty"),
    ],
)
def test_a_sown_flaw_is_caught(tmp_path: Path, entry: str, what: str) -> None:
    po = tmp_path / "django.po"
    po.write_text(HEADER + entry)

    (message,) = [message for message in catalogue(po) if message.id]

    assert any(what in flaw for flaw in flaws(message))
