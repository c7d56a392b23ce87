"""Is every screen sound for everybody: each language, light and dark, on a phone and on a desk?

Every pair of screen, language, scheme and width is looked at here; bin/bench pages looks at all combinations.
"""

import pytest
from django.conf import settings

from tests.browser.checks import faults_of, faults_of_source, faults_when_narrow
from tests.browser.covering import pairwise
from tests.browser.matrix import LANGUAGES, SCHEMES, WIDTHS
from tests.browser.screens import IN_EVERY_LANGUAGE, SCREENS, Screen
from tests.browser.windows import Windows

FACTORS = {"screen": SCREENS, "language": LANGUAGES, "scheme": SCHEMES, "width": WIDTHS}
ROWS = pairwise(FACTORS)


@pytest.mark.parametrize(
    ("screen", "language", "scheme", "width"),
    [tuple(row.values()) for row in ROWS],
    ids=["-".join(map(str, row.values())) for row in ROWS],
)
def test_is_sound(windows: Windows, screen: Screen, language: str, scheme: str, width: int) -> None:
    with windows.of(screen.role, language=language, scheme=scheme, width=width) as window:
        window.open(screen)
        everywhere = language in ("de", "en") or screen.role in IN_EVERY_LANGUAGE
        shown = settings.LANGUAGE_CODE if screen.in_german else language
        faults = faults_of(window.page, language=shown, in_every_language=everywhere)
        faults += faults_when_narrow(window.page)
        if not screen.act:
            faults += faults_of_source(window.source)
        faults += window.complaints + window.foreign()
        assert not faults, "\n".join(["", *faults])
