"""Is a wrong setting said with its id, and is the right one of the compose file left alone?"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import checks as django_checks
from django.db import connection
from django.test import override_settings

from backend.operations import database_rules, setup_rules
from backend.operations.checks import DATABASE, RULES, findings
from backend.operations.sealing import new_pair

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = {
    "BASE_URL": "https://ilos.stadt.example",
    "ALLOWED_HOSTS": ["ilos.stadt.example"],
    "SECURE": True,
    "DEBUG": False,
    "SECRET_KEY": "rJ3v9Kq2xT7mZp0sWd5yLb8nHc1gFa4uEo6iQwXtRzVkMjNhBf-S",
    "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    "EMAIL_HOST": "mail.stadt.example",
    "EMAIL_USE_TLS": True,
    "EMAIL_USE_SSL": False,
    "DEFAULT_FROM_EMAIL": "ILOS <ilos@stadt.example>",
    "DELIVERY_LEASE_SECONDS": 60,
    "MAILBOX_DIR": "",
    "METRICS_TOKEN": "m" * 32,
    "BACKUP_RECIPIENT": new_pair()[0],
    "PUSH_ALLOW_LOCAL": False,
    "GEOCODER": "gazetteer",
    "VAPID_PRIVATE_KEY": "",
}
OF_SETTINGS = [rule for rule in RULES if rule.when != DATABASE]
# Depend on what the tests' own environment has built.
OF_THE_BUILD = {"ilos.W003", "ilos.W017", "ilos.W018"}


def ids(rules=OF_SETTINGS, **changed) -> set[str]:
    with override_settings(**{**PUBLIC, **changed}):
        return {message.id for message in findings(rules)} - OF_THE_BUILD


def test_a_good_installation_passes() -> None:
    assert ids() == set()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"SECRET_KEY": "short"}, "ilos.E001"),
        ({"SECRET_KEY": "ab" * 40}, "ilos.E001"),
        ({"VAULT_KEYS_FILE": "/nowhere/keys"}, "ilos.E002"),
        ({"SECURE": False}, "ilos.E004"),
        ({"BASE_URL": "ftp://ilos.stadt.example"}, "ilos.E005"),
        ({"BASE_URL": "https://ilos.stadt.example/ilos"}, "ilos.E005"),
        ({"BASE_URL": "http://ilos.stadt.example"}, "ilos.E006"),
        ({"ALLOWED_HOSTS": ["*"]}, "ilos.E007"),
        ({"ALLOWED_HOSTS": ["other.example"]}, "ilos.E007"),
        ({"ALLAUTH_TRUSTED_PROXY_COUNT": 0}, "ilos.W008"),
        ({"DEBUG": True}, "ilos.E009"),
        ({"MAILBOX_DIR": "/srv/mailbox"}, "ilos.E010"),
        ({"PUSH_ALLOW_LOCAL": True}, "ilos.E011"),
        ({"EMAIL_HOST": "localhost"}, "ilos.W012"),
        ({"EMAIL_HOST": "mailcatcher"}, "ilos.W012"),
        ({"EMAIL_USE_TLS": False}, "ilos.E013"),
        ({"DEFAULT_FROM_EMAIL": "ILOS <ilos@localhost>"}, "ilos.W014"),
        ({"DELIVERY_LEASE_SECONDS": 10}, "ilos.E015"),
        ({"GEOCODER": "nominatim", "GEOCODER_URL": ""}, "ilos.E016"),
        ({"GEOCODER": "photon", "GEOCODER_URL": "https://me:secret@geo.example"}, "ilos.E016"),
        ({"METRICS_TOKEN": "short"}, "ilos.E019"),
        ({"VAPID_PRIVATE_KEY": "no key"}, "ilos.E020"),
        ({"BACKUP_RECIPIENT": ""}, "ilos.W021"),
        ({"EMAIL_WHOLE_SECONDS": 60}, "ilos.E015"),
        ({"SMS_GATEWAY": "/nowhere.json"}, "ilos.E022"),
        ({"SMS_GATEWAY": "seven", "SMS_KEY": ""}, "ilos.E022"),
        ({"SMS_WEBHOOK_SECRET": "short"}, "ilos.E023"),
        ({"BOUNCE_MAILBOX": "imaps://host"}, "ilos.E024"),
        ({"BOUNCE_ADDRESS": "nobody"}, "ilos.E024"),
        ({"BACKUP_RECIPIENT": new_pair()[1]}, "ilos.W021"),
    ],
)
def test_a_wrong_setting_is_said(changed, expected) -> None:
    assert ids(**changed) == {expected}


def test_a_local_stack_may_be_plain() -> None:
    local = {
        "BASE_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": ["localhost"],
        "SECURE": False,
        "EMAIL_HOST": "localhost",
        "EMAIL_USE_TLS": False,
        "DEFAULT_FROM_EMAIL": "ILOS <ilos@localhost>",
        "ALLAUTH_TRUSTED_PROXY_COUNT": 0,
        "MAILBOX_DIR": "/srv/mailbox",
        "BACKUP_RECIPIENT": "",
    }
    assert ids(**local) == set()


def test_a_keyring_open_to_others_is_seen(tmp_path, settings) -> None:
    """In a folder that everybody may enter; pytest's own are closed, so the folders above are opened in thought."""
    ring = tmp_path / "keys"
    ring.write_text("k1:")
    settings.VAULT_KEYS_FILE = str(ring)
    ring.chmod(0o644)
    assert setup_rules.vault_keys_private() is None, "a closed folder above keeps others out"
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o001)
    try:
        assert "can be read by other users" in (setup_rules.vault_keys_private() or "")
        ring.chmod(0o600)
        assert setup_rules.vault_keys_private() is None
    finally:
        tmp_path.parent.chmod(0o700)


