"""How is a last resort told: that it is one, and how meaning would travel?"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.language_names import language_name
from backend.reason_texts import level_name

LAST_RESORT: Promise = gettext_lazy(
    "A last resort: over a third language or a second person, meaning gets lost. "
    "Look first whether the request can be changed."
)


def chain_reason(facts: Mapping[str, Any]) -> str:
    """Who of two pilots speaks what with whom, and how well."""
    return _(
        "The first speaks %(language)s (%(level)s) with the person, the second German (%(german)s). "
        "Between the two: %(bridge)s (%(first)s and %(second)s)."
    ) % {
        "language": language_name(facts["language"]),
        "level": level_name(facts["level"]),
        "german": level_name(facts["second_german"]),
        "bridge": language_name(facts["bridge"]),
        "first": level_name(facts["first_level"]),
        "second": level_name(facts["second_level"]),
    }
