"""Can whoever asks ask: a school with its form, a copy of an older request, somebody for herself?"""

import pytest

from tests.browser.hand import Hand
from tests.browser.product import Product
from tests.browser.test_pilot_walk import MODES
from tests.browser.ways import ask_for_a_pilot, fields_of_request
from tests.browser.windows import Windows


@pytest.mark.parametrize("mode", MODES)
def test_a_school_asks(windows: Windows, mode: str) -> None:
    with windows.of("requester", javascript=mode != "without-scripts") as window:
        reference = ask_for_a_pilot(window, f"SCH-{mode[:3]}", keyboard=mode == "keyboard")
        window.goto("/anfragen/")
        window.page.get_by_text(reference).first.wait_for()
        assert window.complaints == []


def test_a_first_request_has_twelve_fields_at_most(windows: Windows) -> None:
    with windows.of("requester") as window:
        assert 5 < fields_of_request(window) <= 12


def test_a_copy_needs_its_date_only(windows: Windows, town: Product) -> None:
    with windows.of("requester", javascript=False) as window:
        window.goto(f"/anfragen/neu/?wie={town['assigned_request']}")
        page = window.page
        empty = [
            field.get_attribute("name")
            for field in page.locator("#request-form [required]").all()
            if field.is_visible() and not field.input_value()
        ]
        assert set(empty) <= {"day_1", "start_1"}


@pytest.mark.parametrize("mode", MODES)
def test_somebody_registers_her_need(windows: Windows, mode: str) -> None:
    with windows.of(width=390, javascript=mode != "without-scripts") as window:
        page, hand = window.page, Hand(window.page, keyboard=mode == "keyboard")
        window.goto("/hilfe-suchen/")
        form = page.locator("main form")
        hand.write(form.locator("[name=name]"), "Amal Beispiel")
        hand.write(form.locator("[name=email]"), f"amal-{mode}@mail.example")
        hand.write(form.locator("[name=postcode]"), "49074")
        language = form.locator("select[name=language], select[name=language_1]").first
        hand.select(language, language.locator("option[value=ar]").inner_text().strip())
        hand.tick_box(form.locator("[name=needs]").first)
        hand.tick_box(form.locator("[name=data_protection]"))
        hand.press(form.get_by_role("button").last)
        page.wait_for_url("**/danke/**")
        assert window.complaints == []


def test_whoever_is_signed_out_meanwhile_signs_in_elsewhere_and_writes_on(
    windows: Windows, town: Product
) -> None:
    with windows.of("requester") as window:
        window.goto("/anfragen/neu/")
        page, cookies = window.page, window.page.context
        key = page.locator("#request-form [name=case_key]")
        cookies.clear_cookies(name="sessionid")
        key.press_sequentially("SCH-1")
        page.locator("#status #signed-out").wait_for()
        key.press_sequentially("2")
        # Signed in again in another window, which draws a new token too.
        session = {"name": "sessionid", "value": town.sessions["requester"], "url": town.url}
        cookies.add_cookies([session, {"name": "csrftoken", "value": "a1B2" * 8, "url": town.url}])
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        key.press_sequentially("3")
        page.locator("#saved", has_text="Entwurf gespeichert:").wait_for()
        assert key.input_value() == "SCH-123"
        assert page.locator("#signed-out").count() == 0
        assert [text for text in window.complaints if "status of 401" not in text] == []
