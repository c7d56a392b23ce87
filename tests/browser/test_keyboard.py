"""Can a screen be walked through by the tabulator key, and does one see where one is?"""

import pytest

from tests.browser.checks import faults_of_focus
from tests.browser.screens import SCREENS, Screen
from tests.browser.windows import Windows


# Every other one, one reader's after the other's; bin/bench pages walks through all of them.
@pytest.mark.parametrize("screen", sorted(SCREENS, key=lambda screen: screen.role)[::2], ids=str)
def test_the_focus_is_seen(windows: Windows, screen: Screen) -> None:
    with (windows.of if screen.act else windows.kept)(screen.role) as window:
        window.open(screen)
        faults = faults_of_focus(window.page)
        assert not faults, "\n".join(["", *faults])
