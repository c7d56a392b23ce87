"""What must hold of the database and the disk? Each function answers what is wrong, or None; checks.py gives ids."""

import shutil
import time
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import connection

from backend.accounts.models import Office

DISK_FACTOR, DRIFT_SECONDS = 2, 30


def postgis() -> str | None:
    return (
        None if _one("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'") else "PostGIS is missing"
    )


def app_role() -> str | None:
    if _one("SELECT has_schema_privilege(current_user, 'public', 'CREATE') AND current_schema() = 'public'"):
        return "the service's role may change the schema"
    return None


def append_only() -> str | None:
    tables = ("journal_event", "journal_accesslog")
    bare = [
        table
        for table in tables
        if not _one(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal", table
        )
    ]
    return f"{', '.join(bare)} can be rewritten: the trigger is missing" if bare else None


def silent_log() -> str | None:
    """Whether the database server writes statements or rows into its log, where nobody erases them."""
    told = {
        "log_min_error_statement": ("fatal", "panic"),
        "log_error_verbosity": ("terse",),
        "log_statement": ("none", "ddl"),
        "log_min_duration_statement": ("-1",),
        "log_parameter_max_length_on_error": ("0",),
    }
    loud = [name for name, quiet in told.items() if str(_one(f"SHOW {name}")) not in quiet]
    return f"the database's log may hold people's data: {', '.join(loud)}" if loud else None


def clocks() -> str | None:
    drift = abs(time.time() - float(_one("SELECT extract(epoch FROM clock_timestamp())")))
    return f"this machine and the database are {drift:.0f} s apart" if drift > DRIFT_SECONDS else None


def office_zones() -> str | None:
    zones = set(Office.objects.values_list("time_zone", flat=True).distinct())
    if unknown := zones - available_timezones():
        return f"offices with unknown time zones: {', '.join(sorted(unknown))}"
    return None


def room_for_backups() -> str | None:
    folder = Path(settings.BACKUP_DIR) if settings.BACKUP_DIR else None
    if folder is None:
        return None
    if not folder.is_dir():
        return f"BACKUP_DIR {folder} is no folder"
    free, size = shutil.disk_usage(folder).free, int(_one("SELECT pg_database_size(current_database())"))
    if free < DISK_FACTOR * size:
        return f"{free // 10**6} MB are free in {folder}, the database has {size // 10**6} MB"
    return None


def _one(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
