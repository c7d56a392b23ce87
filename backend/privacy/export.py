"""What do we hold of this person? All as plain values, to read and to take along (Art. 15 and 20 GDPR)."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.gis.geos import GEOSGeometry
from django.db import models
from django.db.models import Q

from backend.accounts.models import User
from backend.journal.models import AccessLog, Event
from backend.people.models import HelpSeeker, Pilot
from backend.privacy.holdings import acting, holdings_of
from backend.privacy.register import entry_of

# Keys and the prints of keys: they say nothing about a person, and in the wrong hands they open something.
NEVER_TOLD = frozenset({"password", "hash", "p256dh", "auth", "fingerprint", "code_hash"})


def export_of(user: User, *, at: datetime) -> dict[str, Any]:
    """Everything, as what JSON knows. Reading one's own vault entry leaves no line in the access log."""
    return {
        "made_at": at.isoformat(),
        "law": "Art. 15, 20 GDPR",
        "left_out": sorted(NEVER_TOLD),
        "holdings": [part for part in _holdings(user) if part["rows"]],
        "sign_in": _sign_in(user),
        "opened_by_others": _opened(user),
        "events": _events(user),
        "acted": [
            {"model": model.__name__, "as": field, "rows": number} for model, field, number in acting(user)
        ],
    }


def _holdings(user: User) -> list[dict[str, Any]]:
    parts = []
    for holding in holdings_of(user):
        entry = entry_of(holding.model)
        names = [name for name in (*entry.personal, *entry.plain) if name not in NEVER_TOLD]
        parts.append(
            {
                "model": holding.model.__name__,
                "kept_for": entry.keep_for,
                "counted_from": entry.counted_from,
                "personal": [name for name in entry.personal if name not in NEVER_TOLD],
                "rows": [{name: _plain(row, name) for name in names} for row in holding.rows()],
            }
        )
    return parts


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


def _opened(user: User) -> list[dict[str, Any]]:
    """Who has opened the sealed data: by office and reason. Which colleague it was, the office says on request."""
    rows = AccessLog.objects.filter(subject_id__in=_subjects(user)).order_by("read_at")
    return [
        {"read_at": _value(row.read_at), "reason": row.reason, "office_id": _value(row.office_id)}
        for row in rows
    ]


def _events(user: User) -> list[dict[str, Any]]:
    """What happened to the person, and what she did."""
    hers = _subjects(user)
    rows = Event.objects.filter(Q(subject_id__in=hers) | Q(actor_id=user.pk))
    return [
        {
            "kind": row.kind,
            "happened_at": _value(row.happened_at),
            "by_yourself": row.actor_id == user.pk,
            "facts": _value(row.facts) if row.subject_id in hers else {},
        }
        for row in rows.order_by("happened_at", "pk")
    ]
