"""The screens of signing in and of one's own data."""

from uuid import uuid4

from playwright.sync_api import Page

from tests.browser.screens.screen import Screen


def ask_for_a_code(page: Page) -> None:
    """Give an address, each time another one, so that the page asks for the code that was sent there."""
    page.locator("input[type=email]").fill(f"niemand-{uuid4().hex}@mail.example")
    page.locator("main form button").first.click()
    page.locator("input[name=code]").wait_for()


SCREENS = [
    Screen(2, "sign-in", "anybody", "account_login"),
    Screen(2, "enter-the-code", "anybody", "account_login", act=ask_for_a_code),
    Screen(0, "sign-out", "pilot", "account_logout"),
    Screen(0, "account-closed", "anybody", "account_inactive"),
    Screen(18, "my-data", "pilot", "web:my_data"),
    Screen(18, "my-data-seeker", "seeker", "web:my_data", in_gallery=False),
    Screen(18, "my-data-office", "coordinator", "web:my_data", in_gallery=False),
    Screen(18, "second-factor", "coordinator", "mfa_index"),
    Screen(18, "export", "pilot", "web:my_export", in_gallery=False),
    Screen(18, "erase", "pilot", "web:erase_account", in_gallery=False),
    Screen(18, "take-back", "pilot", "web:withdraw_consent", ("data_protection",), in_gallery=False),
    Screen(18, "confirm-identity", "requester", "account_reauthenticate", in_gallery=False),
    Screen(18, "confirm-by-app", "coordinator", "mfa_reauthenticate", in_gallery=False),
    Screen(18, "emergency-codes", "coordinator", "emergency_codes", in_gallery=False),
    Screen(18, "my-sign-ins", "coordinator", "web:my_sessions"),
    Screen(18, "my-keys", "coordinator", "web:my_tokens"),
    Screen(18, "my-address", "pilot", "web:my_address", in_gallery=False),
    Screen(0, "invitation", "anybody", "web:invitation", ("invitation_link",)),
    Screen(18, "passkeys", "coordinator", "mfa_list_webauthn", in_gallery=False),
    Screen(18, "add-passkey", "coordinator", "mfa_add_webauthn", in_gallery=False),
    Screen(18, "add-app", "requester", "mfa_activate_totp", in_gallery=False),
    Screen(18, "remove-app", "coordinator", "mfa_deactivate_totp", in_gallery=False),
    Screen(0, "erased", "anybody", "web:erased"),
    Screen(0, "offline", "anybody", "web:offline"),
]
