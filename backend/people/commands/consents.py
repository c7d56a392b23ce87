"""When does a consent count? Once whoever gave it has proven who she is, or somebody answers for it."""

from datetime import datetime

from backend.accounts.models import User
from backend.journal.command import command
from backend.people.codes import CONSENT_VERSION, ConsentKind
from backend.people.models import Consent, HelpSeeker


@command
def confirm_consents(*, by: User, now: datetime) -> None:
    """Let count what was agreed to with this address, now that `by` has signed in with it."""
    Consent.objects.filter(user=by, confirmed_at=None).update(confirmed_at=now, confirmed_by=by)


def note_consents(
    *kinds: ConsentKind, of: User, by: User | None, at: datetime, help_seeker: HelpSeeker | None = None
) -> None:
    """Keep what was agreed to; it counts at once where whoever agreed is signed in."""
    proven = by is not None and by.pk == of.pk
    Consent.objects.bulk_create(
        Consent(
            user=of,
            help_seeker=help_seeker,
            kind=kind,
            version=CONSENT_VERSION,
            given_at=at,
            confirmed_at=at if proven else None,
            confirmed_by=of if proven else None,
        )
        for kind in kinds
    )