# --- the database


@pytest.mark.django_db
def test_the_database_of_the_tests_has_what_it_needs() -> None:
    found = {message.id for message in findings([rule for rule in RULES if rule.when == DATABASE])}
    assert found <= {"ilos.W031"}, "the tests are the owner"


@pytest.mark.django_db
def test_a_lost_trigger_is_seen() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'journal_event'::regclass AND NOT tgisinternal"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}" ON journal_event')
    assert "journal_event" in (database_rules.append_only() or "")


@pytest.mark.django_db
def test_the_owner_is_told_from_the_service() -> None:
    with connection.cursor() as cursor:
        assert database_rules.app_role()
        cursor.execute("CREATE ROLE ilos_checked NOLOGIN; GRANT USAGE ON SCHEMA public TO ilos_checked")
        cursor.execute("SET LOCAL ROLE ilos_checked")
        assert database_rules.app_role() is None


def test_an_office_in_no_known_zone_is_seen(cast) -> None:
    assert database_rules.office_zones() is None
    type(cast.osnabrueck).objects.filter(pk=cast.osnabrueck.pk).update(time_zone="Europe/Osnabrueck")
    assert "Europe/Osnabrueck" in (database_rules.office_zones() or "")


@pytest.mark.django_db
def test_a_full_disk_is_seen(settings, tmp_path, monkeypatch) -> None:
    settings.BACKUP_DIR = str(tmp_path)
    assert database_rules.room_for_backups() is None
    monkeypatch.setattr(database_rules.shutil, "disk_usage", lambda _: type("Disk", (), {"free": 10**6})())
    assert "1 MB are free" in (database_rules.room_for_backups() or "")
    settings.BACKUP_DIR = str(tmp_path / "gone")
    assert "no folder" in (database_rules.room_for_backups() or "")


# --- ids


def test_ids_are_unique_and_every_rule_says_what_to_do() -> None:
    numbers = [rule.number for rule in RULES]
    assert len(numbers) == len(set(numbers))
    assert all(rule.do and rule.about for rule in RULES)
    assert {rule.id for rule in RULES} >= {"ilos.E001", "ilos.W035"}


def test_django_runs_them() -> None:
    with override_settings(**{**PUBLIC, "SECRET_KEY": "short"}):
        told = {message.id for message in django_checks.run_checks(include_deployment_checks=True)}
    assert "ilos.E001" in told


# --- the compose file's own settings, as the container sees them


def compose_environment() -> dict[str, str]:
    """What compose.yaml sets for the app, with an .env as docs/operations.md asks for."""
    dotenv = {
        "BASE_URL": "https://ilos.stadt.example",
        "ALLOWED_HOSTS": "ilos.stadt.example",
        "TRUSTED_PROXY_COUNT": "1",
        "EMAIL_HOST": "mail.stadt.example",
        "EMAIL_PORT": "587",
        "EMAIL_USE_TLS": "1",
        "DEFAULT_FROM_EMAIL": "ILOS <ilos@stadt.example>",
        "BACKUP_RECIPIENT": PUBLIC["BACKUP_RECIPIENT"],
    }
    text = (ROOT / "compose.yaml").read_text()
    block = text.split("environment: &environment\n")[1].split("\n\n")[0]
    told = dict(re.findall(r"^    (\w+): (.*)$", block, re.MULTILINE))
    return {
        name: re.sub(r"\$\{(\w+):-([^}]*)\}", lambda match: dotenv.get(match[1], match[2]), value).strip('"')
        for name, value in told.items()
    }


def test_deploy_check_is_clean_in_the_compose_configuration(tmp_path) -> None:
    """A process of its own: settings are read once. Secrets are drawn as bin/make-secrets draws them."""
    checkout = tmp_path / "checkout"
    (checkout / "bin").mkdir(parents=True)
    script = checkout / "bin" / "make-secrets"
    script.write_text((ROOT / "bin" / "make-secrets").read_text())
    subprocess.run(["bash", str(script)], check=True, capture_output=True)
    secrets = checkout / "secrets"
    told = {
        name: value.replace("/run/secrets", str(secrets)) for name, value in compose_environment().items()
    }
    assert told["BASE_URL"] == "https://ilos.stadt.example"
    static = tmp_path / "static"
    static.mkdir()
    (static / "staticfiles.json").write_text("{}")
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "backend.settings",
        "SECURE": "1",  # the entrypoint's, for https
        "STATIC_ROOT": str(static),  # the image's
        **told,
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
