"""What is a screen: an address in the town, who opens it, and what is done before one looks?"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.product import Product

ROLES = (
    "anybody",
    "pilot",
    "applicant",
    "newcomer",
    "requester",
    "seeker",
    "coordinator",
    "admin",
    "auditor",
)


@dataclass(frozen=True)
class Screen:
    """One page in one state. `number` is the row of the design's table of screens, 0 for a page beside it."""

    number: int
    name: str  # of the picture: short, lower case, words joined by hyphens
    role: str  # one of ROLES
    route: str  # the route's name, "web:plan"
    about: tuple[str, ...] = ()  # what the route's arguments are in the town: names of Product.ids, or values
    query: str = ""
    act: Callable[[Page], None] | None = None  # what is done on the page before one looks at it
    ready: str = "h1"  # what is there when the page is complete
    in_gallery: bool = True
    status: int = 200
    in_german: bool = False  # whatever the reader has chosen: easy language is written, not translated

    def path(self, town: Product, language: str = "") -> str:
        """The address, from the root of the site; "{language}" in its query is the reader's."""
        arguments = [town.ids.get(name, name) for name in self.about]
        return reverse(self.route, args=arguments) + (
            f"?{self.query.format(language=language)}" if self.query else ""
        )

    def __str__(self) -> str:
        return f"{self.number:02d}-{self.name}"
