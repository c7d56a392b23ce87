"""Does every screen open, without a complaint of the browser and without a word to anybody else?"""

import pytest

from tests.browser.screens import ROLES, SCREENS, Screen
from tests.browser.windows import Windows


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_opens(windows: Windows, screen: Screen) -> None:
    with windows.of(screen.role) as window:
        window.open(screen)
        assert window.complaints == []
        assert window.foreign() == []


def test_names_and_roles_are_known() -> None:
    names = [str(screen) for screen in SCREENS]
    assert len(set(names)) == len(names)
    assert {screen.role for screen in SCREENS} <= set(ROLES)
