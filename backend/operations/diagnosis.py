"""What is well with this installation, what is not, and what is to be done? One list, in parts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import redis
from django.conf import settings
from django.core import checks as django_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from backend.encryption import keyring
from backend.journal.models import BatchRun, Event
from backend.operations.backup import kept
from backend.operations.manifest import key_ids, sealed_values
from notifications import pulse
from notifications.models import Delivery

DAILY = timedelta(hours=26)  # what runs every night, with a margin
WEEKLY = timedelta(days=8)


class Mark(StrEnum):
    WELL, NOTE, WRONG = "well", "note", "wrong"


@dataclass(frozen=True)
class Finding:
    part: str
    mark: Mark
    what: str
    do: str = ""


def diagnosis(*, now: datetime, parts: Iterable[str] = ()) -> list[Finding]:
    """The named parts, or all; what breaks while it is looked at is a finding too."""
    found: list[Finding] = []
    for part in parts or PARTS:
        try:
            found += [Finding(part, *one) for one in PARTS[part](now)]
        except (DatabaseError, redis.RedisError, OSError) as error:
            found.append(
                Finding(part, Mark.WRONG, f"could not be looked at: {type(error).__name__}", ADVICE[part])
            )
    return found


Look = Iterator[tuple[Mark, str] | tuple[Mark, str, str]]


def _configuration(now: datetime) -> Look:
    messages = django_checks.run_checks(include_deployment_checks=True, databases=["default"])
    shown = [message for message in messages if not message.is_silenced()]
    for message in sorted(shown, key=lambda one: -one.level):
        mark = Mark.WRONG if message.is_serious() else Mark.NOTE
        yield mark, f"{message.id}: {message.msg}", message.hint or ""
    if not shown:
        yield Mark.WELL, "every check passes"


def _database(now: datetime) -> Look:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database())),"
            " current_user, (SELECT count(*) FROM pg_stat_activity), current_setting('max_connections')::int"
        )
        version, size, user, sessions, most = cursor.fetchone()
    yield Mark.WELL, f"PostgreSQL {version.split()[0]}, {size}, as {user}, {sessions} of {most} sessions"
    if missing:
        yield Mark.WRONG, f"{len(missing)} migrations are not applied", "manage.py migrate, as the owner"
    else:
        yield Mark.WELL, "all migrations are applied"
    if sessions > 0.8 * most:
        yield Mark.NOTE, "the sessions run out soon", "raise max_connections, or run fewer processes"


def _keys(now: datetime) -> Look:
    ring = list(keyring.__wrapped__(settings.VAULT_KEYS_FILE))
    connection.ensure_connection()
    needed = key_ids(connection.connection, {table for table, _value in sealed_values()})
    yield Mark.WELL, f"in use: {ring[0]}; the data needs: {', '.join(needed) or 'none'}"
    if missing := set(needed) - set(ring):
        yield (
            Mark.WRONG,
            f"the keyring lacks {', '.join(sorted(missing))}: names under it cannot be opened",
            "bring the key back from its safe copy; do not draw a new one under the same id",
        )
    if old := set(needed) & set(ring[1:]):
        yield Mark.NOTE, f"values under an older key: {', '.join(sorted(old))}", "manage.py rotate_keys"
    if spare := set(ring[1:]) - set(needed):
        yield (
            Mark.NOTE,
            f"no value needs {', '.join(sorted(spare))} any more",
            "keep it as long as backups that need it",
        )


def _messages(now: datetime) -> Look:
    ailments = pulse.ailments(now=now)
    if (late := ailments.get("oldest_due")) is not None:
        yield (
            Mark.WRONG,
            f"a message has waited for {late} s",
            "is a worker or the relay running? see its log",
        )
    if "no_heartbeat" in ailments:
        seconds = ailments["no_heartbeat"]
        since = f"for {seconds} s" if seconds is not None else "yet"
        yield Mark.WRONG, f"no sign of life of worker or relay {since}", "start worker and beat, or the relay"
    if not ailments:
        yield Mark.WELL, "messages flow"
    if failed := Delivery.objects.failed().count():
        yield (
            Mark.NOTE,
            f"{failed} messages could not be sent",
            "they stand on the offices' worklists; manage.py outbox list",
        )
    if parked := Event.objects.filter(failed_at__isnull=False, processed_at=None).count():
        yield Mark.WRONG, f"{parked} events are set aside: their rule broke", "manage.py outbox list"


def _queue(now: datetime) -> Look:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
    try:
        facts, queued = client.info(), client.llen("celery")
    finally:
        client.close()
    yield Mark.WELL, f"Redis {facts['redis_version']}, {facts['used_memory_human']}, {queued} tasks wait"
    if facts.get("maxmemory") and facts["used_memory"] > 0.8 * facts["maxmemory"]:
        yield Mark.NOTE, "Redis is nearly full", "give it more memory; it must never evict"
    if facts.get("maxmemory_policy") not in {None, "noeviction"}:
        yield Mark.NOTE, f"Redis evicts by {facts['maxmemory_policy']}", "--maxmemory-policy noeviction"


def _night(now: datetime) -> Look:
    ran = {run.name: run for run in BatchRun.objects.all()}
    for name, at_most, do in (
        ("training", DAILY, "is beat running? see the worker's log for train_acceptance"),
        ("retention", DAILY, "is beat running? manage.py retention --dry-run shows what is due"),
        ("backup", DAILY, "manage.py backup, every night by cron or a timer"),
        ("restore_check", WEEKLY, "manage.py restore FILE --verify, where the private key is"),
    ):
        run = ran.get(name)
        if run is None:
            yield Mark.NOTE, f"{name}: never yet", do
        elif now - run.succeeded_at > at_most:
            yield Mark.WRONG, f"{name}: last done {run.succeeded_at:%Y-%m-%d %H:%M} UTC", do
        else:
            yield Mark.WELL, f"{name}: done {run.succeeded_at:%Y-%m-%d %H:%M} UTC, {run.seconds:.0f} s"


def _backups(now: datetime) -> Look:
    if not settings.BACKUP_DIR:
        yield Mark.NOTE, "BACKUP_DIR is not set here", "backups may go elsewhere; see docs/operations.md"
        return
    files = kept(Path(settings.BACKUP_DIR))
    if not files:
        yield Mark.WRONG, f"no backup in {settings.BACKUP_DIR}", "manage.py backup"
        return
    latest = files[0]
    yield Mark.WELL, f"{len(files)} backups, the latest {latest.name}, {latest.stat().st_size / 1e6:.1f} MB"


PARTS: dict[str, Callable[[datetime], Look]] = {
    "Configuration": _configuration,
    "Database": _database,
    "Vault keys": _keys,
    "Messages": _messages,
    "Queue": _queue,
    "Work of the night": _night,
    "Backups": _backups,
}
ADVICE = {
    "Configuration": "mend what the other parts say first",
    "Database": "is it running, and does DATABASE_URL lead there?",
    "Vault keys": "does VAULT_KEYS_FILE lead to the keyring, and does the database answer?",
    "Messages": "does the database answer?",
    "Queue": "start Redis; until then messages go out by beat and relay, later but all",
    "Work of the night": "does the database answer?",
    "Backups": "does BACKUP_DIR lead to a folder that this user may read?",
}
