"""One person of the drill: how she is found in the database, how she goes, and what must be closed afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.test import Client
from django.urls import reverse

from backend.accounts.models import User
from backend.privacy.holdings import Person as Held
from tests.drill.marks import Person
from tests.web.account_browser import fresh_browser


@dataclass
class Life:
    """`browsers` and `programs` are hers, as she left them; `secrets` are addresses that opened something of hers."""

    person: Person
    held: Held
    erase: Callable[[], None]
    browsers: list[Client] = field(default_factory=list)
    programs: list[Client] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def ways_in(self) -> list[str]:
        """What still opens something of hers; nothing, once she is erased."""
        found = [
            f"browser of {self.person}"
            for browser in self.browsers
            if browser.get(reverse("web:my_data")).status_code == 200
        ]
        found += [
            f"program of {self.person}"
            for program in self.programs
            if program.get("/api/v1/me").status_code == 200
        ]
        found += [
            f"{secret.split('/')[1]} of {self.person}"
            for secret in self.secrets
            if Client().get(secret).status_code == 200
        ]
        return found


def erased_by_herself(user: User) -> None:
    """On the page, after a fresh sign-in."""
    browser = fresh_browser(user)
    answer = browser.post(reverse("web:erase_account"), {"sure": "on"})
    assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("web:erased")), (
        answer.content
    )


def erased_by_the_office(office: Client, page: str, pk: UUID) -> None:
    """For somebody who has called or written."""
    answer = office.post(reverse(page, args=[pk]), {"sure": "on"})
    assert answer.status_code == 302, answer.content


def half_a_sign_in(address: str) -> Client:
    """Somewhere else she has had a code sent, and has not typed it: the session knows the address."""
    browser = Client()
    browser.post(reverse("account_request_login_code"), {"email": address})
    assert "_auth_user_id" not in browser.session
    return browser
