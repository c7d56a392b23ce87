"""Everywhere that something of a person could have stayed, as bytes by the name of the place."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.contrib.sessions.models import Session as FormerSession

from backend.accounts.models import Session
from backend.encryption import EncryptedTextField
from backend.operations.postgres import Database, program
from backend.web.sessions import SessionStore
from tests.redis_content import redis_content

SERVER = 1500  # any pg_dump that is installed and not older


def everywhere(database: Database, folders: list[Path]) -> dict[str, bytes]:
    """The whole dump, what it holds sealed or packed (opened with the keys of the service), Redis, and every file."""
    return {
        "dump": dump(database),
        **dict(opened_values()),
        "sessions, opened": opened_sessions(),
        "Redis": redis_content(),
        **dict(files(folders)),
    }


def dump(database: Database) -> bytes:
    """What pg_dump writes, as text."""
    with database.connect() as connection:
        server = connection.info.server_version // 10000
    done = subprocess.run(
        [program("pg_dump", server=server), "--no-owner"],
        env=database.environment, capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout


def opened_values() -> Iterator[tuple[str, bytes]]:
    """Each encrypted field, opened: whoever has the keys must find nothing either."""
    for model in apps.get_models():
        for one in model._meta.local_fields:
            if isinstance(one, EncryptedTextField):
                values = (getattr(row, one.name) for row in model._default_manager.order_by("pk"))
                yield f"sealed {model._meta.label}.{one.name}", "\n".join(values).encode()


def opened_sessions() -> bytes:
    """Signed and packed only: anybody can open them."""
    store = SessionStore()
    contents = [store.decode(data) for data in Session.objects.values_list("data", flat=True)]
    contents += [row.get_decoded() for row in FormerSession.objects.all()]
    return "\n".join(map(repr, contents)).encode()


def files(folders: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Each file: mail store, logs of product and servers, Redis' own log of commands, backups, ledger, secrets.

    The database server's own files are left to the dump: deleted rows lie there until PostgreSQL needs the room.
    """
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not re.search(r"/postgres/", str(path)):
                yield f"file {path.relative_to(folder)}", path.read_bytes()


def kind_of(place: str) -> str:
    """`file mail/0192.eml` is of the kind `mail`."""
    if not place.startswith("file "):
        return place.partition(" ")[0]
    parts = place.removeprefix("file ").split(os.sep)
    return "mail" if parts[-1].endswith(".eml") else "log" if parts[-1].endswith(".log") else "file"
