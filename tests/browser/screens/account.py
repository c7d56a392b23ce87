"""The screens of signing in and of one's own data."""

from tests.browser.screens.screen import Screen

SCREENS = [
    Screen(2, "sign-in", "anybody", "account_login"),
]
