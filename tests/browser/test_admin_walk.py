"""Can an administrator change a rule of the office, and does it stay changed?"""

import pytest

from tests.browser.hand import Hand
from tests.browser.test_pilot_walk import MODES
from tests.browser.windows import Windows


@pytest.mark.parametrize("mode", MODES)
def test_changes_how_a_wave_asks(windows: Windows, mode: str) -> None:
    with windows.of("admin", javascript=mode != "without-scripts") as window:
        page, hand = window.page, Hand(window.page, keyboard=mode == "keyboard")
        window.goto("/leitstelle/einstellungen/wellen/")
        field = page.locator("main form input[type=number]").first
        name, before = field.get_attribute("name"), int(field.input_value())
        hand.write(field, f"{before + 1}")
        hand.press(page.locator("main form").get_by_role("button").last)
        page.get_by_role("status").filter(has_text="gespeichert").first.wait_for()
        window.goto("/leitstelle/einstellungen/wellen/")
        assert page.locator(f"[name={name}]").input_value() == f"{before + 1}"
        assert window.complaints == []
