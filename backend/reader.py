"""In which language does somebody read, and what do dates and names look like in it?"""

from collections.abc import Iterable
from functools import cache

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, get_language_bidi

CLDR_NAMES = {"kmr": "ku"}  # CLDR files Kurmanji under Kurdish in Latin letters


def reader_language() -> str:
    """The active language, one of ours; German where it is none."""
    code = get_language() or settings.LANGUAGE_CODE
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def comma() -> str:
    """What stands between two things of a list: Arabic script has a comma of its own."""
    return "، " if get_language_bidi() else ", "


def listed(parts: Iterable[str]) -> str:
    """Those that are not empty, one after the other."""
    return comma().join(part for part in parts if part)


def reader_locale(code: str | None = None) -> Locale:
    """CLDR's data for the reader's language (the active one by default)."""
    return _locale(code or reader_language())


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(CLDR_NAMES.get(code, code))
