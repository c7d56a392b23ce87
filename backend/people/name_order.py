"""Whom does a name belong to, without telling any?

Names lie sealed, so the database can neither search nor sort by them. Here they are opened inside the machine and
nothing but keys comes out: what a person gets to read goes through `queries.reveal_names`, which writes the access log.
"""

import unicodedata
from uuid import UUID

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.people.models import Pilot
from backend.people.permissions import may_reveal


def in_order_of_names(pilots: QuerySet[Pilot], *, by: User, like: str = "") -> list[UUID]:
    """Keys of those whose name, code or place contains every word of `like`, by name; fixed number of queries.

    Of whoever's name `by` may not read, the code alone counts.
    """
    words = plain(like).split()
    found = pilots.select_related("identity", "home").prefetch_related("pilot_offices")
    rows = []
    for pilot in found:
        name = pilot.identity.name if may_reveal(by, pilot) else ""
        known = plain(f"{name} {pilot.display_code} {pilot.home.postcode} {pilot.home.place}")
        if all(word in known for word in words):
            rows.append((plain(name) or plain(pilot.display_code), pilot.display_code, pilot.pk))
    return [pk for _name, _code, pk in sorted(rows)]


def plain(text: str) -> str:
    """Lower case without accents: who types 'celik' means 'Çelik' too."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
