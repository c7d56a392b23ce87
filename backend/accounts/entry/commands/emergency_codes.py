"""What makes emergency codes: ten new ones in place of those before."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from backend.accounts.entry.emergency_codes import as_read, kept_of, new_codes
from backend.accounts.models import User
from backend.errors import RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record


@command
def make_emergency_codes(*, by: User, now: datetime) -> list[str]:
    """The new codes, told here once: they are kept nowhere. The earlier ones are void.

    They stand in for an app or a passkey, and nobody has them without one.
    """
    if not Authenticator.objects.filter(user=by).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        raise RuleViolated("nothing_to_stand_in_for")
    codes = new_codes()
    kept = kept_of(codes)  # slow by intention: before anything is locked
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    Authenticator.objects.filter(user=by, type=Authenticator.Type.RECOVERY_CODES).delete()
    Authenticator.objects.create(user=by, type=Authenticator.Type.RECOVERY_CODES, data=kept, created_at=now)
    record(EventKind.WAY_IN_ADDED, subject=by, by=by, at=now, way="emergency_codes")
    return [as_read(code) for code in codes.values()]
