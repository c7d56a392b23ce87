"""Can a coordinator ask and confirm in three presses each: by pointer, by keyboard, without scripts?"""

import pytest

from tests.browser.product import Product
from tests.browser.test_pilot_walk import MODES
from tests.browser.ways import ask_pilots, confirm
from tests.browser.windows import Windows


@pytest.mark.parametrize("mode", MODES)
def test_asks_those_who_fit(windows: Windows, town: Product, mode: str) -> None:
    with windows.of("coordinator", javascript=mode != "without-scripts") as window:
        presses = ask_pilots(window, town.fresh("open").id, keyboard=mode == "keyboard")
        assert presses <= 3
        assert window.complaints == []


@pytest.mark.parametrize("mode", MODES)
def test_confirms_after_seeing_what_is_sent(windows: Windows, town: Product, mode: str) -> None:
    with windows.of("coordinator", javascript=mode != "without-scripts") as window:
        presses = confirm(window, town.fresh("accepted").id, keyboard=mode == "keyboard")
        assert presses <= 3
        assert window.complaints == []
