"""What happens to acceptance models: learned anew from the answers, and in use only if that helps."""

from datetime import datetime
from uuid import UUID

from backend.accounts.models import Office
from backend.dispatch import training
from backend.dispatch.answers import answers
from backend.dispatch.models import AcceptanceVersion
from backend.dispatch.states import AcceptanceStatus
from backend.errors import NotThere
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record


@command
def train_acceptance(*, office_id: UUID | None, by: None, now: datetime) -> AcceptanceVersion | None:
    """Learn from the answers of one office, or of all; None while there are too few to learn from.

    The new version goes live if it beats the prior on answers held out, and replaces the one before. Rejected, it
    leaves that one be, unless that one does worse than the prior by now: then the prior serves.
    """
    if office_id is not None and not Office.objects.filter(pk=office_id).exists():
        raise NotThere("office_unknown")
    versions = AcceptanceVersion.objects.filter(office=office_id)
    versions.lock_training()
    known = answers(office_id)
    learned = training.learn(known, office_id=office_id)
    if learned is None:
        return None
    latest = versions.first()
    version = AcceptanceVersion.objects.create(
        office_id=office_id,
        number=latest.number + 1 if latest else 1,
        answers=len(known.y),
        parameters=learned.model.to_dict(),
        report=learned.report,
        trained_at=now,
    )
    live, better = versions.live().first(), learned.report["goes_live"]
    if live and (better or training.has_failed(live, known, learned.prior)):
        live.move_to(AcceptanceStatus.RETIRED, at=now)
    version.move_to(AcceptanceStatus.LIVE if better else AcceptanceStatus.REJECTED, at=now)
    record(
        EventKind.ACCEPTANCE_MODEL_TRAINED,
        subject=version,
        by=by,
        at=now,
        number=version.number,
        answers=version.answers,
        status=version.status,
    )
    return version
