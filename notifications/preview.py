"""Which messages would an event set off, and what would they say? Nothing is stored, no link to answer is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils import translation

from backend.accounts.models import User
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from notifications.contents import told_of
from notifications.contents.dispatch import ASKED_BY
from notifications.letter import Letter
from notifications.models import Delivery
from notifications.rendering import language_of, letter_of
from notifications.rules import RULES


@dataclass(frozen=True)
class Preview:
    """One message that would go out; `later` where it waits for its time."""

    recipient: User
    template: str
    channel: str
    letter: Letter
    due_at: datetime
    later: bool


def preview(
    kind: EventKind, subject: Any, *, by: User, at: datetime, facts: Mapping[str, Any] | None = None
) -> list[Preview]:
    """What the rules would send if this happened now to the subject, which may be a row that is not stored yet.

    A message that carries a link to answer by cannot be shown beforehand, since its secret would have to be made.
    """
    event = Event(
        kind=kind,
        subject_type=subject._meta.model_name,
        subject_id=subject.pk,
        timeline_id=getattr(subject, "timeline_id", subject.pk),
        actor_id=by.pk,
        office_id=getattr(subject, "office_id", None),
        facts={
            name: str(value) if isinstance(value, UUID) else value for name, value in (facts or {}).items()
        },
        happened_at=at,
    )
    found: list[Delivery] = []
    for rule in RULES.get(kind, ()):
        if rule.template in ASKED_BY:
            raise ValueError(f"{rule.template} makes a link, and cannot be shown beforehand")
        found += rule.deliveries_for(event, subject)
    prefetch_related_objects(found, "recipient", "office")
    letters = ((delivery, _letter(delivery, subject, now=at)) for delivery in found)
    return [
        Preview(
            recipient=delivery.recipient,
            template=delivery.template,
            channel=delivery.channel,
            letter=letter,
            due_at=delivery.due_at,
            later=delivery.due_at > at,
        )
        for delivery, letter in letters
        if letter
    ]


def _letter(delivery: Delivery, subject: Any, *, now: datetime) -> Letter | None:
    language = language_of(delivery.recipient)
    with translation.override(language):
        content = told_of(delivery, subject, now=now)
        return letter_of(delivery, content, language=language) if content else None
