"""The screens that are open to everybody: start, registration, thanks, help."""

from playwright.sync_api import Page

from tests.browser.screens.screen import Screen


def send_empty(page: Page) -> None:
    """Send the form as it is, so that the page shows what is missing."""
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.locator("main form button:not([formaction])").last.click()
    page.locator(".kern-alert--danger, .errors, [role=alert]").first.wait_for()


SCREENS = [
    Screen(1, "start", "anybody", "web:home"),
    Screen(1, "become-pilot", "anybody", "web:become_pilot"),
    Screen(1, "register-organisation", "anybody", "web:register_organisation"),
    Screen(1, "seek-help", "anybody", "web:seek_help"),
    Screen(0, "thanks", "anybody", "web:thanks", ("pilot",)),
    Screen(0, "mailbox", "anybody", "web:mailbox"),
]
