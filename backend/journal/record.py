"""How an event is written down: in the transaction of the change it tells of."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import models, transaction

from backend.journal.kinds import FACTS, EventKind
from backend.journal.models import AccessLog, Event

logger = logging.getLogger(__name__)
_collected: ContextVar[list[AccessLog] | None] = ContextVar("accesses", default=None)


class Actor(Protocol):
    pk: Any


def record(
    kind: EventKind,
    /,
    *,
    subject: models.Model,
    by: Actor | None,
    at: datetime,
    office_id: UUID | None = None,
    **facts: Any,
) -> Event:
    """Append one event; `by` is None for the clock. Facts outside the kind's list raise ValueError."""
    strangers = set(facts) - FACTS.get(kind, frozenset())
    if strangers:
        raise ValueError(f"{kind} carries no {sorted(strangers)}")
    event = Event.objects.create(
        kind=kind,
        subject_type=subject._meta.model_name or "",
        subject_id=subject.pk,
        timeline_id=getattr(subject, "timeline_id", subject.pk),
        actor_id=by.pk if by else None,
        office_id=office_id or getattr(subject, "office_id", None),
        facts={name: str(value) if isinstance(value, UUID) else value for name, value in facts.items()},
        happened_at=at,
    )
    # By its id a message's line in the log leads back to the request that it comes from.
    line = (event.pk, kind, event.subject_id, event.actor_id or "-", event.office_id or "-")
    transaction.on_commit(
        lambda: logger.info("event id=%s kind=%s subject=%s actor=%s office=%s", *line), robust=True
    )
    return event


def record_access(
    *, reader: Actor, subject: models.Model, reason: str, at: datetime, office_id: UUID | None
) -> None:
    """Append to the access log that `reader` opens sealed data of `subject`."""
    record_accesses(reader=reader, subjects=[(subject, office_id)], reason=reason, at=at)


def record_accesses(
    *,
    reader: Actor,
    subjects: Iterable[tuple[models.Model, UUID | None]],
    reason: str,
    at: datetime,
) -> None:
    """The same for many subjects with their offices, in one statement."""
    entries = [
        AccessLog(
            reader_id=reader.pk,
            subject_type=subject._meta.model_name or "",
            subject_id=subject.pk,
            office_id=office_id,
            reason=reason,
            read_at=at,
        )
        for subject, office_id in subjects
    ]
    collected = _collected.get()
    if collected is None:
        AccessLog.objects.bulk_create(entries)
    else:
        collected += entries


@contextmanager
def accesses_noted_together() -> Iterator[None]:
    """What is opened within is noted in one statement at the end, also where something fails meanwhile."""
    if _collected.get() is not None:
        yield  # what is around it writes
        return
    entries: list[AccessLog] = []
    token = _collected.set(entries)
    try:
        yield
    finally:
        _collected.reset(token)
        AccessLog.objects.bulk_create(entries)
