"""The screens of pilots."""

from tests.browser.screens.screen import Screen

SCREENS = [
    Screen(4, "my-assignments", "pilot", "web:my_assignments"),
    Screen(5, "offer", "anybody", "web:offer_by_link", ("offer_link",)),
    Screen(5, "offer-signed-in", "pilot", "web:offer", ("offer",)),
    Screen(5, "offer-answered", "anybody", "web:offer_by_link", ("answered_link",)),
    Screen(6, "my-times", "pilot", "web:my_times"),
    Screen(7, "assignment", "pilot", "web:assignment", ("assignment",)),
    Screen(7, "report", "pilot", "web:assignment", ("held_assignment",)),
]
