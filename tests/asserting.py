"""How tests ask whether a command said no, and what the journal kept of a yes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg.errors
import pytest
from django.db import DatabaseError, models, transaction

from backend.errors import DomainError
from backend.journal.kinds import EventKind
from backend.journal.models import Event


@contextmanager
def refused(error: type[DomainError], code: str, **facts: Any) -> Iterator[pytest.ExceptionInfo[DomainError]]:
    """The body is refused with this class, this code and at least these facts."""
    with pytest.raises(error) as caught:
        yield caught
    assert type(caught.value) is error
    assert caught.value.code == code
    assert {name: caught.value.facts.get(name) for name in facts} == facts


@contextmanager
def database_refuses(constraint: str) -> Iterator[None]:
    """PostgreSQL itself refuses the body, by the constraint of this name, at the latest at commit."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert isinstance(caught.value.__cause__, psycopg.errors.IntegrityError)
    assert caught.value.__cause__.diag.constraint_name == constraint


def recorded(kind: EventKind, subject: models.Model) -> Event:
    """The one event of this kind about the subject."""
    return Event.objects.get(kind=kind, subject_id=subject.pk)
