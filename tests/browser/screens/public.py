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
    Screen(19, "help", "anybody", "web:help"),
    Screen(19, "plain-language", "anybody", "web:plain_language", in_german=True),
    Screen(19, "accessibility", "anybody", "web:accessibility", query="leitstelle=osnabrueck"),
    Screen(19, "report-barrier", "anybody", "web:report_barrier", query="leitstelle=osnabrueck"),
    Screen(19, "barrier-thanks", "anybody", "web:barrier_thanks"),
    Screen(19, "privacy", "anybody", "web:privacy", query="leitstelle=osnabrueck"),
    Screen(19, "imprint", "anybody", "web:imprint", query="leitstelle=osnabrueck"),
    Screen(19, "choose-office", "anybody", "web:imprint", in_gallery=False),
    Screen(0, "unsubscribe", "anybody", "web:unsubscribe", ("unsubscribe",), in_gallery=False),
    Screen(0, "mailbox", "anybody", "web:mailbox"),
]
