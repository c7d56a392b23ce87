"""The screens of administration."""

from tests.browser.screens.screen import Screen

SCREENS = [
    Screen(17, "settings", "admin", "web:settings"),
]
