"""Does the process live, and can it do its work? For machines, without signing in."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from backend.clock import database_now
from backend.encryption import keyring
from backend.web.gates import Gate, gated
from notifications import pulse

REDIS_TIMEOUT_SECONDS = 1


@gated(Gate.PUBLIC)
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@gated(Gate.PUBLIC)
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 unless database, migrations and keyring are in order. A missing Redis delays, so it is only told."""
    needed = {
        "database": _says(_database),
        "migrations": _says(_migrations),
        "keyring": _says(_keyring),
    }
    ok = all(state == "ok" for state in needed.values())
    checks = {**needed, "redis": _says(_redis)}
    return JsonResponse(
        {"status": "ok" if ok else "unavailable", "checks": checks}, status=200 if ok else 503
    )


@gated(Gate.PUBLIC)
@require_safe
def delivery(request: HttpRequest) -> JsonResponse:
    """503 when messages do not flow: something is due for long, or no sender has given a sign of life."""
    ailments = pulse.ailments(now=database_now())
    return JsonResponse(
        {"status": "unavailable" if ailments else "ok", "ailments": ailments}, status=503 if ailments else 200
    )


def _says(check: Callable[[], str]) -> str:
    """The check's word, or the kind of error it met; never its text, which may hold addresses."""
    try:
        return check()
    except Exception as error:
        return f"failed: {type(error).__name__}"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} missing" if missing else "ok"


def _keyring() -> str:
    keyring.__wrapped__(settings.VAULT_KEYS_FILE)  # read now, not out of the cache
    return "ok"


def _redis() -> str:
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
    )
    try:
        client.ping()
    finally:
        client.close()
    return "ok"
