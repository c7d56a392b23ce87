"""Does the doctor see what is wrong, and say what to do?"""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.journal import batches
from backend.journal.models import Event
from backend.operations.diagnosis import PARTS, Mark, diagnosis
from notifications import outbox, pulse
from notifications.models import Delivery
from tests import factories as make


def marks(part: str) -> dict[str, Mark]:
    return {one.what: one.mark for one in diagnosis(now=timezone.now(), parts=[part])}


def test_all_parts_are_looked_at_and_whatever_is_wrong_says_what_to_do(db) -> None:
    found = diagnosis(now=timezone.now())
    assert [*dict.fromkeys(one.part for one in found)] == [
        "Configuration", "Database", "Vault keys", "Messages", "Queue", "Work of the night", "Backups",
    ]  # fmt: skip
    assert all(one.do for one in found if one.mark is Mark.WRONG)


def test_messages_that_do_not_flow(cast) -> None:
    now = timezone.now()
    pulse.beat("worker", at=now)
    assert marks("Messages") == {"messages flow": Mark.WELL}
    make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=now)
    Delivery.objects.update(due_at=now - timedelta(seconds=500))
    Event.objects.filter(pk=Event.objects.latest("pk").pk).update(processed_at=None, failed_at=now)
    pulse.beat("worker", at=now - timedelta(seconds=600))
    said = "\n".join(marks("Messages"))
    assert "a message has waited for 5" in said
    assert "no sign of life of worker or relay for 6" in said
    assert "1 events are set aside" in said


def test_a_key_that_the_data_needs_and_nobody_has(cast, settings, tmp_path) -> None:
    assert cast.ana
    other = tmp_path / "keys"
    other.write_text("k9:" + "A" * 43 + "=")
    assert any(mark is Mark.WELL for mark in marks("Vault keys").values())
    settings.VAULT_KEYS_FILE = str(other)
    (lacking,) = [what for what, mark in marks("Vault keys").items() if mark is Mark.WRONG]
    assert lacking.startswith("the keyring lacks ")


def test_work_of_the_night_that_is_overdue(db) -> None:
    now = timezone.now()
    assert marks("Work of the night")["backup: never yet"] is Mark.NOTE
    batches.succeeded("backup", at=now - timedelta(hours=30))
    batches.succeeded("training", at=now)
    told = marks("Work of the night")
    assert [mark for what, mark in told.items() if what.startswith("backup")] == [Mark.WRONG]
    assert [mark for what, mark in told.items() if what.startswith("training")] == [Mark.WELL]


def test_redis_away_is_one_finding_and_no_end(db, settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert list(marks("Queue").values()) == [Mark.WRONG]


def test_backups_of_the_folder(db, settings, tmp_path) -> None:
    settings.BACKUP_DIR = str(tmp_path)
    assert list(marks("Backups").values()) == [Mark.WRONG]
    (tmp_path / "ilos-20261127T020000Z.backup").write_bytes(b"x" * 2_000_000)
    (what,) = marks("Backups")
    assert "1 backups" in what and "2.0 MB" in what


def test_the_command_ends_with_1_when_something_is_wrong(db, capsys, monkeypatch) -> None:
    monkeypatch.delitem(PARTS, "Configuration")
    with pytest.raises(CommandError, match="wrong"):
        call_command("doctor")
    out = capsys.readouterr().out
    assert "✗ no sign of life" in out and "→ start worker and beat" in out


def test_quiet_leaves_out_what_is_well(db, capsys, monkeypatch) -> None:
    monkeypatch.delitem(PARTS, "Configuration")  # takes a second
    with pytest.raises(CommandError):
        call_command("doctor", "--quiet")
    assert "✓" not in capsys.readouterr().out
