"""What else than rows of ours knows somebody: open sessions, and the letters that a demo's mail catcher keeps."""

import logging
import os
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from backend.accounts.models import BarrierReport, User

logger = logging.getLogger(__name__)
AT_ONCE = 500


def end_sessions(user: User, address: str) -> None:
    """Delete her sessions, and those in which somebody was about to sign in with her address.

    A session is one opaque text to the database: all that have not ended are opened and looked at.
    """
    own, wanted = str(user.pk), address.casefold()
    hers = []
    for session in Session.objects.iterator(chunk_size=AT_ONCE):
        content = session.get_decoded()
        if content.get(SESSION_KEY) == own or (wanted and wanted in repr(content).casefold()):
            hers.append(session.pk)
    Session.objects.filter(pk__in=hers).delete()


def barrier_reports_of(address: str) -> list[UUID]:
    """Reports of barriers that were left with this address; it is sealed, so each is opened and compared."""
    wanted = address.casefold()
    reports = BarrierReport.objects.exclude(email="").order_by()
    return [report.pk for report in reports.iterator(AT_ONCE) if report.email.strip().casefold() == wanted]


def drop_letters_after_commit(address: str) -> None:
    """Delete what the mail catcher of a demo has kept for her; without one there is nothing to do."""
    if settings.MAILBOX_DIR and address:
        # An inner function: Django logs a failing hook by its __qualname__, not by what it carries.
        def drop() -> None:
            _drop_letters(Path(settings.MAILBOX_DIR), address)

        transaction.on_commit(drop, robust=True)


def _drop_letters(folder: Path, address: str) -> None:
    wanted = address.casefold().encode()
    for path in folder.glob("*.eml"):
        try:
            if wanted in path.read_bytes().lower():
                os.unlink(path)
        except OSError as error:
            logger.error("letter not deleted file=%s error=%s", path.name, type(error).__name__)
