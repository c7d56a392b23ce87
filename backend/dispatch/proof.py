"""Does the commission record still say what was written, and does it tell of every assignment?"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from backend.accounts.models import Office
from backend.dispatch import chain
from backend.dispatch.models import Assignment, Commission, CommissionKind, CommissionSalt
from backend.dispatch.models.commission import BEGINS
from backend.dispatch.states import AssignmentStatus

ANCHOR = re.compile(r"^(\d{4}-\d{2}-\d{2}) (\S+) (\d+) ([0-9a-f]{64})$")
# What the last entry about an assignment says, and how the assignment stands then.
ENDS_AS = {
    CommissionKind.COMMISSIONED.value: AssignmentStatus.CONFIRMED.value,
    CommissionKind.CANCELLED.value: AssignmentStatus.CANCELLED.value,
    CommissionKind.COMPLETED.value: AssignmentStatus.COMPLETED.value,
    CommissionKind.MISSED.value: AssignmentStatus.MISSED.value,
}


@dataclass(frozen=True)
class Anchor:
    """The head of an office's chain at the end of a day, as it was printed or sent away."""

    day: date
    office: str
    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.office} {self.number} {self.digest}"

    @classmethod
    def at(cls, office: Office, entry: Commission) -> "Anchor":
        """The one of the day on which the entry was written."""
        return cls(office.local_date(entry.written_at), office.slug, entry.number, entry.digest)

    @classmethod
    def read(cls, line: str) -> "Anchor | None":
        """The anchor in a line; None where there is none."""
        found = ANCHOR.match(line.strip())
        return cls(date.fromisoformat(found[1]), found[2], int(found[3]), found[4]) if found else None


@dataclass(frozen=True)
class Fault:
    """The first entry that does not hold, and why: gap, link, digest, anchor, or orphan (ends what never began)."""

    number: int
    code: str


@dataclass(frozen=True)
class Proof:
    """What was found of one office. `unrecorded` and `contradicting` count assignments."""

    office: Office
    entries: int = 0
    head: str = chain.BEGINNING
    fault: Fault | None = None
    unrecorded: int = 0
    contradicting: int = 0
    written_late: int = 0  # commissions that the database's clock saw after the start

    @property
    def holds(self) -> bool:
        return self.fault is None and not self.unrecorded and not self.contradicting


@dataclass
class _Walk:
    """What is known while going along the chain."""

    number: int = 0
    digest: str = chain.BEGINNING
    late: int = 0
    # Assignment -> its status, pilot and beginning, as the entries tell them.
    said: dict[UUID, tuple[object, ...]] = field(default_factory=dict)


def prove(office: Office, *, anchors: Iterable[Anchor] = ()) -> Proof:
    """Work out every digest of the office's chain anew, and compare what it tells with the assignments."""
    known = {anchor.number: anchor for anchor in anchors if anchor.office == office.slug}
    walk = _Walk()
    fault = next(_faults(office, walk, known), None)
    if fault is None and (missing := [number for number in known if number > walk.number]):
        fault = Fault(min(missing), "anchor")
    standing = {
        pk: tuple(told)
        for pk, *told in Assignment.objects.filter(office=office).values_list(
            "pk", "status", "pilot", "starts_at"
        )
    }
    return Proof(
        office,
        entries=walk.number,
        head=walk.digest,
        fault=fault,
        unrecorded=0 if fault else len(standing.keys() - walk.said.keys()),
        contradicting=0 if fault else sum(standing.get(pk, said) != said for pk, said in walk.said.items()),
        written_late=walk.late,
    )


def anchors_of(office: Office, *, since: date | None = None) -> list[Anchor]:
    """One for each day on which something was written, by the clock on the office's wall, oldest first."""
    heads: dict[date, Anchor] = {}
    rows = Commission.objects.filter(office=office).order_by("number")
    for number, digest, written_at in rows.values_list("number", "digest", "written_at").iterator():
        day = office.local_date(written_at)
        if since is None or day >= since:
            heads[day] = Anchor(day, office.slug, number, digest)
    return list(heads.values())


def same_words(entry: Commission, about: CommissionSalt.About, words: dict[str, str]) -> bool | None:
    """Whether the entry was made for these words; None where nobody can tell any more."""
    stored = entry.facts.get(about.value.lower())
    salt = entry.salts.filter(about=about).first()
    if not stored or salt is None:
        return None
    return chain.fingerprint(salt.salt, words) == stored


def _faults(office: Office, walk: _Walk, anchors: dict[int, Anchor]) -> Iterator[Fault]:
    for entry in Commission.objects.filter(office=office).order_by("number").iterator():
        expected = walk.number + 1
        if entry.number != expected:
            yield Fault(expected, "gap")
        if entry.previous != walk.digest:
            yield Fault(entry.number, "link")
        if entry.right_digest != entry.digest:
            yield Fault(entry.number, "digest")
        if (anchor := anchors.get(entry.number)) and anchor.digest != entry.digest:
            yield Fault(entry.number, "anchor")
        if (entry.kind in BEGINS) == (entry.assignment_id in walk.said):
            yield Fault(entry.number, "orphan")
        walk.number, walk.digest = entry.number, entry.digest
        if entry.kind == CommissionKind.COMMISSIONED and entry.written_at >= entry.starts_at:
            walk.late += 1
        if (
            entry.kind != CommissionKind.SETTLED
        ):  # only which report counts; what follows is an entry of its own
            status = ENDS_AS.get(entry.kind) or entry.facts["status"]
            walk.said[entry.assignment_id] = (status, entry.pilot_id, entry.starts_at)
