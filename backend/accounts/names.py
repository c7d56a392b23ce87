"""What can be the name of a person or an organisation: one plain line, as it will stand in somebody's mail."""

import unicodedata

from backend.errors import RuleViolated

LINE_BREAKING = frozenset({"Cc", "Zl", "Zp"})  # control characters, line and paragraph separators


def check_name(name: str) -> None:
    """Refuse what is no single line, or carries the address of a page."""
    if "://" in name or any(unicodedata.category(character) in LINE_BREAKING for character in name):
        raise RuleViolated("name_not_plain", field="name")
