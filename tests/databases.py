"""How do tests get databases quickly? Migrating takes twenty seconds, copying what is migrated a moment."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql
from stack.stamps import fingerprint

ROOT = Path(__file__).resolve().parents[1]
MIGRATED = "ilos_migrated_template"


def migrated_template() -> str:
    """The name of a database with our tables, to be copied. Whoever comes first makes it; the others wait."""
    lock = Path(os.environ["STATIC_ROOT"]).parent / "migrated.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        version = fingerprint(ROOT.glob("*/**/migrations/*.py"))
        if note_on(MIGRATED) != version:
            drop(MIGRATED)
            execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(MIGRATED)))
            migrating = subprocess.run(
                [sys.executable, "manage.py", "migrate", "--noinput", "-v0"],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": url_of(MIGRATED), "PYTHONWARNINGS": "ignore"},
                capture_output=True,
                text=True,
            )
            assert migrating.returncode == 0, migrating.stderr[-3000:]
            note(MIGRATED, version)
    return MIGRATED


def url_of(database: str) -> str:
    """The address of another database on the server that DATABASE_URL names."""
    head, options = os.environ["DATABASE_URL"].split("?", 1)
    return f"{head.rsplit('/', 1)[0]}/{database}?{options}"


def copy(template: str, database: str) -> None:
    """A new database with everything that stands in the template, in place of one of that name."""
    drop(database)
    names = (sql.Identifier(database), sql.Identifier(template))
    execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def drop(database: str) -> None:
    """Drop it, whoever is connected."""
    execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def note(database: str, text: str) -> None:
    """Write down what the database was made of."""
    execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(database), sql.Literal(text)))


def note_on(database: str) -> str:
    """What was noted; empty where there is no such database."""
    asked = sql.SQL("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = {}")
    rows = execute(asked.format(sql.Literal(database)))
    return (rows[0][0] or "") if rows else ""


def execute(statement: sql.Composed) -> list[tuple]:
    """Run it beside the database of the tests; its rows."""
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []
