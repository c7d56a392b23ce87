"""The screens of administration."""

from tests.browser.screens.screen import Screen

SCREENS = [
    Screen(17, "settings", "admin", "web:settings"),
    Screen(17, "settings-weights", "admin", "web:settings_weights"),
    Screen(17, "settings-waves", "admin", "web:settings_waves"),
    Screen(17, "settings-presets", "admin", "web:settings_presets"),
    Screen(17, "settings-look", "admin", "web:settings_look"),
    Screen(17, "settings-languages", "admin", "web:settings_languages"),
    Screen(17, "settings-texts", "admin", "web:settings_texts"),
    Screen(17, "settings-text", "admin", "web:settings_text", ("offer_made", "de")),
    Screen(17, "settings-legal", "admin", "web:settings_legal"),
    Screen(17, "settings-periods", "admin", "web:settings_periods", in_gallery=False),
    Screen(17, "settings-people", "admin", "web:settings_people"),
    Screen(17, "member", "admin", "web:member", ("membership",)),
    Screen(17, "access-log", "auditor", "web:access_log"),
    Screen(17, "barrier-reports", "admin", "web:barrier_reports"),
]
