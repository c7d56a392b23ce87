"""What changes an office's public face, and what the public reports."""

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http.request import validate_host

from backend.accounts import permissions
from backend.accounts.face.colours import DAY, LEAST_CONTRAST, contrast, nearest_readable, normalised
from backend.accounts.face.fields import PublicFace
from backend.accounts.face.hosts import shared_host
from backend.accounts.face.png import checked_png
from backend.accounts.models import BarrierReport, Office, OfficeLogo, User
from backend.accounts.permissions import Permission
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record

CHANGEABLE = frozenset(PublicFace.FIELDS) - {"languages"}


@command
def change_public_face(*, office_id: UUID, by: User, now: datetime, **face: Any) -> Office:
    """Change what visitors see of the office."""
    office = _locked(office_id, by=by)
    if strangers := face.keys() - CHANGEABLE:
        raise TypeError(f"no office shows {', '.join(sorted(strangers))}")
    if "colour" in face:
        face["colour"] = _checked_colour(face["colour"])
    if host := face.get("host"):
        face["host"] = host = host.strip().lower()
        _check_host(host)
        if Office.objects.filter(host=host).exclude(pk=office.pk).exists():
            raise RuleViolated("host_taken", field="host", host=host)
    changed = sorted(name for name, value in face.items() if getattr(office, name) != value)
    for name in changed:
        setattr(office, name, face[name])
    if changed:
        office.save(update_fields=changed)
        record(EventKind.OFFICE_CHANGED, subject=office, by=by, at=now, office_id=office.pk, fields=changed)
    return office


@command
def put_up_logo(*, office_id: UUID, content: bytes, text: str, by: User, now: datetime) -> OfficeLogo:
    """Show a picture in the head of the office's pages, in place of an earlier one."""
    office = _locked(office_id, by=by)
    picture = checked_png(content)
    logo, _made = OfficeLogo.objects.update_or_create(
        office=office,
        defaults={
            "content": picture.content,
            "digest": sha256(picture.content).hexdigest()[:16],
            "width": picture.width,
            "height": picture.height,
            "text": text or office.name,
            "changed_at": now,
        },
    )
    record(EventKind.OFFICE_CHANGED, subject=office, by=by, at=now, office_id=office.pk, fields=["logo"])
    return logo


@command
def take_down_logo(*, office_id: UUID, by: User, now: datetime) -> None:
    """Show no picture any more."""
    office = _locked(office_id, by=by)
    if OfficeLogo.objects.filter(office=office).delete()[0]:
        record(EventKind.OFFICE_CHANGED, subject=office, by=by, at=now, office_id=office.pk, fields=["logo"])


@command
def review_language(*, office_id: UUID, language: str, on: bool, by: User, now: datetime) -> Office:
    """Switch a language on, as somebody who has read its texts; or off again. The journal keeps who and when."""
    office = _locked(office_id, by=by)
    if language not in dict(settings.LANGUAGES) or language in settings.WHOLE_LANGUAGES:
        raise RuleViolated("language_not_switchable", field="language", language=language)
    if (language in office.languages) == on:
        return office
    office.languages = sorted({*office.languages, language} if on else {*office.languages} - {language})
    office.save(update_fields=["languages"])
    record(
        EventKind.OFFICE_LANGUAGE_REVIEWED,
        subject=office,
        by=by,
        at=now,
        office_id=office.pk,
        language=language,
        on=on,
    )
    return office


@command
def report_barrier(
    *, office_id: UUID, what: str, page: str, email: str, language: str, by: User | None, now: datetime
) -> BarrierReport:
    """Tell an office that one of its pages cannot be used. Anybody may; nobody needs to give an address."""
    if not Office.objects.filter(pk=office_id).exists():
        raise NotThere("office_unknown")
    report = BarrierReport.objects.create(
        office_id=office_id, what=what, page=page, email=email, language=language, created_at=now
    )
    record(EventKind.BARRIER_REPORTED, subject=report, by=by, at=now, office_id=office_id)
    return report


@command
def answer_barrier(*, report_id: UUID, by: User, now: datetime) -> BarrierReport:
    """Note that whoever reported it has heard, or that the barrier is gone; the office's administrators do."""
    report = BarrierReport.objects.visible_to(by).select_for_update(no_key=True).filter(pk=report_id).first()
    if report is None:
        raise NotThere("barrier_unknown")
    permissions.check(by, Permission.MANAGE_OFFICE, office_id=report.office_id)
    if report.answered_at is None:
        report.mark_answered(at=now)
        record(EventKind.BARRIER_ANSWERED, subject=report, by=by, at=now, office_id=report.office_id)
    return report


def _locked(office_id: UUID, *, by: User) -> Office:
    """An office that `by` administers, locked; elsewhere there is none."""
    office = Office.objects.visible_to(by).select_for_update(no_key=True).filter(pk=office_id).first()
    if office is None:
        raise NotThere("office_unknown")
    permissions.check(by, Permission.MANAGE_OFFICE, office_id=office.pk)
    return office


def _check_host(host: str) -> None:
    """Only an address that leads here; and that of the whole service is nobody's own."""
    if host == shared_host() and Office.objects.count() > 1:
        raise RuleViolated("host_shared", field="host", host=host)
    if not validate_host(host, settings.ALLOWED_HOSTS):
        raise RuleViolated("host_not_served", field="host", host=host)


def _checked_colour(text: str) -> str:
    """As it is stored; empty for none."""
    if not text.strip():
        return ""
    colour = normalised(text)
    if colour is None:
        raise RuleViolated("colour_malformed", field="colour")
    if contrast(colour, DAY) < LEAST_CONTRAST:
        raise RuleViolated(
            "colour_too_light",
            field="colour",
            suggestion=nearest_readable(colour),
            contrast=round(contrast(colour, DAY), 1),
        )
    return colour
