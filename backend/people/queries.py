"""How sealed personal data is read: here alone, with permission, and never without a line in the access log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.journal.record import record_access, record_accesses
from backend.people.models import HelpSeeker, Identity, Pilot
from backend.people.permissions import check_may_reveal, may_reveal


@dataclass(frozen=True)
class Revealed:
    name: str
    phone: str
    street: str


def reveal(*, person: Pilot | HelpSeeker, by: User, reason: str, at: datetime) -> Revealed:
    """Open one person's vault entry; `reason` is a code that the access log keeps."""
    check_may_reveal(by, person)
    return _open(person, by=by, reason=reason, at=at)


def reveal_names(pilots: Sequence[Pilot], *, by: User, reason: str, at: datetime) -> dict[UUID, str]:
    """The names of a page full of pilots, each opening logged."""
    for pilot in pilots:
        check_may_reveal(by, pilot)
    others = [(pilot, pilot.office_id) for pilot in pilots if pilot.user_id != by.pk]
    record_accesses(reader=by, subjects=others, reason=reason, at=at)
    return {pilot.pk: pilot.identity.name for pilot in pilots}


def pilots_called(
    pilots: Iterable[Pilot], words: str, *, by: User, reason: str, at: datetime
) -> dict[Pilot, str]:
    """Those whose name holds these words, with it. Names are sealed and so compared here; who is found is logged."""
    wanted = words.casefold().split()
    found = [
        pilot
        for pilot in pilots
        if may_reveal(by, pilot) and all(word in pilot.identity.name.casefold() for word in wanted)
    ]
    names = reveal_names(found, by=by, reason=reason, at=at)
    return {pilot: names[pilot.pk] for pilot in found}


def reveal_to_counterpart(*, person: Pilot, by: User, reason: str, at: datetime) -> Revealed:
    """Open a pilot's entry for somebody whom a confirmed assignment entitles; the caller has checked that."""
    return _open(person, by=by, reason=reason, at=at)


def name_on_card(pilot: Pilot) -> str:
    """The pilot's given name, for the card of whoever is accompanied; "" where there is none any more.

    Who opens a card is nobody we know: the access log names those who handed it out.
    """
    words = pilot.identity.name.split() if pilot.identity else []
    return next((word for word in words if not word.endswith(".")), "")


def _open(person: Pilot | HelpSeeker, *, by: User, reason: str, at: datetime) -> Revealed:
    identity: Identity | None = person.identity
    if identity is None:
        return Revealed("", "", "")
    if person.user_id != by.pk:
        record_access(reader=by, subject=person, reason=reason, at=at, office_id=person.office_id)
    return Revealed(identity.name, identity.phone, identity.street)
