"""What the clock does to people: pauses end."""

from celery import shared_task
from django.utils import timezone

from backend import clock
from backend.people.commands.pilots import end_pause
from backend.people.models import Pilot
from backend.people.states import PilotStatus
from backend.ticks import each


@shared_task(name="people.end_pauses")
def end_pauses() -> None:
    """Bring back whose pause is over."""
    now = clock.database_now()
    over = Pilot.objects.filter(status=PilotStatus.PAUSED, paused_until__lte=timezone.localdate(now))
    each(over.values_list("pk", flat=True), lambda pk: end_pause(pilot_id=pk, by=None, now=now))
