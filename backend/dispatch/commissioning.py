"""How an assignment gets into the commission record: one entry when it is confirmed, and one for whatever ends it."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from backend.accounts.models import Office, User
from backend.accounts.office_rules import BOUNDS
from backend.dispatch import chain
from backend.dispatch.codes import reason_told
from backend.dispatch.models import (
    ActivityReport,
    Assignment,
    Commission,
    CommissionKind,
    CommissionSalt,
    Override,
    RuleSet,
    Suggestion,
)
from backend.journal.command import at_the_end
from backend.people.models import Place
from matching.constraints import CONSTRAINTS

ADVISORY_CLASS = 0x434F4D  # "COM": advisory locks are two numbers, and this is the first of ours
SALT_BYTES = 32
About = CommissionSalt.About


def commission(assignment: Assignment, *, by: User, now: datetime) -> None:
    """Write down that the pilot is commissioned: by whom, when, for which appointment and under which rules."""
    offer, help_request = assignment.offer, assignment.help_request
    suggested = Suggestion.objects.filter(pk__in=[offer.suggestion_id])
    weights = suggested.values_list("match_run__weights", flat=True)
    overridden = Override.objects.filter(offer=offer).values_list("codes", flat=True).first()
    salts: dict[str, str] = {}
    facts = {
        "help_request": str(help_request.pk),
        "offer": str(offer.pk),
        "slot": str(assignment.slot_id),
        "seat": assignment.seat,
        "setting": str(help_request.setting),
        "minors": help_request.minors,
        "rules": _rule_set(help_request.office, now=now),
        "weights": _digest(_exact(weights.first() or help_request.office.weights)),
        "overridden": sorted(overridden or ()),
        "pilot": _print(salts, About.PILOT, pilot_words(assignment)),
        "place": _print(salts, About.PLACE, place_words(help_request.meeting_place)),
    }
    _enter(CommissionKind.COMMISSIONED, assignment, by=by, now=now, facts=facts, salts=salts)


def note_cancelled(assignment: Assignment, *, by: User | None, now: datetime) -> None:
    """Write down that a commission ended before it began. That somebody is ill does not stand there."""
    facts = {"reason": reason_told(assignment.cancelled_reason)}
    _enter(CommissionKind.CANCELLED, assignment, by=by, now=now, facts=facts, salts={})


def note_report(
    kind: CommissionKind, assignment: Assignment, report: ActivityReport, *, by: User, now: datetime
) -> None:
    """Write down how it went, by the report that says so."""
    facts = {
        "report": str(report.pk),
        "by_pilot": report.by_pilot,
        "done": report.done,
        "minutes": report.minutes,
        "reason": str(report.not_done_reason),
    }
    _enter(kind, assignment, by=by, now=now, facts=facts, salts={})


def adopt(assignments: Iterable[Assignment]) -> None:
    """Take assignments into the record that were never commissioned through it, as they are found, oldest first."""
    by_office: dict[UUID, list[Commission]] = {}
    for one in sorted(assignments, key=lambda each: (each.confirmed_at, each.pk)):
        by_office.setdefault(one.office_id, []).append(
            Commission(
                office_id=one.office_id,
                kind=CommissionKind.ADOPTED,
                assignment_id=one.pk,
                pilot_id=one.pilot_id,
                actor_id=one.confirmed_by_id,
                happened_at=one.confirmed_at,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                facts={"status": str(one.status), "seat": one.seat},
            )
        )
    for office_id, entries in sorted(by_office.items()):
        _append(office_id, entries)


def adopt_unrecorded(office: Office) -> int:
    """Take in what was confirmed by a version that knew no record; how many. Runs in the caller's transaction."""
    known = Commission.objects.filter(office=office).beginnings().values("assignment")
    missing = list(Assignment.objects.filter(office=office).exclude(pk__in=known))
    adopt(missing)
    return len(missing)


def pilot_words(assignment: Assignment) -> dict[str, str]:
    """What names the pilot, as the salted digest has it."""
    identity = assignment.pilot.identity
    return {"name": identity.name} if identity else {}


def place_words(place: Place | None) -> dict[str, str]:
    """What names the place; a call has none."""
    return {"street": place.street, "postcode": place.postcode, "place": place.place} if place else {}


def _enter(
    kind: CommissionKind,
    assignment: Assignment,
    *,
    by: User | None,
    now: datetime,
    facts: Mapping[str, Any],
    salts: Mapping[str, str],
) -> None:
    entry = Commission(
        office_id=assignment.office_id,
        kind=kind,
        assignment_id=assignment.pk,
        pilot_id=assignment.pilot_id,
        actor_id=by.pk if by else None,
        happened_at=now,
        starts_at=assignment.starts_at,
        ends_at=assignment.ends_at,
        facts=dict(facts),
    )

    def write() -> None:
        _append(assignment.office_id, [entry])
        for about, salt in salts.items():
            # One by one: a sealed value is bound to its row as it is saved.
            CommissionSalt.objects.create(commission=entry, about=about, salt=salt)

    at_the_end(write, order=str(assignment.office_id))


def _append(office_id: UUID, entries: list[Commission]) -> None:
    """Number and chain the entries behind the office's last one; other offices do not wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ADVISORY_CLASS, str(office_id)])
        # Only now: what a rival has written while we waited must be seen, and no clock goes backwards along the chain.
        cursor.execute("SELECT clock_timestamp()")
        written_at = cursor.fetchone()[0]
    last = Commission.objects.filter(office=office_id).order_by("-number").first()
    number, previous = (last.number, last.digest) if last else (0, chain.BEGINNING)
    for entry in entries:
        number += 1
        entry.number, entry.previous, entry.written_at = number, previous, written_at
        entry.digest = previous = entry.right_digest
    Commission.objects.bulk_create(entries)


def _rule_set(office: Office, *, now: datetime) -> str:
    """The digest of the rules in force, which are kept so that one can look them up."""
    rules = {
        **{name: getattr(office, name) for name in BOUNDS},
        "heavy_topics": list(office.heavy_topics),
        "excluded_matters": list(office.excluded_matters),
        "weights": _exact(office.weights),
        "hard_rules": [constraint.code for constraint in CONSTRAINTS],
    }
    digest = _digest(rules)
    RuleSet.objects.get_or_create(digest=digest, defaults={"rules": rules, "first_used_at": now})
    return digest


def _digest(values: Mapping[str, Any]) -> str:
    return chain.digest_of(values)


def _exact(weights: Mapping[str, Any]) -> dict[str, str]:
    """Weights as text: a fraction is not written the same everywhere."""
    return {name: repr(value) for name, value in weights.items()}


def _print(salts: dict[str, str], about: About, words: Mapping[str, str]) -> str | None:
    """The salted digest of the words; the salt is noted for the row that is written later."""
    if not words:
        return None
    salts[about] = secrets.token_hex(SALT_BYTES)
    return chain.fingerprint(salts[about], words)
