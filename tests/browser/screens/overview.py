"""The screens of the coordinator's overview: pilots, organisations, calendar, map, figures."""

from tests.browser.screens.screen import Screen

SCREENS = [
    Screen(14, "pilots", "coordinator", "web:pilots"),
    Screen(14, "pilot", "coordinator", "web:pilot", ("pilot",)),
    Screen(14, "contact", "coordinator", "web:contact", ("pilot",), in_gallery=False),
    Screen(14, "pilot-data", "coordinator", "web:pilot_rights", ("pilot",), in_gallery=False),
    Screen(14, "pilot-data-out", "coordinator", "web:pilot_export", ("pilot",), in_gallery=False),
    Screen(14, "pilot-erase", "coordinator", "web:pilot_erase", ("pilot",), in_gallery=False),
    Screen(
        14,
        "pilot-take-back",
        "coordinator",
        "web:pilot_withdraw",
        ("pilot", "data_protection"),
        in_gallery=False,
    ),
    Screen(14, "client-data", "coordinator", "web:client_rights", ("help_seeker",), in_gallery=False),
    Screen(14, "client-data-out", "coordinator", "web:client_export", ("help_seeker",), in_gallery=False),
    Screen(14, "client-erase", "coordinator", "web:client_erase", ("help_seeker",), in_gallery=False),
    Screen(
        14,
        "client-take-back",
        "coordinator",
        "web:client_withdraw",
        ("help_seeker", "data_protection"),
        in_gallery=False,
    ),
    Screen(14, "applicant", "coordinator", "web:pilot", ("applicant",)),
    Screen(14, "organisations", "coordinator", "web:organisations"),
    Screen(15, "calendar", "coordinator", "web:calendar"),
    Screen(15, "calendar-list", "coordinator", "web:calendar", query="als=liste", in_gallery=False),
    Screen(15, "map", "coordinator", "web:map"),
    Screen(16, "figures", "coordinator", "web:figures"),
    Screen(16, "figures-of-auditor", "auditor", "web:figures", in_gallery=False),
    Screen(16, "commissions", "coordinator", "web:commissions", query="zeitraum=2026&pruefen=1"),
    Screen(16, "figures-requests", "coordinator", "web:figures_requests", query="tabelle=topic&zeile=school"),
]
