"""Is everything the same after backup, loss and restore, and is a backup that is not the same refused?"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from stack.servers import Servers

from backend.operations.backup import kept, new_file, prune, write_backup
from backend.operations.manifest import taken
from backend.operations.postgres import Database
from backend.operations.restore import (
    NotEqual,
    RestoreRefused,
    compare,
    read_manifest,
    restore,
    scratch_beside,
)
from backend.operations.sealing import CannotOpen, new_pair, opened, opener, recipient
from tests.faults.town import ROOT

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("faults")]

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
PUBLIC, PRIVATE = new_pair()


@pytest.fixture(scope="module")
def town(servers: Servers) -> Database:
    """A copy of the filled town, for these tests alone."""
    servers.postgres.query('CREATE DATABASE "saved" TEMPLATE ilos', "postgres")
    return Database(name="saved", host=str(servers.state.sockets), user="ilos")


@pytest.fixture(scope="module")
def backup(town: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with new_file(tmp_path_factory.mktemp("backups"), now=NOW) as (path, out):
        write_backup(out, database=town, to=recipient(PUBLIC), now=NOW)
    return path


@pytest.fixture
def empty(town: Database) -> Iterator[Database]:
    with scratch_beside(town) as scratch:
        yield scratch


def test_backup_destroy_restore_is_the_same_and_sign_in_works(
    servers: Servers, town: Database, backup: Path, empty: Database
) -> None:
    with town.connect() as connection:
        before = taken(connection, made_at="")
    with backup.open("rb") as file:
        manifest = restore(file, database=empty, key=opener(PRIVATE), need_keys=False)
    with empty.connect() as connection:
        after = taken(connection, made_at="")

    assert before.differences(after) == before.differences(manifest) == []
    assert before.rows > 200 and len(before.tables) > 40
    assert before.tables["accounts_user"][0] >= 8
    assert before.key_ids, "the town has sealed names"
    environment = servers.environment(
        DATABASE_URL=servers.postgres.url_of(empty.name), REDIS_URL=servers.redis.url_of(15), PLAIN_STATIC="1"
    )
    done = subprocess.run(
        [sys.executable, "-c", SIGN_IN], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("signed in, and a sealed name opens")


SIGN_IN = """
import re, django
django.setup()
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.test.utils import setup_test_environment
setup_test_environment()
from backend.people.models import Identity
client = Client()
client.post(reverse("account_request_login_code"), {"email": "rita@rita.example"})
code = re.search(r"^\\s*([A-Z0-9-]{6,})\\s*$", mail.outbox[0].body, re.M).group(1)
answer = client.post(reverse("account_confirm_login_code"), {"code": code})
assert answer.status_code == 302, answer.content
assert "_auth_user_id" in client.session
assert any(one.name for one in Identity.objects.all())
print("signed in, and a sealed name opens")
"""


def test_the_file_tells_nobody_anything(backup: Path) -> None:
    raw = backup.read_bytes()
    for word in (b"kaya", b"accounts_user", b"CREATE TABLE", b"PGDMP"):
        assert word not in raw
    assert backup.stat().st_mode & 0o077 == 0


def test_a_file_that_was_damaged_restores_nothing(backup: Path, empty: Database, tmp_path: Path) -> None:
    raw = bytearray(backup.read_bytes())
    raw[-20] ^= 1
    damaged = tmp_path / "damaged"
    damaged.write_bytes(raw)
    with damaged.open("rb") as file, pytest.raises(CannotOpen):
        restore(file, database=empty, key=opener(PRIVATE), need_keys=False)
    assert empty.is_empty()


def test_a_database_with_content_is_left_alone(backup: Path, town: Database) -> None:
    with town.connect() as connection:
        before = taken(connection, made_at="")
    with backup.open("rb") as file, pytest.raises(RestoreRefused, match="not empty"):
        restore(file, database=town, key=opener(PRIVATE), need_keys=False)
    with town.connect() as connection:
        assert before.differences(taken(connection, made_at="")) == []


def test_without_the_vault_keys_it_says_so(backup: Path, empty: Database, settings, tmp_path: Path) -> None:
    ring = tmp_path / "keys"
    ring.write_text("other:" + "A" * 43 + "=")
    settings.VAULT_KEYS_FILE = str(ring)
    with backup.open("rb") as file, pytest.raises(RestoreRefused, match="the keyring lacks"):
        restore(file, database=empty, key=opener(PRIVATE))
    assert empty.is_empty()


def test_a_backup_of_a_newer_version_is_refused(backup: Path, empty: Database, monkeypatch) -> None:
    from django.db.migrations.loader import MigrationLoader

    known = MigrationLoader(None).disk_migrations
    older = {key: value for key, value in known.items() if key != ("notifications", "0002_heartbeat")}
    monkeypatch.setattr(
        "backend.operations.restore.MigrationLoader", lambda _: type("Loader", (), {"disk_migrations": older})
    )
    with backup.open("rb") as file, pytest.raises(RestoreRefused, match="newer version"):
        restore(file, database=empty, key=opener(PRIVATE), need_keys=False)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "DELETE FROM people_languageskill WHERE ctid IN (SELECT ctid FROM people_languageskill LIMIT 1)",
            "rows instead",
        ),
        (
            "UPDATE accounts_user SET language = 'fr' WHERE email LIKE 'kaya%'",
            "accounts_user has other content",
        ),
        (
            "UPDATE people_place SET point = ST_Translate(point, 0.0000001, 0)",
            "people_place has other content",
        ),
        ("CREATE TABLE stranger (id int)", "stranger is new"),
        ("DELETE FROM django_migrations WHERE name = '0002_heartbeat'", "other migrations"),
    ],
)
def test_whatever_is_not_the_same_is_found(
    servers: Servers, town: Database, backup: Path, statement, said
) -> None:
    """A copy in which one thing is different, down to a tenth of a micrometre."""
    servers.postgres.query("DROP DATABASE IF EXISTS altered", "postgres")
    servers.postgres.query('CREATE DATABASE altered TEMPLATE "saved"', "postgres")
    altered = town.called("altered")
    with altered.connect() as connection:
        connection.execute(statement)
    with backup.open("rb") as file:
        manifest = read_manifest(opened(file, opener(PRIVATE)))
    with pytest.raises(NotEqual, match=said):
        compare(manifest, altered)


def test_a_backup_is_of_one_moment_though_people_go_on(town: Database, tmp_path: Path, monkeypatch) -> None:
    """Somebody writes after the counting and before the dump: it is in neither."""
    from backend.operations import backup as module

    own = taken

    def counted_then_changed(connection, *, made_at):
        manifest = own(connection, made_at=made_at)
        with town.connect() as other:
            other.execute("UPDATE accounts_user SET language = 'tr' WHERE email LIKE 'rita%'")
        return manifest

    monkeypatch.setattr(module, "taken", counted_then_changed)
    with new_file(tmp_path, now=NOW) as (path, out):
        write_backup(out, database=town, to=recipient(PUBLIC), now=NOW)
    with scratch_beside(town) as scratch, path.open("rb") as file:
        restore(file, database=scratch, key=opener(PRIVATE), need_keys=False)


def test_a_dump_that_breaks_off_leaves_no_file(town: Database, tmp_path: Path) -> None:
    gone = replace(town, name="nowhere")
    with pytest.raises(psycopg.OperationalError), new_file(tmp_path, now=NOW) as (_path, out):
        write_backup(out, database=gone, to=recipient(PUBLIC), now=NOW)
    assert os.listdir(tmp_path) == []


def test_only_the_latest_are_kept_and_strangers_left_alone(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"ilos-202611{day:02}T020000Z.backup").touch()
    (tmp_path / "letter.txt").touch()
    assert [path.name for path in prune(tmp_path, keep=2)] == [
        f"ilos-202611{day:02}T020000Z.backup" for day in (3, 2, 1)
    ]
    assert len(kept(tmp_path)) == 2 and (tmp_path / "letter.txt").exists()
