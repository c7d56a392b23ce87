"""How are PostgreSQL's own programs called for one of our databases?"""

import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from backend.environment import DATABASE_TLS

INSTALLED = Path("/usr/lib/postgresql")
OWN_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = ANY(%s) AND c.relpersistence = 'p'
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname
"""


class NoProgram(Exception):
    """pg_dump or pg_restore of a fitting version is not installed."""


@dataclass(frozen=True)
class Database:
    """Where a database is and who enters it. The password never stands on a command line."""

    name: str
    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    tls: tuple[tuple[str, str], ...] = ()

    @classmethod
    def configured(cls) -> "Database":
        """The one of the settings."""
        own = settings.DATABASES["default"]
        tls = tuple((name, own["OPTIONS"][name]) for name in DATABASE_TLS if name in own.get("OPTIONS", {}))
        return cls(own["NAME"], own["HOST"], str(own["PORT"]), own["USER"], own["PASSWORD"], tls)

    def called(self, name: str) -> "Database":
        """Another database on the same server."""
        return replace(self, name=name)

    def connect(self, **options: Any) -> "psycopg.Connection[Any]":
        given = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        where: dict[str, Any] = {name: value for name, value in given.items() if value} | dict(self.tls)
        return psycopg.connect(dbname=self.name, **where, **options)

    @property
    def environment(self) -> dict[str, str]:
        """For libpq's programs: ours alone, nothing of PG… that happens to be set."""
        own = {"PGDATABASE": self.name, "PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user}
        own["PGPASSWORD"] = self.password
        own |= {f"PG{name.upper()}": value for name, value in self.tls}
        others = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return others | {name: value for name, value in own.items() if value}

    def is_empty(self) -> bool:
        """No table but those of extensions."""
        with self.connect() as connection:
            return not connection.execute(OWN_TABLES, [["r", "p"]]).fetchall()


def program(name: str, *, server: int) -> str:
    """pg_dump or pg_restore that is not older than the server (a major version)."""
    found = sorted(
        (int(folder.name), str(folder / "bin" / name))
        for folder in (INSTALLED.iterdir() if INSTALLED.is_dir() else ())
        if re.fullmatch(r"\d+", folder.name) and (folder / "bin" / name).exists()
    )
    fitting = [path for version, path in found if version >= server]
    if fitting:
        return fitting[0]
    if not found and (path := shutil.which(name)):
        return path
    raise NoProgram(f"{name} for PostgreSQL {server} is not installed (postgresql-client-{server})")
