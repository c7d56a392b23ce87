"""What follows when a volunteer takes a step of her profile?"""

from datetime import datetime

from backend.accounts.models import User
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people import policies
from backend.people.codes import ProfileStep
from backend.people.models import Pilot
from backend.people.states import APPLYING


def take_steps(pilot: Pilot, *steps: ProfileStep, by: User, at: datetime) -> None:
    """Remember the steps, once the row is saved; the last one completes an application. Within a command."""
    was_left = policies.steps_left(pilot)
    pilot.note_steps(*steps)
    if was_left and not policies.steps_left(pilot) and pilot.status in APPLYING:
        record(EventKind.APPLICATION_COMPLETED, subject=pilot, by=by, at=at)
