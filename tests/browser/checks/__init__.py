"""What is wrong with a page, as far as a program can see?"""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.checks.axe import violations
from tests.browser.checks.focus import faults_of_focus
from tests.browser.checks.source import faults_of_source
from tests.browser.checks.translated import leftovers

NARROWEST = 320


@cache
def layout() -> str:
    return (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")


def ask(page: Page, check: str, *arguments: str) -> list[str]:
    """The answer of one of layout.js's checks."""
    return list(page.evaluate(f"arguments => {layout()}.{check}(...arguments)", list(arguments)))


def faults_of(page: Page, *, language: str) -> list[str]:
    """All faults of the page as it stands, to a reader of this language."""
    found = violations(page)
    for check in ("clipped", "targets", "glued", "headings"):
        found += ask(page, check)
    found += ask(page, "direction", language)
    return found + leftovers(ask(page, "texts"), language)


def faults_when_narrow(page: Page) -> list[str]:
    """What does not fit when the window is as narrow as a page of 1280 px at 400 %."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    found = [f"at {NARROWEST} px: {fault}" for fault in [*ask(page, "reflow"), *ask(page, "clipped")]]
    if before:
        page.set_viewport_size(before)
    return found


__all__ = [
    "ask",
    "faults_of",
    "faults_of_focus",
    "faults_of_source",
    "faults_when_narrow",
    "leftovers",
    "violations",
]
