"""What is still said of an erased person, row by row, and does the list of what law keeps know of it?"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import models

from backend.people.commands.erasing import NOWHERE, UNDETERMINED
from backend.privacy.own_models import all_models, own_models
from backend.privacy.register import entry_of


@dataclass(frozen=True, order=True)
class Left:
    """So many rows of a model; `fields` are those of its personal fields that still say something."""

    model: str
    rows: int
    fields: list[str]


def what_is_left(theirs: dict[str, set[str]]) -> list[Left]:
    """Of the rows that were theirs, those that are still there."""
    found = []
    ours = set(own_models())
    for model in all_models():
        keys = theirs.get(model._meta.db_table)
        if not keys:
            continue
        rows = list(model._default_manager.filter(pk__in=keys))
        personal = entry_of(model).personal if model in ours else ()
        telling = Counter(name for row in rows for name in personal if _says_something(row, name))
        if rows:
            found.append(Left(model.__name__, len(rows), sorted(telling)))
    return sorted(found)


def _says_something(row: models.Model, name: str) -> bool:
    one = row._meta.get_field(name)
    value: Any = getattr(row, one.attname if isinstance(one, models.ForeignKey) else name)
    if isinstance(value, Point):
        return value.coords != NOWHERE.coords
    if isinstance(value, list):
        return value not in ([], [UNDETERMINED])
    return value not in ("", None, 0)
