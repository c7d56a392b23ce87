"""What the clock does to people: pauses end."""

import logging

from celery import shared_task
from django.utils import timezone

from backend.errors import DomainError
from backend.people.commands.pilots import end_pause
from backend.people.models import Pilot
from backend.people.states import PilotStatus

logger = logging.getLogger(__name__)


@shared_task(name="people.end_pauses")
def end_pauses() -> None:
    """Bring back whose pause is over; one row that refuses does not stop the others."""
    now = timezone.now()
    over = Pilot.objects.filter(status=PilotStatus.PAUSED, paused_until__lte=timezone.localdate(now))
    for pk in list(over.values_list("pk", flat=True)):
        try:
            end_pause(pilot_id=pk, by=None, now=now)
        except DomainError as error:
            logger.info("skipped id=%s code=%s", pk, error.code)
