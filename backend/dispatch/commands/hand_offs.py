"""What becomes of a request that an office leaves to others: nothing is stored of it but that there was one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from backend.accounts.models import Office, User
from backend.dispatch import permissions
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record


@command
def hand_off(*, office_id: UUID, matter: str, by: User, now: datetime) -> None:
    """Count that somebody was named whom to turn to instead.

    Who has asked is left out: together with a matter such as therapy it would tell of a person's health.
    """
    office = Office.objects.filter(pk=office_id).first()
    if office is None:
        raise NotThere("office_unknown")
    permissions.check_may_ask(by, office)
    if matter not in office.excluded_matters:
        raise RuleViolated("matter_unknown", field="matter", matter=matter)
    record(
        EventKind.HELP_REQUEST_HANDED_OFF,
        subject=office,
        by=None,
        at=now,
        office_id=office.pk,
        matter=matter,
    )


@contextmanager
def counted_hand_offs(*, by: User, now: datetime) -> Iterator[None]:
    """Count what is refused within as left to others; the refusal goes on."""
    try:
        yield
    except RuleViolated as refusal:
        if refusal.code == "matter_excluded":
            hand_off(
                office_id=UUID(refusal.facts["office_id"]), matter=refusal.facts["matter"], by=by, now=now
            )
        raise
