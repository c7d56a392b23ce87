"""How does a sealed file become a database again, and how do we know that it is the same?"""

import json
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from backend.encryption import keyring
from backend.operations.manifest import Manifest, taken
from backend.operations.postgres import Database, program
from backend.operations.sealing import DUMP, MANIFEST, CannotOpen, opened


class RestoreRefused(Exception):
    """Nothing was changed; the text says why."""


class NotEqual(Exception):
    """What was restored is not what was saved."""

    def __init__(self, differences: list[str]) -> None:
        super().__init__("; ".join(differences))
        self.differences = differences


def read_manifest(frames: Iterator[tuple[bytes, bytes]]) -> Manifest:
    """The first frame says what will come."""
    kind, content = next(frames, (b"", b""))
    if kind != MANIFEST:
        raise CannotOpen("the file begins with no manifest")
    return Manifest.of(json.loads(content))


def check_fits(manifest: Manifest, *, need_keys: bool = True) -> None:
    """Refuse what this program could not work with: unknown migrations, missing vault keys."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if strangers := sorted(set(manifest.migrations) - known):
        raise RestoreRefused(
            f"the backup is of a newer version ({strangers[-1]} is unknown here): upgrade first"
        )
    missing = set(manifest.key_ids) - set(keyring.__wrapped__(settings.VAULT_KEYS_FILE))
    if need_keys and missing:
        raise RestoreRefused(
            f"the keyring lacks {', '.join(sorted(missing))}: names and addresses could not be opened"
        )


def restore(
    source: IO[bytes], *, database: Database, key: X25519PrivateKey, need_keys: bool = True
) -> Manifest:
    """Fill the empty database, whole or not at all, and compare; its manifest. RestoreRefused, CannotOpen, NotEqual."""
    frames = opened(source, key)
    manifest = read_manifest(frames)
    check_fits(manifest, need_keys=need_keys)
    if not database.is_empty():
        raise RestoreRefused(f"database {database.name} is not empty")
    _pour(frames, database, server=_version(database))
    with database.connect(autocommit=True) as connection:
        connection.execute("ANALYZE")
    compare(manifest, database)
    return manifest


def compare(manifest: Manifest, database: Database) -> None:
    """NotEqual unless the database holds exactly what the manifest says."""
    with database.connect() as connection:
        found = taken(connection, made_at=manifest.made_at)
    if differences := manifest.differences(found):
        raise NotEqual(differences)


@contextmanager
def scratch_beside(database: Database) -> Iterator[Database]:
    """An empty database on the same server, gone afterwards."""
    scratch = database.called(f"{database.name}_check_{secrets.token_hex(4)}")
    with database.connect(autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(scratch.name))
        )
    try:
        yield scratch
    finally:
        with database.connect(autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(scratch.name))
            )


def _pour(frames: Iterator[tuple[bytes, bytes]], database: Database, *, server: int) -> None:
    """Feed the dump to pg_restore as it is opened. A broken file ends it before anything is committed."""
    command = [
        program("pg_restore", server=server),
        *("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--no-comments"),
        f"--dbname={database.name}",
    ]
    with subprocess.Popen(  # noqa: S603 - our own words, no shell
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=database.environment
    ) as program_run:
        assert program_run.stdin and program_run.stderr
        try:
            held = b""  # the last part goes in only when the end of the file has been seen
            for kind, content in frames:
                if kind == DUMP:
                    program_run.stdin.write(held)
                    held = content
            program_run.stdin.write(held)
            program_run.stdin.close()
        except BrokenPipeError:
            pass  # it says below why it left
        except BaseException:
            program_run.kill()  # before it could commit: the server rolls back
            raise
        complaint = program_run.stderr.read().decode(errors="replace")
    if program_run.returncode != 0:
        raise RestoreRefused(f"pg_restore: {_first_line(complaint)}")


def _first_line(complaint: str) -> str:
    """What went wrong, without the rows that psql and its kin like to quote."""
    return next((line for line in complaint.splitlines() if "ERROR" in line or "error" in line), "failed")


def _version(database: Database) -> int:
    with database.connect() as connection:
        return connection.info.server_version // 10000
