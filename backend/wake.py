"""How a commit wakes the workers: by a hint that may get lost, because the rows are the truth."""

import logging

from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)


def wake_after_commit(task_name: str) -> None:
    """Send the task once after the running transaction commits; a dead broker costs a log line, no more."""
    connection = transaction.get_connection()
    if any(getattr(hook, "wakes", None) == task_name for _, hook, *_ in connection.run_on_commit):
        return

    # An inner function, not a partial: Django logs a failing hook by its __qualname__.
    def wake() -> None:
        from backend.celery import app

        try:
            app.send_task(task_name, expires=settings.WAKE_EXPIRES_SECONDS, ignore_result=True)
        except Exception as error:  # beat repeats the call within seconds
            logger.warning("wake_failed task=%s error=%s", task_name, type(error).__name__)

    wake.wakes = task_name  # type: ignore[attr-defined]
    transaction.on_commit(wake)
