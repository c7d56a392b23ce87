"""A window of a real browser: whose, in which language, how wide, light or dark, with or without scripts?"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from tests.browser.product import Product
from tests.browser.screens import Screen

# A swap that throws the focus back to the page's beginning is an error; the console is where a window hears of it.
WATCH_SWAPS = """(() => {
  let held = false;
  addEventListener("htmx:beforeSwap", () => { held = ![null, document.body].includes(document.activeElement); });
  addEventListener("htmx:afterSettle", () => setTimeout(() => {
    if (held && [null, document.body].includes(document.activeElement)) console.error("a swap lost the focus");
  }, 50));
})()"""
HEIGHTS = {320: 640, 390: 844, 1280: 900}
PATIENCE_MS = 20_000  # of a machine with much else to do


@dataclass
class Window:
    """One page and what it complained about."""

    page: Page
    town: Product
    language: str = "de"
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    source: str = ""  # the page's HTML as it came from the server

    def goto(self, path: str) -> Response:
        response = self.page.goto(self.town.url + path)
        assert response, path
        return response

    def open(self, screen: Screen) -> None:
        """Go there, do what the screen asks for, and wait until it is complete."""
        path = screen.path(self.town, self.language)
        response = self.goto(path)
        self.source = response.text()
        assert response.status == screen.status, f"{screen}: {response.status} at {response.url}"
        assert urlsplit(response.url).path == urlsplit(path).path, f"{screen} leads on to {response.url}"
        if screen.act:
            screen.act(self.page)
        self.page.locator(screen.ready).first.wait_for(state="attached")

    def hear(self, message: ConsoleMessage) -> None:
        """Note an error; that a form was refused (422) is none, though the browser calls it one."""
        if message.type == "error" and "status of 422" not in message.text:
            self.complaints.append(message.text)

    def tell(self, role: str) -> None:
        """Print what stands on the page, for whoever reads of a test that failed."""
        print(f"{role} at {self.page.url}:\n{self.page.inner_text('body')[:3000]}")

    def foreign(self) -> list[str]:
        """The requests that left our host."""
        return [url for url in self.requests if not url.startswith((self.town.url, "data:", "blob:"))]


class Windows:
    """Opens windows in one browser."""

    def __init__(self, browser: Browser, town: Product) -> None:
        self.browser, self.town = browser, town
        self._kept: tuple[tuple[str, str, int], Window] | None = None

    @contextmanager
    def of(
        self,
        role: str = "anybody",
        *,
        language: str = "de",
        scheme: str = "light",
        width: int = 1280,
        javascript: bool = True,
        session: str = "",
    ) -> Iterator[Window]:
        """A fresh window in which this role (or whoever the session belongs to) is signed in."""
        window = self._open(role, language, scheme, width, javascript, session)
        try:
            yield window
        except Exception:
            window.tell(role)
            raise
        finally:
            window.page.context.close()

    @contextmanager
    def kept(
        self, role: str, *, language: str = "de", scheme: str = "light", width: int = 1280
    ) -> Iterator[Window]:
        """The last window again if it was the same reader's, for who only looks: half of a look is opening one."""
        key = (role, language, width)
        if self._kept is None or self._kept[0] != key:
            self.close()
            self._kept = key, self._open(role, language, scheme, width)
        window = self._kept[1]
        window.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        window.complaints.clear()
        window.requests.clear()
        try:
            yield window
        except Exception:
            window.tell(role)
            self.close()
            raise

    def close(self) -> None:
        """Close the window that was kept."""
        if self._kept:
            self._kept[1].page.context.close()
            self._kept = None

    def _open(
        self, role: str, language: str, scheme: str, width: int, javascript: bool = True, session: str = ""
    ) -> Window:
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale=language,
            java_script_enabled=javascript,
            bypass_csp=False,
            reduced_motion="reduce",
            timezone_id="Europe/Berlin",
            has_touch=width < 500,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(WATCH_SWAPS)
        cookie = session or self.town.sessions.get(role, "")
        self._set_cookie(context, "language", language)
        if cookie:
            self._set_cookie(context, "sessionid", cookie)
        return watched(context.new_page(), self.town, language)

    def _set_cookie(self, context: BrowserContext, name: str, value: str) -> None:
        context.add_cookies([{"name": name, "value": value, "url": self.town.url}])


def watched(page: Page, town: Product, language: str) -> Window:
    """The page, with ears for what goes wrong in it."""
    window = Window(page, town, language)
    page.on("console", window.hear)
    page.on("pageerror", lambda error: window.complaints.append(str(error)))
    page.on("request", lambda request: window.requests.append(request.url))
    return window


@contextmanager
def open_windows(town: Product) -> Iterator[Windows]:
    """A browser for this town."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        try:
            yield Windows(browser, town)
        finally:
            browser.close()
