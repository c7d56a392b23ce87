"""How many rows of each kind are there? Several counts in one round trip to the database."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def counted(**found: QuerySet[Any]) -> dict[str, int]:
    """The counts by name; a page that shows eight numbers need not ask eight times."""
    counts = dict.fromkeys(found, 0)
    parts: list[str] = []
    values: list[Any] = []
    names: list[str] = []
    for name, rows in found.items():
        try:
            statement, parameters = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # nothing can match, and the database need not be asked
            continue
        parts.append(f"(SELECT count(*) FROM ({statement}) AS counted)")  # noqa: S608
        values += parameters
        names.append(name)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            counts |= dict(zip(names, cursor.fetchone(), strict=True))
    return counts
