"""Is every page in the registry of screens, so that nothing is left unseen?"""

import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from backend.web.gates import Gate
from tests.architecture.routes import Route
from tests.browser.product import Product
from tests.browser.screens import ROLES, SCREENS

Named = tuple[str, Route]
# Route -> why nobody looks at it.
NOT_LOOKED_AT = {
    "web:mailbox_messages": "JSON",
    "web:mailbox_letter": "of the demo alone, as the mailbox is",
    "web:mailbox_html": "a message's own HTML, in a frame",
    "web:mailbox_attachment": "a file",
    "web:live": "for machines",
    "web:ready": "for machines",
    "web:delivery": "for machines",
    "web:metrics": "for machines",
    "web:sms_replies": "for machines",
    "web:offer_by_sms": "the offer behind a shorter address",
    "web:office_stylesheet": "a style sheet",
    "web:office_logo": "a picture",
    "web:calendar_entry": "a file",
    "web:commission_pdf": "a file",
    "web:commissions_pdf": "a file",
    "web:commissions_xlsx": "a file",
    "web:my_activity": "a file",
    "web:pilot_activity": "a file",
    "web:worklist_pulse": "a part of the worklist",
    "web:preview_text": "a part of the page of a text",
    "web:calendar_feed": "a calendar, for programs",
    "web:my_export_file": "a file",
    "mfa_authenticate": "leads to signing in, without a sign-in that waits for its second factor",
    "sign_in_elsewhere": "leads to the service of a municipality, where one is configured",
    "sign_in_elsewhere_back": "leads on from there",
    "link_sign_in": "leads there too",
    "mfa_reauthenticate_webauthn": "the same for passkeys",
    "mfa_remove_webauthn": "about one passkey, which only a real key makes",
    "mfa_login_webauthn": "JSON, for the script that asks for a passkey",
    "mfa_edit_webauthn": "about one passkey, which only a real key makes",
    "web:check_request": "seen as a screen of web:new_request",
    "account_confirm_login_code": "the second step of account_login, seen as a screen of it",
    "account_request_login_code": "the same as account_login",
    "account_signup": "leads to the registration of pilots",
}


def routes_of_pages(
    patterns: list[URLPattern | URLResolver], space: str = "", head: str = ""
) -> Iterator[Named]:
    """(name, route) of every address but the API's."""
    for pattern in patterns:
        path = head + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if path not in ("api/", "_allauth/"):
                below = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from routes_of_pages(pattern.url_patterns, below, path)
        elif pattern.name:
            yield space + pattern.name, Route(path, pattern.callback)


# Gate -> somebody whom it lets pass, so that a page that only takes POST says so.
PASSES = defaultdict(
    lambda: "admin",
    {
        Gate.PILOT: "pilot",
        Gate.REQUESTER: "requester",
        Gate.COORDINATOR: "coordinator",
        Gate.STAFF: "coordinator",
        Gate.SIGNED_IN: "pilot",
    },
)


def answers_get(town: Product, route: str, role: str) -> bool:
    """Whether this address, as far as it is one for reading, is a page: a POST-only one refuses with 405."""
    request = urllib.request.Request(
        town.url + route, headers={"Cookie": f"sessionid={town.sessions[role]}", "Accept": "text/html"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return "html" in answer.headers.get("Content-Type", "")
    except urllib.error.HTTPError as error:
        with error:
            return error.code != 405


def test_every_page_is_in_the_registry(town: Product) -> None:
    routes = dict(routes_of_pages(get_resolver().url_patterns))
    known = {screen.route for screen in SCREENS} | set(NOT_LOOKED_AT)
    assert set(NOT_LOOKED_AT) <= set(routes), "an exception for a page that is gone"
    missing = [
        name
        for name, route in routes.items()
        if name not in known and answers_get(town, route.example, PASSES[getattr(route.view, "gate", "")])
    ]
    assert not missing, "\n".join(["", *missing])


def test_names_and_roles_are_known() -> None:
    names = [str(screen) for screen in SCREENS]
    assert len(set(names)) == len(names)
    assert {screen.role for screen in SCREENS} <= set(ROLES)
