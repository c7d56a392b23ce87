"""Does every row that an older version wrote survive the migrations, whole and still readable?"""

import gzip
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from stack.servers import Servers

from backend.environment import database
from backend.people.models import Identity
from tests.upgrade.released import DUMPS, VAULT_KEYS, dump_of

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("faults")]

ALIAS = "upgraded"
OURS = ("accounts_", "dispatch_", "geo_", "journal_", "notifications_", "people_")
# What a migration was written to change: column -> why.
REWRITTEN = {
    ("journal_event", "processed_at"): "only what listeners have seen since",
}
Snapshot = dict[str, tuple[list[str], int, str]]


@pytest.fixture
def old_town(
    servers: Servers, django_db_blocker: Any, settings: Any
) -> Iterator[Callable[[str], psycopg.Connection]]:
    """Fills a database from a dump and lets Django reach it under ALIAS."""
    settings.VAULT_KEYS_FILE = str(VAULT_KEYS)
    opened: list[psycopg.Connection] = []

    def fill(name: str) -> psycopg.Connection:
        own = f"upgrade_{name}"
        servers.postgres.query(f"DROP DATABASE IF EXISTS {own}", "postgres")
        servers.postgres.query(f"CREATE DATABASE {own}", "postgres")
        where = {"host": str(servers.state.sockets), "user": "ilos", "dbname": own}
        subprocess.run(
            ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", " ".join(f"{k}={v}" for k, v in where.items())],
            input=gzip.decompress(dump_of(name).read_bytes()),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        connections.databases[ALIAS] = {
            **connections.databases["default"],
            "NAME": own,
            "HOST": where["host"],
            "USER": "ilos",
            "PASSWORD": "",
            "PORT": "",
        }
        opened.append(psycopg.connect(**where, autocommit=True))
        return opened[-1]

    with django_db_blocker.unblock():
        yield fill
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.databases[ALIAS]
    for connection in opened:
        connection.close()


@pytest.mark.parametrize("name", DUMPS)
def test_every_row_survives(old_town, name: str) -> None:
    connection = old_town(name)
    before = snapshot(connection)
    assert before["people_pilot"][1] == 6 and before["dispatch_helprequest"][1] == 8
    assert before["dispatch_assignment"][1] == 3

    call_command("migrate", database=ALIAS, interactive=False, verbosity=0)

    after = snapshot(connection, columns={table: columns for table, (columns, _, _) in before.items()})
    assert {table: rows for table, (_, rows, _) in after.items()} == {
        table: rows for table, (_, rows, _) in before.items()
    }
    assert {t: content for t, (_, _, content) in after.items()} == {
        t: content for t, (_, _, content) in before.items()
    }
    assert all(one.name for one in Identity.objects.using(ALIAS)), "sealed names still open"


def snapshot(connection: psycopg.Connection, columns: dict[str, list[str]] | None = None) -> Snapshot:
    """table -> (columns, rows, digest of those columns)."""
    found: Snapshot = {}
    tables = connection.execute(
        "SELECT table_name, array_agg(column_name::text ORDER BY column_name) FROM information_schema.columns"
        " WHERE table_schema = 'public' GROUP BY table_name"
    ).fetchall()
    for table, own in tables:
        if not table.startswith(OURS) or (columns is not None and table not in columns):
            continue
        compared = [c for c in (columns or {}).get(table, own) if (table, c) not in REWRITTEN]
        row = sql.SQL(", ").join(sql.Identifier(column) for column in compared)
        statement = sql.SQL(
            "SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '')"
            " FROM (SELECT {} FROM {}) AS t"
        ).format(row, sql.Identifier(table))
        rows, content = connection.execute(statement).fetchone() or (0, "")
        found[table] = (compared, rows, content)
    return found


def test_a_migration_that_finds_a_lock_gives_up_soon(monkeypatch) -> None:
    """It must not stand in the queue before everybody else; the entry point tries again."""
    monkeypatch.setenv("LOCK_TIMEOUT_SECONDS", "2")
    assert "lock_timeout=2000ms" in database("postgres://x@/y")["OPTIONS"]["options"]
