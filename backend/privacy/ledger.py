"""Who was erased since a backup was made? A file beside the database, by which a restore does not bring anybody back.

One line a person, of hashes alone: who reads the file learns nobody's name or id, and whoever restores finds in the
rows of the backup again who is meant. The file lies outside the database and its dumps. A line is written once the
erasure is committed; what a crash or a full disk has left out is taken over from the database, nightly and before a
backup.
"""

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from backend.accounts.models import User
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.models import Consent, HelpSeeker

logger = logging.getLogger(__name__)
ACCOUNT, CLIENT, CONSENT = "account", "client", "consent"
ERASED, NO_LANGUAGE = "@erased.invalid", ["und"]  # how those stand there who were erased
OF_EVENT = {EventKind.ACCOUNT_ERASED.value: ACCOUNT, EventKind.HELP_SEEKER_ERASED.value: CLIENT}
AT_ONCE = 2000
TAIL_BYTES = 4096  # more than any line


@dataclass(frozen=True)
class Replayed:
    """How many lines there are, and how many people (or consents) had come back and are gone again."""

    lines: int
    accounts: int
    clients: int
    consents: int

    def __str__(self) -> str:
        return (
            f"{self.lines} lines of the erasure ledger: {self.accounts} accounts, {self.clients} help-seekers and "
            f"{self.consents} consents had come back, and are gone again"
        )


def path() -> Path:
    return Path(settings.ERASURE_LEDGER_FILE)


def fingerprint(kind: str, pk: UUID) -> str:
    """What the file knows of a row: its id holds 74 random bits, so that nobody finds it by trying."""
    return hashlib.sha256(f"ilos erasure {kind} {pk}".encode()).hexdigest()


def note_after_commit(kind: str, pk: UUID, *, at: datetime) -> None:
    """Write the line once the erasure holds; a file that cannot be written costs a log line, and is made up for."""

    def write() -> None:
        try:
            _append([(kind, fingerprint(kind, pk), at)])
        except OSError as error:
            logger.error("erasure ledger not written error=%s", type(error).__name__)

    transaction.on_commit(write)


def catch_up() -> int:
    """Add what the database knows and the file does not; how many lines that were."""
    if _ends_in_half_a_line():
        _append([])
    known = {(kind, print_) for kind, print_, _at in entries()}
    missing = []
    for kind, pk, at in _ended():
        line = (kind, fingerprint(kind, pk), at)
        if line[:2] not in known:
            missing.append(line)
            known.add(line[:2])
    if missing:
        _append(missing)
    return len(missing)


def _ended() -> Iterator[tuple[str, UUID, datetime]]:
    """Whoever was erased, by the journal; and what was taken back of those who are still here."""
    events = Event.objects.filter(kind__in=OF_EVENT).order_by("happened_at", "pk")
    for kind, pk, at in events.values_list("kind", "subject_id", "happened_at").iterator(chunk_size=AT_ONCE):
        yield OF_EVENT[kind], pk, at
    own = Q(help_seeker=None) | Q(help_seeker__user__isnull=False)
    of_erased = Q(user__email__endswith=ERASED) & own | Q(help_seeker__languages=NO_LANGUAGE)
    consents = Consent.objects.filter(withdrawn_at__isnull=False).exclude(of_erased).order_by("pk")
    for pk, withdrawn_at in consents.values_list("pk", "withdrawn_at").iterator(chunk_size=AT_ONCE):
        if withdrawn_at is not None:  # as asked for
            yield CONSENT, pk, withdrawn_at


def entries() -> Iterator[tuple[str, str, datetime]]:
    """(kind, hash, when) of each line; ValueError where the file is damaged: a restore must not pass over it."""
    try:
        text = path().read_text()
    except FileNotFoundError:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            told = json.loads(line)
            yield told["kind"], told["hash"], datetime.fromisoformat(told["at"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"line {number} of the erasure ledger cannot be read") from error


def replay(now: datetime) -> Replayed:
    """After a restore: erase anew whoever had been erased since that backup. Run twice, it does nothing more."""
    from backend.privacy.commands.erasing import erase_again, erase_client  # they write the ledger
    from backend.privacy.commands.withdrawing import withdraw_again

    wanted: dict[str, set[str]] = {ACCOUNT: set(), CLIENT: set(), CONSENT: set()}
    lines = 0
    for kind, print_, _at in entries():
        lines += 1
        wanted.setdefault(kind, set()).add(print_)
    accounts = clients = consents = 0
    users = User.objects.exclude(email__endswith=ERASED).order_by("pk")
    for pk in users.values_list("pk", flat=True).iterator(chunk_size=AT_ONCE):
        if fingerprint(ACCOUNT, pk) in wanted[ACCOUNT]:
            erase_again(user_id=pk, by=None, now=now)
            accounts += 1
    seekers = HelpSeeker.objects.filter(user=None).exclude(languages=NO_LANGUAGE).order_by("pk")
    for pk in seekers.values_list("pk", flat=True).iterator(chunk_size=AT_ONCE):
        if fingerprint(CLIENT, pk) in wanted[CLIENT]:
            erase_client(help_seeker_id=pk, by=None, now=now)
            clients += 1
    for pk in live_consents():
        if fingerprint(CONSENT, pk) in wanted[CONSENT]:
            withdraw_again(consent_id=pk, by=None, now=now)
            consents += 1
    return Replayed(lines, accounts, clients, consents)


def live_consents() -> list[UUID]:
    """The consents that count, as a backup has brought them back."""
    return list(Consent.objects.filter(withdrawn_at=None).order_by("pk").values_list("pk", flat=True))


def _append(lines: list[tuple[str, str, datetime]]) -> None:
    """On the disk when it returns; two writers wait for each other."""
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        _cut_half_a_line(descriptor)
        for kind, print_, at in lines:
            out.write(json.dumps({"at": at.isoformat(), "kind": kind, "hash": print_}) + "\n")
        out.flush()
        os.fsync(out.fileno())


def _ends_in_half_a_line() -> bool:
    try:
        content = path().read_bytes()
    except FileNotFoundError:
        return False
    return bool(content) and not content.endswith(b"\n")


def _cut_half_a_line(descriptor: int) -> None:
    """Drop what a full disk or a power cut has left of the last line, so that the next one does not continue it.

    Whoever calls holds the lock, so nobody is still writing; `catch_up` finds the row again.
    """
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, TAIL_BYTES, max(size - TAIL_BYTES, 0))
    if tail and not tail.endswith(b"\n") and (size == len(tail) or b"\n" in tail):
        os.ftruncate(descriptor, size - len(tail) + tail.rfind(b"\n") + 1)
