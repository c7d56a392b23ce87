"""Where sessions are kept: rows of our own, found by the hash of their key, ended by time or by their owner."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from backend.accounts.models import Membership, Session
from backend.accounts.tokens import digest

DEVICE = "device"  # under which a session names the device it was begun on
SEEN_NOTED_EVERY = timedelta(minutes=1)


class SessionStore(SessionBase):
    """Whoever reads the table cannot go on with a session: it holds hashes of keys.

    How long a session lives follows from what its owner is at this moment: a role given today shortens it today.
    """

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._row: Session | None = None

    def load(self) -> dict[str, Any]:
        row = self._found()
        if row is None:
            self._session_key = None
            return {}
        self._row = row
        return self.decode(row.data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(hash=digest(session_key)).exists()

    def create(self) -> None:
        self._row = None
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        kept = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        now = timezone.now()
        row = self._row if self._row is not None and not must_create else None
        made = row is None
        row = row or Session(hash=digest(self.session_key), begun_at=now, last_seen_at=now)
        row.data = self.encode(kept)
        row.user_id = kept.get(SESSION_KEY)
        row.device = kept.get(DEVICE, "")
        try:
            with transaction.atomic():
                if made:
                    row.save(force_insert=True)
                else:
                    row.save(update_fields=["data", "user", "device"])
        except IntegrityError:
            if made:
                raise CreateError from None
            raise
        except DatabaseError:
            if not made:
                raise UpdateError from None  # ended meanwhile: nothing that is done in it counts any more
            raise
        self._row = row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(hash=digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.all().over(now=timezone.now()).delete()

    def _found(self) -> Session | None:
        """The row, if it is still good; that it was used is noted once a minute."""
        if not self.session_key:
            return None
        staff = Membership.objects.staff().filter(user=OuterRef("user"))
        row = Session.objects.filter(hash=digest(self.session_key)).annotate(of_staff=Exists(staff)).first()
        if row is None:
            return None
        now = timezone.now()
        if row.is_over(of_staff=row.of_staff, now=now):
            row.delete()
            return None
        if now - row.last_seen_at >= SEEN_NOTED_EVERY:
            Session.objects.filter(pk=row.pk).update(last_seen_at=now)
        return row
