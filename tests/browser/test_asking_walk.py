"""What helps while asking: a draft that keeps itself, a change proposed and taken over, a copy, a withdrawal."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from tests.browser.hand import Hand
from tests.browser.product import Product
from tests.browser.windows import Windows


def give_date(page: Page, days: int) -> None:
    """In a date field each browser wants the parts in another order: it is filled as a whole."""
    page.locator("#id_day_1").fill((datetime.now(UTC).date() + timedelta(days=days)).isoformat())


def send(page: Page, hand: Hand) -> None:
    """From the form over the answers to the request."""
    hand.press(page.locator(".ask-end").get_by_role("button", name="Angaben prüfen"))
    page.get_by_role("heading", level=1, name="Stimmt alles?").wait_for()
    hand.button("Anfrage abschicken")
    page.get_by_text("Ihre Anfrage ist da").first.wait_for()


def test_asks_for_the_same_again_and_takes_it_back(windows: Windows, town: Product) -> None:
    with windows.of("requester", width=390) as window:
        page, hand = window.page, Hand(window.page)
        window.goto(f"/anfragen/{town['assigned_request']}/")
        hand.link("Das Gleiche noch einmal anfragen")
        give_date(page, 30)
        hand.fill("Beginn", "10")
        send(page, hand)
        page.get_by_text("Anfrage zurückziehen").click()
        hand.tick("nicht mehr nötig")
        hand.button("Zurückziehen")
        page.get_by_text("Die Anfrage ist zurückgezogen").first.wait_for()
        assert window.complaints == []


def test_what_was_typed_is_there_when_one_comes_back(windows: Windows, town: Product) -> None:
    with windows.of("requester") as window:
        page = window.page
        window.goto("/anfragen/neu/")
        page.locator("#id_case_key").fill("WEG-ENTWURF")
        page.get_by_text("Entwurf gespeichert:").wait_for()
        window.goto("/anfragen/")
        page.get_by_role("link", name="Weitermachen").first.click()
        assert page.locator("#id_case_key").input_value() == "WEG-ENTWURF"


def test_what_would_help_is_taken_over_in_one_tap(windows: Windows, town: Product) -> None:
    with windows.of("requester") as window:
        page = window.page
        window.goto("/anfragen/neu/")
        page.locator("#id_language").select_option("ar")
        page.locator("#id_day_1").fill((datetime.now(UTC).date() + timedelta(days=21)).isoformat())
        page.locator("#id_start_1").fill("18:00")
        repair = page.locator(".repair").first
        repair.wait_for()
        repair.click()
        page.locator("#chances-title:focus").wait_for()
        assert page.locator("#id_language").input_value()
