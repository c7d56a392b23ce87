"""What every page shows around its content: who is signed in, and where that person can go."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.roles import STAFF_ROLES, Role
from backend.people.oneself import own_help_seeker
from backend.web.display import COOKIE, Display
from backend.web.languages import offered_languages
from backend.web.office_look import look_of


@dataclass(frozen=True)
class Entry:
    """One entry of the main menu."""

    text: str
    url: str
    current: bool
    folded: bool = False  # on a narrow screen it waits behind "more"


SHORT_MENU, FIRST = 5, 3  # a menu with more entries than SHORT_MENU folds what comes after the FIRST ones


def page(request: HttpRequest) -> dict[str, Any]:
    """Menu, languages and looks to choose from, and whether the demo's mailbox is open."""
    menu = menu_of(request)
    return {
        "menu": menu,
        "menu_folded": [entry for entry in menu if entry.folded],
        "languages": [get_language_info(code) for code in offered_languages(request)],
        "office_look": look_of(request),
        "display": Display.from_cookie(request.COOKIES.get(COOKIE, "")),
        "mailbox_open": bool(settings.MAILBOX_DIR),
    }


def menu_of(request: HttpRequest) -> list[Entry]:
    """The pages of the signed-in person's roles."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    urls = [(text, reverse(name)) for text, name in _pages_of(user)]
    # The longest address that begins the current one is where we are: /leitstelle/lotsen/ is not /leitstelle/.
    here = max((url for _text, url in urls if request.path.startswith(url)), key=len, default="")
    return [
        Entry(
            text, url, current=url == here, folded=len(urls) > SHORT_MENU and place >= FIRST and url != here
        )
        for place, (text, url) in enumerate(urls)
    ]


def _pages_of(user: User) -> list[tuple[str, str]]:
    pages = []
    if user.has_role(Role.COORDINATOR):
        pages += [
            (_("Worklist"), "web:worklist"),
            (_("Plan"), "web:plan"),
            (_("New request"), "web:request_for_caller"),
            (_("Calendar"), "web:calendar"),
            (_("Pilots"), "web:pilots"),
            (_("Organisations"), "web:organisations"),
        ]
    if user.has_role(*STAFF_ROLES):
        pages += [(_("Map"), "web:map"), (_("Figures"), "web:figures")]
    if user.has_role(Role.ADMIN):
        pages.append((_("Settings"), "web:settings"))
    if user.has_role(Role.ADMIN, Role.AUDITOR):
        pages.append((_("Access log"), "web:access_log"))
    if user.has_role(Role.PILOT):
        pages += [
            (_("My assignments"), "web:my_assignments"),
            (_("My times"), "web:my_times"),
            (_("My profile"), "web:profile"),
        ]
    if user.has_role(Role.REQUESTER) or (not pages and own_help_seeker(user) is not None):
        pages += [(_("My requests"), "web:my_requests"), (_("New request"), "web:new_request")]
    if user.has_role(Role.REQUESTER):
        pages.append((_("Team"), "web:team"))
    pages.append((_("My data"), "web:my_data"))
    return pages
