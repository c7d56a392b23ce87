"""How a pilot of whom nobody has heard for eleven months is asked whether she wants to stay."""

from datetime import datetime
from uuid import UUID

from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people.commands.pilots import lock_pilot
from backend.people.models import Pilot
from backend.people.states import PilotStatus


@command
def notice_silence(*, pilot_id: UUID, by: None, now: datetime) -> Pilot:
    """Record that she was written to; the message follows from it. Whoever signs in after it stays."""
    pilot = lock_pilot(pilot_id)
    if pilot.status not in (PilotStatus.LEFT, PilotStatus.ERASED):
        record(EventKind.PILOT_SILENCE_NOTICED, subject=pilot, by=by, at=now)
    return pilot
