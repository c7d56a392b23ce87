"""What do axe and our own checks find on every screen, in every language, light and dark, on phone and desk?"""

from collections import Counter
from itertools import product

from benchmarks.rows import Row
from tests.browser.checks import faults_of_focus
from tests.browser.look import faults_on
from tests.browser.matrix import LANGUAGES, SCHEMES, WIDTHS
from tests.browser.screens import SCREENS
from tests.browser.windows import Windows

SHOWN = 40


def run(windows: Windows, *, quick: bool) -> list[Row]:
    """All combinations (with `quick` one in sixteen)."""
    by_reader = product(sorted(SCREENS, key=lambda screen: screen.role), LANGUAGES, WIDTHS, SCHEMES)
    combinations = sorted(by_reader, key=lambda one: (one[0].role, one[1], one[2]))[:: 16 if quick else 1]
    found: Counter[str] = Counter()
    for number, (screen, language, width, scheme) in enumerate(combinations):
        if number % 50 == 0:
            print(f"  looked at {number} of {len(combinations)} pages …", flush=True)
        for fault in faults_on(windows, screen, language=language, scheme=scheme, width=width):
            kind = "axe" if fault.startswith("axe ") else "own"
            found[kind] += 1
            if found.total() <= SHOWN:
                print(f"    {screen} {language} {scheme} {width}: {fault[:200]}", flush=True)
    unseen = 0
    for screen in SCREENS[:: 8 if quick else 1]:
        with (windows.of if screen.act else windows.kept)(screen.role) as window:
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
