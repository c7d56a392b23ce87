"""Do the migrations say what the models say, and does each name what it does?"""

import re
from pathlib import PurePosixPath

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.loader import MigrationLoader

from tests.architecture.source_tree import PRODUCT, sources

NAMED = re.compile(r"^\d{4}_[a-z][a-z0-9_]*$")
AUTOMATIC = re.compile(r"_auto_\d{8}_\d{4}|_and_more$|_[0-9a-f]{8}$")


def is_named(name: str) -> bool:
    """Whether a person chose the name: Django's own end in a date, in `and_more` or in a hash."""
    return bool(NAMED.match(name)) and not AUTOMATIC.search(name)


def our_migrations() -> list[str]:
    return [
        PurePosixPath(source.path).stem
        for source in sources(*PRODUCT)
        if source.is_migration and source.name != "__init__.py"
    ]


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", "--check", "--dry-run", "--verbosity", "1")
    except (SystemExit, CommandError):
        pytest.fail(f"models have changed without a migration:\n{capsys.readouterr().out}")


def test_every_migration_is_named() -> None:
    names = our_migrations()

    assert len(names) >= 5
    assert [name for name in names if not is_named(name)] == []


def test_migrations_are_linear() -> None:
    assert MigrationLoader(None).detect_conflicts() == {}


@pytest.mark.parametrize(
    "name", ["0002_auto_20261103_1200", "0002_pilot_email_and_more", "0003_alter_9f8e7d6c"]
)
def test_a_sown_name_is_caught(name: str) -> None:
    assert not is_named(name)
