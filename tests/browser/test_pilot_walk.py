"""Can a volunteer answer from the message in three taps: by finger, by keyboard, without scripts?"""

import pytest

from tests.browser.product import Product
from tests.browser.ways import accept
from tests.browser.windows import Windows

MODES = ["pointer", "keyboard", "without-scripts"]


@pytest.mark.parametrize("mode", MODES)
def test_accepts_from_the_link(windows: Windows, town: Product, mode: str) -> None:
    with windows.of(width=390, javascript=mode != "without-scripts") as window:
        way = accept(window, town.fresh("asked").links[0], keyboard=mode == "keyboard")
        assert way.presses <= 3
        assert way.lowest_button <= 844, "both buttons must be on the first screen of a phone"
        assert window.complaints == []
