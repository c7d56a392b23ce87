"""What else than rows of her own knows somebody: sessions, letters in a demo's mail catcher, remembered answers."""

import json
import logging
import zlib
from collections.abc import Collection, Iterable
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session as FormerSession
from django.core import signing
from django.db import models, transaction
from django.db.models.functions import Cast

from backend.accounts.models import BarrierReport, EmailChange, IdempotencyKey, Session, User

logger = logging.getLogger(__name__)
AT_ONCE = 500


def addresses_of(user: User) -> list[str]:
    """Under which addresses she is known here: her own, and those that were hers until lately."""
    former = [change.old_email for change in EmailChange.objects.filter(user=user)]
    return list(dict.fromkeys(address.strip().casefold() for address in (user.email, *former) if address))


def end_sessions(user: User, addresses: Collection[str]) -> None:
    """Delete her sessions, and those in which somebody was about to sign in with one of her addresses.

    A session is one packed text to the database: all that have not ended are opened and looked at.
    """
    wanted = (str(user.pk), *addresses)
    Session.objects.filter(user=user).delete()
    for model in (Session, FormerSession):
        rows: models.QuerySet[models.Model] = model._default_manager.all()
        field = "data" if model is Session else "session_data"
        hers = [
            pk
            for pk, packed in rows.values_list("pk", field).iterator(chunk_size=AT_ONCE)
            if any(mark in _opened(packed) for mark in wanted)
        ]
        rows.filter(pk__in=hers).delete()


def _opened(packed: str) -> str:
    """What a session holds, whatever key it was signed with: anybody can read it."""
    body = packed.partition(":")[0].encode()
    try:
        raw = signing.b64_decode(body.removeprefix(b"."))
        return repr(json.loads(zlib.decompress(raw) if body.startswith(b".") else raw)).casefold()
    except (ValueError, zlib.error):
        return packed.casefold()


def forget_answers(marks: Iterable[str]) -> None:
    """Empty what programs of others were answered about her within the last day; the key still holds.

    A program that repeats itself is told that it was done, and makes nobody anew.
    """
    told = IdempotencyKey.objects.exclude(answer=None).annotate(text=Cast("answer", models.TextField()))
    about_her = models.Q(pk__in=[])
    for mark in marks:
        about_her |= models.Q(text__icontains=mark)
    told.filter(about_her).update(answer=None)


def barrier_reports_of(addresses: Collection[str]) -> list[UUID]:
    """Reports of barriers that were left with these addresses; they are sealed, so each is opened and compared."""
    reports = BarrierReport.objects.exclude(email="").order_by()
    return [report.pk for report in reports.iterator(AT_ONCE) if report.email.strip().casefold() in addresses]


def drop_letters_after_commit(addresses: Collection[str]) -> None:
    """Delete what the mail catcher of a demo has kept for her; without one there is nothing to do."""
    if settings.MAILBOX_DIR and addresses:
        # An inner function: Django logs a failing hook by its __qualname__, not by what it carries.
        def drop() -> None:
            _drop_letters(Path(settings.MAILBOX_DIR), addresses)

        transaction.on_commit(drop, robust=True)


def _drop_letters(folder: Path, addresses: Collection[str]) -> None:
    for path in folder.glob("*.eml"):
        try:
            if any(address in _readable(path.read_bytes()) for address in addresses):
                path.unlink(missing_ok=True)
        except OSError as error:
            logger.error("letter not deleted file=%s error=%s", path.name, type(error).__name__)


def _readable(raw: bytes) -> str:
    """A letter with its encodings undone, as its reader sees it."""
    letter = message_from_bytes(raw, policy=policy.default)
    parts = [str(value) for value in letter.values()]
    for part in letter.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            parts.append(content.decode(errors="replace"))
    return "\n".join(parts).casefold()
