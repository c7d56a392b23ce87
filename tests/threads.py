"""How tests let several people act at the same moment, each with a database connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from backend.errors import DomainError

PATIENCE_SECONDS = 30  # for a machine that is busy; nobody waits as long when things work


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Start all jobs at one barrier; each answers with its result or with the refusal it met."""
    barrier = Barrier(len(jobs), timeout=PATIENCE_SECONDS)

    def run(job: Callable[[], Any]) -> Any:
        try:
            # Before the barrier, because connecting takes longer than the race. A loaded machine must not look
            # like a rival: whoever queues up waits for an answer, however long.
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
            barrier.wait()
            return job()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as people:
        return [future.result() for future in [people.submit(run, job) for job in jobs]]
