"""Which texts of a page are still in German (or, in neither of the two, still in English)?"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[3] / "locale"
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]+>")
EDGES = " .,:;·–—()„“”\"'→←"
LONG = 18  # letters of a text with places to fill, by which it is known again


def leftovers(texts: Iterable[str], language: str) -> list[str]:
    """The texts that are in a catalogue and have stayed in a language that the reader has not chosen."""
    if language == "de":
        return []
    whole, parts = _foreign_texts(language)
    return [
        f"not translated: “{text}”"
        for text in texts
        if text in whole or text.strip(EDGES) in whole or any(part in text for part in parts)
    ]


@cache
def _foreign_texts(language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """German texts, and English ones unless that is the language: those without places, and parts of the others."""
    german = dict(_catalogue("de"))
    own = {key: key[1] for key in german} if language == "en" else dict(_catalogue(language))
    rightly = {part for text in own.values() for part in _pieces(text)}
    pieces = set()
    for key, text in german.items():
        pieces |= set(_pieces(text))
        if language != "en":
            pieces |= set(_pieces(key[1]))
    strange = {piece for piece in pieces if piece not in rightly and len(piece) > 2 and not piece.isdigit()}
    return frozenset(strange), tuple(sorted(piece for piece in strange if len(piece) >= LONG))


def _pieces(text: str) -> Iterator[str]:
    """The text between its places to fill and its tags, as a browser shows it."""
    for piece in PLACE.split(text):
        if shown := " ".join(piece.split()).strip(EDGES):
            yield shown
    if not PLACE.search(text):
        yield " ".join(text.split())


def _catalogue(language: str) -> Iterator[tuple[tuple[str | None, str], str]]:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return
    with path.open("rb") as file:
        for message in read_po(file, locale=language):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            for number, text in enumerate(texts):
                if message.id and text and not message.fuzzy:
                    yield (message.context, f"{ids[min(number, len(ids) - 1)]}"), text
