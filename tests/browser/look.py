"""What is wrong with a screen as one reader sees it?"""

from django.conf import settings

from tests.browser.checks import faults_of, faults_of_source, faults_when_narrow
from tests.browser.screens import Screen
from tests.browser.windows import Windows


def faults_on(windows: Windows, screen: Screen, *, language: str, scheme: str, width: int) -> list[str]:
    """Open it; all that axe, our own checks and the browser have to say."""
    # What is done on a page may lead later ones elsewhere: a code that was sent is asked for, say.
    opened = windows.of if screen.act else windows.kept
    with opened(screen.role, language=language, scheme=scheme, width=width) as window:
        window.open(screen)
        faults = faults_of(window.page, language=settings.LANGUAGE_CODE if screen.in_german else language)
        faults += faults_when_narrow(window.page)
        if not screen.act:
            faults += faults_of_source(window.source)
        return faults + window.complaints + window.foreign()
