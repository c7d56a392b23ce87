"""How do sealed values get a new key? Row by row, whenever stopped going on where it was, and never losing a value.

The keyring's first line seals, the lines below still open. What is not sealed with the first key is the work left: the
rows themselves say how far it has come. A value that cannot be opened is left untouched and named by its row.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from backend.accounts.entry.second_factor import APP_SECRET
from backend.encryption import CannotDecrypt, EncryptedTextField, keyring, seal, unseal
from backend.privacy.own_models import own_models

AT_ONCE = 200


@dataclass
class Rotation:
    """What was sealed anew, and which rows could not be opened (table.column:pk, never the value)."""

    resealed: int = 0
    unreadable: list[str] = field(default_factory=list)


def sealed_fields() -> Iterator[EncryptedTextField]:
    """Every encrypted column there is."""
    for model in own_models():
        yield from (column for column in model._meta.fields if isinstance(column, EncryptedTextField))


@dataclass(frozen=True)
class Place:
    """Where sealed values lie: in which table, how they are read, and how one is written (by one parameter).

    `where` is what they are sealed for, up to the id of the row, which is part of it where they are `bound` to the row.
    """

    table: str
    value: str
    change: str
    where: str
    bound: bool = True

    def named(self, pk: Any) -> str:
        return f"{self.where}{pk}"

    def context(self, pk: Any) -> str:
        return self.named(pk) if self.bound else self.where


# Not a column of its own: allauth keeps the secret of an app beside other facts.
APP_SECRETS = Place(
    "mfa_authenticator",
    "data->>'secret'",
    "data = jsonb_set(data, '{secret}', to_jsonb(%s::text))",
    APP_SECRET,
    bound=False,
)


def sealed_places() -> Iterator[Place]:
    """Every encrypted column, and the secrets of the apps by which people sign in."""
    quote = connection.ops.quote_name
    for column in sealed_fields():
        name = quote(str(column.column))
        yield Place(quote(column.model._meta.db_table), name, f"{name} = %s", column.context(""))
    yield APP_SECRETS


def current_key() -> str:
    """The key that seals: the first of the file."""
    return next(iter(keyring(settings.VAULT_KEYS_FILE)))


def keys_in_use() -> Counter[str]:
    """How many values each key holds; what is no sealed value at all counts under "?"."""
    found: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for place in sealed_places():
            value = place.value
            cursor.execute(
                f"SELECT CASE WHEN {value} LIKE 'v1:%%:%%' THEN split_part({value}, ':', 2) ELSE '?' END, count(*) "  # noqa: S608 - names of ours
                f"FROM {place.table} WHERE {value} <> '' GROUP BY 1"
            )
            found.update(dict(cursor.fetchall()))
    return found


def missing_keys() -> list[str]:
    """Keys that values need and the file does not hold: without them those values are lost."""
    return sorted(set(keys_in_use()) - set(keyring(settings.VAULT_KEYS_FILE)))


def rotate() -> Iterator[Rotation]:
    """Seal everything with the first key; tells how far it is after each batch, which holds once it is told."""
    done = Rotation()
    for place in sealed_places():
        after: Any = None
        while True:
            with transaction.atomic():
                last = _batch(place, after, done)
            if last is None:
                break
            after = last
            yield done
    yield done


def _batch(place: Place, after: Any, done: Rotation) -> Any:
    """Seal the next rows of one place anew; the last key looked at, None at the end."""
    beyond = "AND id > %s" if after is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {place.value} FROM {place.table} "  # noqa: S608 - names of ours
            f"WHERE {place.value} <> '' AND {place.value} NOT LIKE %s {beyond} "
            f"ORDER BY id LIMIT {AT_ONCE} FOR NO KEY UPDATE",
            [f"v1:{current_key()}:%", *([after] if after is not None else [])],
        )
        rows = cursor.fetchall()
        for pk, stored in rows:
            context = place.context(pk)
            try:
                resealed = seal(unseal(stored, context), context)
            except CannotDecrypt:
                done.unreadable.append(place.named(pk))
                continue
            cursor.execute(f"UPDATE {place.table} SET {place.change} WHERE id = %s", [resealed, pk])  # noqa: S608 - names of ours
            done.resealed += 1
    return rows[-1][0] if rows else None
