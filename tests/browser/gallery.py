"""What does every screen look like? Pictures of the demo town for docs/screens: German and Arabic, phone and desk.

bin/screens [WORD …]
"""

import os
import sys
from base64 import b64decode

import django
from playwright.sync_api import CDPSession, Route

from tests.browser.pictures import small
from tests.browser.product import ROOT, running_product
from tests.browser.windows import HEIGHTS, Window, Windows, open_windows

FOLDER = ROOT / "docs" / "screens"
LANGUAGES, WIDTHS = ("de", "ar"), (390, 1280)
LONGEST = {390: 1500, 1280: 1200}  # px; what is further down is more of the same
# Much like another one that is shown; the checks look at them all the same.
LEFT_OUT = [
    "19-barrier-thanks",
    "19-report-barrier",
    "19-imprint",
    "02-enter-the-code",
    "18-second-factor",
    "03-steps-done",
    "03-profile",
    "03-step-topics",
    "05-offer-signed-in",
    "06-never-again",
    "07-assignment-unfolded",
    "07-assignment-of-requester",
    "08-new-request",
    "08-change-request",
    "08-new-request-seeker",
    "09-my-requests-seeker",
    "09-request-seeker",
    "09-my-requests-over",
    "10-failed-messages",
    "11-office-request",
    "14-applicant",
    "14-organisations",
    "16-figures-requests",
    "17-settings-waves",
    "17-settings-presets",
    "17-settings-languages",
    "17-settings-text",
    "17-settings-legal",
    "17-member",
    "17-access-log",
    "17-barrier-reports",
]
HEADER = """# Every screen

Pictures of the demo town, made by `bin/screens`: each screen in German and Arabic, on a phone (390 px) and on a desk
(1280 px). Long pages are cut off below.

| | Screen | Phone | Desk | Phone, Arabic | Desk, Arabic |
|---|---|---|---|---|---|
"""


def main(words: list[str]) -> None:
    """Take the pictures (those with one of the words in their name), and write the index."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    from tests.browser.screens import SCREENS

    shown = [
        screen for screen in SCREENS if screen.number and screen.in_gallery and str(screen) not in LEFT_OUT
    ]
    shown.sort(key=str)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_product(background=False) as town, open_windows(town) as windows:
        for screen in shown:
            if not words or any(word in str(screen) for word in words):
                print(f"  {screen}", flush=True)
                for language in LANGUAGES:
                    for width in WIDTHS:
                        _take(windows, screen, language, width)
    (FOLDER / "README.md").write_text(HEADER + "".join(_line(screen) for screen in shown), encoding="utf-8")
    if not words:
        wanted = {
            _name(screen, language, width) for screen in shown for language in LANGUAGES for width in WIDTHS
        }
        for path in FOLDER.glob("*.png"):
            if path.name not in wanted:
                path.unlink()


def _name(screen: object, language: str, width: int) -> str:
    return f"{screen}-{language}-{width}.png"


def _take(windows: Windows, screen, language: str, width: int) -> None:
    with windows.of(screen.role, language=language, width=width) as window:
        window.page.route("**/*.css", _with_fonts)
        window.open(screen)
        window.page.wait_for_load_state("networkidle")
        window.page.evaluate("document.fonts.ready")
        window.page.evaluate("scrollTo(0, 0)")
        picture = _picture(window, width)
    (FOLDER / _name(screen, language, width)).write_bytes(small(picture))


def _with_fonts(route: Route) -> None:
    """A reader's page does not wait for its fonts, a picture does."""
    answer = route.fetch()
    route.fulfill(
        response=answer, body=answer.text().replace("font-display: optional", "font-display: block")
    )


def _picture(window: Window, width: int) -> bytes:
    """The page as far down as we show it, as PNG."""
    wire: CDPSession = window.page.context.new_cdp_session(window.page)
    whole = window.page.evaluate("document.documentElement.scrollHeight")
    height = max(HEIGHTS[width], min(int(whole), LONGEST[width]))
    # The window itself grows, so that what sticks to its edge is not drawn in the middle.
    window.page.set_viewport_size({"width": width, "height": height})
    return b64decode(wire.send("Page.captureScreenshot", {"format": "png"})["data"])


def _line(screen) -> str:
    pictures = " | ".join(
        f"[![{language}, {width} px]({_name(screen, language, width)})]({_name(screen, language, width)})"
        for language in LANGUAGES
        for width in WIDTHS
    )
    return f"| {screen.number} | {screen.name.replace('-', ' ')} | {pictures} |\n"


if __name__ == "__main__":
    main(sys.argv[1:])
