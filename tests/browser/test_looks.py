"""Is every screen sound for everybody: each language, light and dark, on a phone and on a desk?

Every pair of screen, language, scheme and width is looked at here; bin/bench pages looks at all combinations.
"""

import pytest

from tests.browser.covering import pairwise
from tests.browser.look import faults_on
from tests.browser.matrix import LANGUAGES, SCHEMES, WIDTHS
from tests.browser.screens import SCREENS, Screen
from tests.browser.windows import Windows

FACTORS = {"screen": SCREENS, "language": LANGUAGES, "scheme": SCHEMES, "width": WIDTHS}
# One reader's after the other's, who keeps her window.
ROWS = sorted(pairwise(FACTORS), key=lambda row: (row["screen"].role, row["language"], row["width"]))


@pytest.mark.parametrize(
    ("screen", "language", "scheme", "width"),
    [tuple(row.values()) for row in ROWS],
    ids=["-".join(map(str, row.values())) for row in ROWS],
)
def test_is_sound(windows: Windows, screen: Screen, language: str, scheme: str, width: int) -> None:
    faults = faults_on(windows, screen, language=language, scheme=scheme, width=width)
    assert not faults, "\n".join(["", *faults])
