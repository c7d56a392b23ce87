"""How do sealed values get a new key? Row by row, whenever stopped going on where it was, and never losing a value.

The keyring's first line seals, the lines below still open. What is not sealed with the first key is the work left: the
rows themselves say how far it has come. A value that cannot be opened is left untouched and named by its row.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

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


def current_key() -> str:
    """The key that seals: the first of the file."""
    return next(iter(keyring(settings.VAULT_KEYS_FILE)))


def keys_in_use() -> Counter[str]:
    """How many values each key holds; what is no sealed value at all counts under "?"."""
    found: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for column in sealed_fields():
            table, name = _names(column)
            cursor.execute(
                f"SELECT CASE WHEN {name} LIKE 'v1:%%:%%' THEN split_part({name}, ':', 2) ELSE '?' END, count(*) "  # noqa: S608 - names of ours
                f"FROM {table} WHERE {name} <> '' GROUP BY 1"
            )
            found.update(dict(cursor.fetchall()))
    return found


def missing_keys() -> list[str]:
    """Keys that values need and the file does not hold: without them those values are lost."""
    return sorted(set(keys_in_use()) - set(keyring(settings.VAULT_KEYS_FILE)))


def rotate() -> Iterator[Rotation]:
    """Seal everything with the first key; tells how far it is after each batch, which holds once it is told."""
    done = Rotation()
    for column in sealed_fields():
        after: Any = None
        while True:
            with transaction.atomic():
                last = _batch(column, after, done)
            if last is None:
                break
            after = last
            yield done
    yield done


def _batch(column: EncryptedTextField, after: Any, done: Rotation) -> Any:
    """Seal the next rows of one column anew; the last key looked at, None at the end."""
    table, name = _names(column)
    beyond = "AND id > %s" if after is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {name} FROM {table} WHERE {name} <> '' AND {name} NOT LIKE %s {beyond} "  # noqa: S608 - names of ours
            f"ORDER BY id LIMIT {AT_ONCE} FOR NO KEY UPDATE",
            [f"v1:{current_key()}:%", *([after] if after is not None else [])],
        )
        rows = cursor.fetchall()
        for pk, stored in rows:
            context = column.context(pk)
            try:
                resealed = seal(unseal(stored, context), context)
            except CannotDecrypt:
                done.unreadable.append(context)
                continue
            cursor.execute(f"UPDATE {table} SET {name} = %s WHERE id = %s", [resealed, pk])  # noqa: S608 - names of ours
            done.resealed += 1
    return rows[-1][0] if rows else None


def _names(column: models.Field) -> tuple[str, str]:
    quote = connection.ops.quote_name
    return quote(column.model._meta.db_table), quote(str(column.column))
