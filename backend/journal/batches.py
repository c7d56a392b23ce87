"""When was the work that nobody waits for last done? One row for each kind of it, for monitoring to look at."""

from datetime import datetime

from backend.journal.models import BatchRun


def succeeded(name: str, *, at: datetime, seconds: float = 0) -> None:
    """Note that the batch came to its end without an error. `name`: training, retention, backup, restore_check."""
    BatchRun.objects.update_or_create(name=name, defaults={"succeeded_at": at, "seconds": seconds})
