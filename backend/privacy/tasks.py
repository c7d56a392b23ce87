"""What the clock does for privacy: once a night the rows whose time is over end."""

from celery import shared_task

from backend import clock
from backend.privacy.retention import run_if_due

SECONDS_AT_MOST = 60  # below the soft limit of a task; what is left over is done at the next tick


@shared_task(name="privacy.retain")
def retain() -> None:
    """Look whether this night's run is done, and go on with it where it is not."""
    run_if_due(now=clock.database_now(), seconds=SECONDS_AT_MOST)
