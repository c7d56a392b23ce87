"""What do we hold of this person? All as plain values, to read and to take along (Art. 15 and 20 GDPR)."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.gis.geos import GEOSGeometry
from django.db import models
from django.db.models import Q

from backend.accounts.models import User
from backend.dispatch.codes import reason_told
from backend.dispatch.models import Assignment
from backend.journal.models import AccessLog, Event
from backend.people.models import HelpSeeker, Pilot
from backend.privacy.holdings import LEFT_OUT, OF_OTHERS, Person, acting, holdings_of
from backend.privacy.register import entry_of

# Keys and the prints of keys: they say nothing about a person, and in the wrong hands they open something.
NEVER_TOLD = frozenset({"password", "hash", "p256dh", "auth", "fingerprint", "code_hash"})


def export_of(user: User, *, at: datetime) -> dict[str, Any]:
    """Everything, as what JSON knows. Reading one's own vault entry leaves no line in the access log."""
    return {
        **_head(at),
        "holdings": [part for part in _holdings(Person(user=user)) if part["rows"]],
        "sign_in": _sign_in(user),
        "opened_by_others": _opened(_subjects(user)),
        "events": _events(_subjects(user), actor=user.pk),
        "acted": [
            {"model": model.__name__, "as": field, "rows": number} for model, field, number in acting(user)
        ],
    }


def export_of_client(client: HelpSeeker, *, at: datetime) -> dict[str, Any]:
    """The same of a help-seeker without an account, in the same form."""
    return {
        **_head(at),
        "holdings": [part for part in _holdings(Person(client=client)) if part["rows"]],
        "sign_in": [],
        "opened_by_others": _opened([client.pk]),
        "events": _events([client.pk], actor=None),
        "acted": [],
    }


def _head(at: datetime) -> dict[str, Any]:
    return {
        "made_at": at.isoformat(),
        "law": "Art. 15, 20 GDPR",
        "left_out": sorted(NEVER_TOLD),
        "not_looked_for": [f"{name}: {why}" for name, why in {**OF_OTHERS, **LEFT_OUT}.items()],
    }


def _holdings(person: Person) -> list[dict[str, Any]]:
    parts = []
    herself = (
        set(Pilot.objects.filter(user=person.user).values_list("pk", flat=True)) if person.user else set()
    )
    for holding in holdings_of(person):
        entry = entry_of(holding.model)
        names = [name for name in (*entry.personal, *entry.plain) if name not in NEVER_TOLD]
        parts.append(
            {
                "model": holding.model.__name__,
                "kept_for": entry.keep_for,
                "counted_from": entry.counted,
                "personal": [name for name in entry.personal if name not in NEVER_TOLD],
                "rows": [{name: _told(row, name, herself) for name in names} for row in holding.rows()],
            }
        )
    return parts


def _told(row: models.Model, name: str, herself: Collection[UUID]) -> Any:
    """As it is, but for what somebody else has to tell: that it was an illness that kept the pilot away."""
    if isinstance(row, Assignment) and name == "cancelled_reason" and row.pilot_id not in herself:
        return reason_told(row.cancelled_reason)
    return _plain(row, name)


def _plain(row: models.Model, name: str) -> Any:
    field = row._meta.get_field(name)
    if isinstance(field, models.ManyToManyField):
        return sorted(str(linked.pk) for linked in getattr(row, name).all())
    return _value(getattr(row, field.attname))  # type: ignore[union-attr]


def _value(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, GEOSGeometry):
        return value.wkt
    if isinstance(value, dict):
        return {str(key): _value(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_value(part) for part in value]
    if hasattr(value, "lower") and hasattr(value, "upper"):  # a range of times
        return [_value(value.lower), _value(value.upper)]
    return str(value)


def _sign_in(user: User) -> list[dict[str, Any]]:
    """What allauth keeps: proven addresses, passkeys and second factors without their secrets."""
    told: list[dict[str, Any]] = [
        {"kind": "email", "email": row.email, "verified": row.verified}
        for row in EmailAddress.objects.filter(user=user)
    ]
    told += [
        {
            "kind": row.type,
            "name": row.data.get("name", ""),
            "created_at": _value(row.created_at),
            "last_used_at": _value(row.last_used_at),
        }
        for row in Authenticator.objects.filter(user=user).order_by("pk")
    ]
    return told


def _subjects(user: User) -> list[UUID]:
    """The ids under which the journal knows the person."""
    found = [user.pk]
    for model in (Pilot, HelpSeeker):
        found += model._default_manager.filter(user=user).values_list("pk", flat=True)
    return found


def _opened(subjects: list[UUID]) -> list[dict[str, Any]]:
    """Who has opened the sealed data: by office and reason. Which colleague it was, the office says on request."""
    rows = AccessLog.objects.filter(subject_id__in=subjects).order_by("read_at")
    return [
        {"read_at": _value(row.read_at), "reason": row.reason, "office_id": _value(row.office_id)}
        for row in rows
    ]


def _events(hers: list[UUID], *, actor: UUID | None) -> list[dict[str, Any]]:
    """What happened to the person, and what she did."""
    rows = Event.objects.filter(Q(subject_id__in=hers) | Q(actor_id=actor, actor_id__isnull=False))
    return [
        {
            "kind": row.kind,
            "happened_at": _value(row.happened_at),
            "by_yourself": actor is not None and row.actor_id == actor,
            "facts": _value(row.facts) if row.subject_id in hers else {},
        }
        for row in rows.order_by("happened_at", "pk")
    ]
