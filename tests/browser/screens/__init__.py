"""Every screen of the product, by who works on it; a page without one fails a test."""

from tests.browser.screens import account, admin, desk, overview, pilot, public, requester
from tests.browser.screens.screen import ROLES, Screen

SCREENS: list[Screen] = [
    *public.SCREENS,
    *account.SCREENS,
    *pilot.SCREENS,
    *requester.SCREENS,
    *desk.SCREENS,
    *overview.SCREENS,
    *admin.SCREENS,
]

__all__ = ["ROLES", "SCREENS", "Screen"]
