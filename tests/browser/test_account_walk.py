"""Does a passkey work in a real browser, from setting it up to signing in, and does the mail code without scripts?"""

import re
import time
from email import message_from_bytes, policy

from playwright.sync_api import Page

from tests.browser.product import Product
from tests.browser.windows import Windows


def with_authenticator(page: Page) -> None:
    """A phone's lock in software: it holds passkeys and says yes to its owner."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def code_for(town: Product, address: str, *, seconds: float = 30) -> str:
    """The code of the latest mail to this address."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        letters = [
            message_from_bytes(file.read_bytes(), policy=policy.default)
            for file in sorted(town.mailbox.glob("*.eml"), reverse=True)
        ]
        for letter in letters:
            if address in str(letter["To"]) and (
                found := re.search(r"Code.*: (\S+)$", str(letter["Subject"]))
            ):
                return found[1]
        time.sleep(0.2)
    raise AssertionError(f"no code for {address}")


def sign_in_by_mail(page: Page, town: Product, address: str) -> None:
    page.goto(f"{town.url}/konto/anmelden/")
    page.get_by_label("E-Mail-Adresse").fill(address)
    page.get_by_role("button", name="Code schicken").click()
    page.get_by_label("Code").fill(code_for(town, address))
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.get_by_role("button", name="Abmelden").wait_for()


def test_a_passkey_is_set_up_and_signs_in(windows: Windows, town: Product) -> None:
    with windows.of(width=390) as window:
        page = window.page
        with_authenticator(page)
        sign_in_by_mail(page, town, "rita@schule.example")
        window.goto("/konto/2fa/")
        page.get_by_role("link", name="Passkey einrichten").click()
        page.get_by_label("Ein Name dafür").fill("mein Telefon")
        page.get_by_role("button", name="Einrichten").click()
        page.get_by_text("Der Passkey ist eingerichtet").wait_for()
        page.get_by_role("button", name="Abmelden").click()

        window.goto("/konto/anmelden/")
        page.get_by_role("button", name="Mit Passkey anmelden").click()
        page.get_by_role("button", name="Abmelden").wait_for()
        assert page.url.endswith("/anfragen/")
        assert window.complaints == []
        assert window.foreign() == []


def test_without_scripts_the_mail_code_is_the_way(windows: Windows, town: Product) -> None:
    with windows.of(width=390, javascript=False) as window:
        window.goto("/konto/anmelden/")
        assert not window.page.get_by_role("button", name="Mit Passkey anmelden").is_visible()
        sign_in_by_mail(window.page, town, "rita@schule.example")
        window.goto("/meine-daten/")
        assert not window.page.get_by_role("button", name="Nachrichten auf diesem Gerät zeigen").is_visible()


def test_the_worker_is_registered_and_shows_the_page_without_a_net(windows: Windows, town: Product) -> None:
    with windows.of("pilot") as window:
        page = window.page
        window.goto("/meine-daten/")
        # The page itself does this where the installation has a key to push with.
        ready = "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"
        page.evaluate(
            f"Promise.race([{ready}.then(() => true), new Promise((r, x) => setTimeout(x, 20000))])"
        )
        page.reload()
        page.context.set_offline(True)
        page.goto(f"{town.url}/meine-daten/", wait_until="domcontentloaded")
        page.get_by_role("heading", level=1, name="Keine Verbindung").wait_for()
        kept = page.evaluate(
            "caches.open('offline-1').then((c) => c.keys()).then((k) => k.map((r) => r.url))"
        )
        assert kept == [f"{town.url}/offline/"]
