"""What is in a database, so exactly that two of them can be compared without holding both?

Per table the number of rows and two 64-bit sums over hashes of whole rows: the order of rows does not matter, every
value does. Beside it: the migrations applied, the sequences, and the ids of the vault keys that its values need.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.apps import apps
from psycopg import Connection, sql

from backend.encryption import EncryptedTextField
from backend.operations.postgres import OWN_TABLES

FORMAT = 1
# Text forms of values must not depend on who asks.
PLAINLY = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';"
    " SET bytea_output = 'hex'; SET extra_float_digits = 1"
)
NOT_INSIDE = ("vault keys", "erasure ledger", "secrets of the installation", "private key of the backups")


@dataclass(frozen=True)
class Manifest:
    made_at: str
    server_version: int
    migrations: list[str]
    tables: dict[str, tuple[int, str]]
    sequences: dict[str, str] = field(default_factory=dict)
    key_ids: list[str] = field(default_factory=list)
    format: int = FORMAT
    not_inside: list[str] = field(default_factory=lambda: list(NOT_INSIDE))

    @property
    def rows(self) -> int:
        return sum(number for number, _ in self.tables.values())

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Manifest":
        """From what as_dict gave; ValueError for a form that we do not know."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"a backup of format {stored.get('format')} cannot be read by this version")
        tables = {name: (int(rows), str(checksum)) for name, (rows, checksum) in stored["tables"].items()}
        return cls(**{**stored, "tables": tables})

    def differences(self, other: "Manifest") -> list[str]:
        """Each table or sequence that is not the same there; empty: equal content."""
        found = []
        for name in sorted({*self.tables, *other.tables}):
            mine, theirs = self.tables.get(name), other.tables.get(name)
            if mine is None or theirs is None:
                found.append(f"table {name} is {'missing' if theirs is None else 'new'}")
            elif mine[0] != theirs[0]:
                found.append(f"table {name} has {theirs[0]} rows instead of {mine[0]}")
            elif mine[1] != theirs[1]:
                found.append(f"table {name} has other content in its {mine[0]} rows")
        for name in sorted({*self.sequences, *other.sequences}):
            if self.sequences.get(name) != other.sequences.get(name):
                found.append(f"sequence {name} stands elsewhere")
        if self.migrations != other.migrations:
            found.append("other migrations are applied")
        return found


def taken(connection: "Connection[Any]", *, made_at: str) -> Manifest:
    """Look at everything; within one snapshot when the caller's transaction is REPEATABLE READ."""
    for statement in PLAINLY.split("; "):
        connection.execute(statement)
    tables = _names(connection, "r", "p")
    present = set(tables)
    migrations = (
        connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        if "django_migrations" in present
        else []
    )
    return Manifest(
        made_at=made_at,
        server_version=connection.info.server_version // 10000,
        migrations=[f"{app}.{name}" for app, name in migrations],
        tables={name: _checksum(connection, name) for name in tables},
        sequences={name: _position(connection, name) for name in _names(connection, "S")},
        key_ids=key_ids(connection, present),
    )


def key_ids(connection: "Connection[Any]", tables: Iterable[str]) -> list[str]:
    """Which vault keys the sealed values of these tables need."""
    found: set[str] = set()
    for table, value in sealed_values():
        if table in tables:
            statement = sql.SQL("SELECT DISTINCT split_part({0}, ':', 2) FROM {1} WHERE {0} <> ''")
            rows = connection.execute(statement.format(value, sql.Identifier(table)))
            found |= {key for (key,) in rows}
    return sorted(found)


def sealed_values() -> list[tuple[str, sql.Composable]]:
    """(table, how to read them) of every encrypted field, and of the secrets of the apps by which people sign in."""
    columns = sorted(
        (model._meta.db_table, str(one.column))
        for model in apps.get_models()
        for one in model._meta.local_fields
        if isinstance(one, EncryptedTextField)
    )
    found: list[tuple[str, sql.Composable]] = [(table, sql.Identifier(column)) for table, column in columns]
    return [*found, ("mfa_authenticator", sql.SQL("data->>'secret'"))]


def _names(connection: "Connection[Any]", *kinds: str) -> list[str]:
    return [name for (name,) in connection.execute(OWN_TABLES, [list(kinds)])]


def _checksum(connection: "Connection[Any]", table: str) -> tuple[int, str]:
    statement = sql.SQL(
        "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text,"
        " coalesce(sum(hashtextextended(t::text, 4711)), 0)::text FROM ONLY {} AS t"
    ).format(sql.Identifier(table))
    rows, first, second = connection.execute(statement).fetchone()  # type: ignore[misc]
    return int(rows), f"{first}/{second}"


def _position(connection: "Connection[Any]", sequence: str) -> str:
    statement = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(sequence))
    value, called = connection.execute(statement).fetchone()  # type: ignore[misc]
    return f"{value}{'+' if called else ''}"
