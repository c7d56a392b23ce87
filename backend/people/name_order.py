"""Whom does a name belong to, without telling any?

Names lie sealed, so the database can neither search nor sort by them. Here they are opened inside the machine and
nothing but keys comes out: what a person gets to read goes through `queries.reveal_names`, which writes the access log.
"""

import unicodedata
from typing import cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from backend.accounts.models import User
from backend.encryption import EncryptedTextField
from backend.people.models import Identity, Pilot, PilotOffice
from backend.people.permissions import may_reveal_in

NAME = cast(EncryptedTextField, Identity._meta.get_field("name"))


def in_order_of_names(pilots: QuerySet[Pilot], *, by: User, like: str = "") -> list[UUID]:
    """Keys of those whose name, code or place contains every word of `like`, by name; one query.

    Of whoever's name `by` may not read, the code alone counts.
    """
    words = plain(like).split()
    offices = PilotOffice.objects.filter(pilot=OuterRef("pk")).values("office")
    # Columns and not rows: this reads every pilot of an office to show a page of them.
    found = pilots.values_list(
        "pk", "user", "office", ArraySubquery(offices), "identity", "identity__name", "display_code",
        "home__postcode", "home__place",
    )  # fmt: skip
    rows = []
    for pk, user, office, others, identity, sealed, code, *where in found:
        readable = user == by.pk or may_reveal_in(by, {office, *others})
        name = plain(NAME.opened(sealed, identity)) if readable else ""
        known = " ".join((name, plain(code), *map(plain, where))) if words else ""
        if all(word in known for word in words):
            rows.append((name or plain(code), code, pk))
    return [pk for _name, _code, pk in sorted(rows)]


def plain(text: str) -> str:
    """Lower case without accents: who types 'celik' means 'Çelik' too."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
