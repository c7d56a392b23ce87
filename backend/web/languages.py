"""Which languages does a page offer its reader?"""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest


def offered_languages(request: HttpRequest) -> Sequence[str]:
    """Those whose catalogues are whole."""
    return settings.WHOLE_LANGUAGES
