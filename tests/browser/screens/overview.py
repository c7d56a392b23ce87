"""The screens of the coordinator's overview: pilots, organisations, calendar, map, figures."""

from tests.browser.screens.screen import Screen

SCREENS = [
    Screen(14, "pilots", "coordinator", "web:pilots"),
    Screen(14, "pilot", "coordinator", "web:pilot", ("pilot",)),
    Screen(14, "applicant", "coordinator", "web:pilot", ("applicant",)),
    Screen(14, "organisations", "coordinator", "web:organisations"),
]
