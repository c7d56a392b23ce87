"""How does this reader want to see the pages: text size, contrast, light or dark? A cookie keeps it, no account."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Choices = Mapping[str, str | Promise]
# The first of each is what pages are without a cookie.
TEXT_SIZES: Choices = {
    "normal": pgettext_lazy("text size", "normal"),
    "large": pgettext_lazy("text size", "large"),
    "larger": pgettext_lazy("text size", "very large"),
}
CONTRASTS: Choices = {
    "normal": pgettext_lazy("contrast", "normal"),
    "more": pgettext_lazy("contrast", "strong"),
}
SCHEMES: Choices = {"auto": _("as on my device"), "light": _("light"), "dark": _("dark")}
PARTS: Mapping[str, Choices] = {"text": TEXT_SIZES, "contrast": CONTRASTS, "scheme": SCHEMES}
LABELS: Mapping[str, Promise] = {"text": _("Text size"), "contrast": _("Contrast"), "scheme": _("Colours")}

COOKIE = "__Host-display" if settings.SECURE else "display"
COOKIE_AGE = 365 * 24 * 3600


@dataclass(frozen=True)
class Display:
    text: str = "normal"
    contrast: str = "normal"
    scheme: str = "auto"

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Display":
        """What of the values is one of ours; the rest as it is without a choice."""
        return cls(**{part: values[part] for part, choices in PARTS.items() if values.get(part) in choices})

    @classmethod
    def from_cookie(cls, cookie: str) -> "Display":
        return cls.of(dict(pair.partition("=")[::2] for pair in cookie.split("&")))

    def to_cookie(self) -> str:
        return "&".join(f"{part}={getattr(self, part)}" for part in PARTS)

    def controls(self) -> list[tuple[str, Promise, list[tuple[str, str | Promise, bool]]]]:
        """What the template draws: name, label, and (value, text, chosen) of each choice."""
        return [
            (
                part,
                LABELS[part],
                [(code, text, code == getattr(self, part)) for code, text in choices.items()],
            )
            for part, choices in PARTS.items()
        ]
