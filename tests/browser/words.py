"""What does a German page say for this text of the code? So that walks find their way when a wording is mended."""

from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.browser.checks.translated import LOCALE


def de(msgid: str, context: str | None = None) -> str:
    """The German text; one form of it where there are several."""
    message = _catalogue().get(msgid, context)
    assert message and message.string, f"no German text for: {msgid}"
    return message.string if isinstance(message.string, str) else message.string[0]


@cache
def _catalogue() -> Catalog:
    with (LOCALE / "de" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale="de")
