"""What do axe and our own checks find on every screen, in every language, light and dark, on phone and desk?"""

from collections import Counter
from itertools import product

from benchmarks.rows import Row
from tests.browser.checks import faults_of, faults_of_focus, faults_when_narrow
from tests.browser.matrix import LANGUAGES, SCHEMES, WIDTHS
from tests.browser.screens import IN_EVERY_LANGUAGE, SCREENS, Screen
from tests.browser.windows import Windows

SHOWN = 40


def run(windows: Windows, *, quick: bool) -> list[Row]:
    """All combinations (with `quick` one in sixteen)."""
    combinations = list(product(SCREENS, LANGUAGES, SCHEMES, WIDTHS))[:: 16 if quick else 1]
    found: Counter[str] = Counter()
    for number, (screen, language, scheme, width) in enumerate(combinations):
        if number % 50 == 0:
            print(f"  looked at {number} of {len(combinations)} pages …", flush=True)
        for fault in _faults(windows, screen, language, scheme, width):
            kind = "axe" if fault.startswith("axe ") else "own"
            found[kind] += 1
            if found.total() <= SHOWN:
                print(f"    {screen} {language} {scheme} {width}: {fault[:200]}", flush=True)
    unseen = 0
    for screen in SCREENS[:: 8 if quick else 1]:
        with windows.of(screen.role) as window:
            window.open(screen)
            unseen += len(faults_of_focus(window.page))
    pages = len(combinations)
    return [
        Row("X-axe", f"axe violations on {pages:,} pages ({len(SCREENS)} screens)", found["axe"], 0),
        Row(
            "X-own",
            f"faults of our own checks and complaints of the browser on {pages:,} pages",
            found["own"],
            0,
        ),
        Row("X-focus", "places where the keyboard's focus is not seen", unseen, 0),
    ]


def _faults(windows: Windows, screen: Screen, language: str, scheme: str, width: int) -> list[str]:
    with windows.of(screen.role, language=language, scheme=scheme, width=width) as window:
        window.open(screen)
        everywhere = language in ("de", "en") or screen.role in IN_EVERY_LANGUAGE
        faults = faults_of(window.page, language=language, in_every_language=everywhere)
        return faults + faults_when_narrow(window.page) + window.complaints + window.foreign()
