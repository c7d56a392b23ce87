"""What time is it, by the clock all workers share?"""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The database's time: a worker whose own clock is wrong does nothing too early, and misses nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]
