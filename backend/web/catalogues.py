"""How much of the product's texts is there in a language?"""

from functools import cache
from typing import NamedTuple

from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import to_locale

SOURCE = "de"  # the whole catalogue: a test holds it complete


class Completeness(NamedTuple):
    """How many of all texts are translated."""

    translated: int
    of: int

    @property
    def percent(self) -> int:
        return 100 * self.translated // self.of if self.of else 0


@cache
def completeness_of(code: str) -> Completeness:
    """Read once from the catalogue beside the code; a language without one has nothing."""
    wanted = _texts(SOURCE)
    return Completeness(len(_texts(code) & wanted), len(wanted))


@cache
def _texts(code: str) -> frozenset[tuple[str | None, str]]:
    """(context, text) of all that is translated."""
    for folder in settings.LOCALE_PATHS:
        path = folder / to_locale(code) / "LC_MESSAGES" / "django.po"
        if path.exists():
            with path.open("rb") as file:
                return frozenset(
                    (message.context, message.id if isinstance(message.id, str) else message.id[0])
                    for message in read_po(file)
                    if message.id and not message.fuzzy and all(_strings(message.string))
                )
    return frozenset()


def _strings(said: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [said or ""] if isinstance(said, str | None) else list(said)
