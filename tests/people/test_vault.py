"""Is what names a person unreadable without the key, bound to its row, and never opened without a trace?"""

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, transaction

from backend.accounts.models import User
from backend.encryption import CannotDecrypt, keyring
from backend.errors import NotPermitted
from backend.journal.models import AccessLog
from backend.people.models import Identity, Pilot, PilotOffice
from backend.people.queries import Revealed, reveal, reveal_names, reveal_to_counterpart
from tests import factories as make
from tests.asserting import refused
from tests.conftest import Cast
from tests.factories import NOW

Keyring = Callable[..., None]


def key(number: int) -> str:
    return base64.b64encode(bytes([number]) * 32).decode()


@pytest.fixture
def use_keys(settings: Any, tmp_path: Path) -> Keyring:
    """Put another keyring in place; lines as in the file."""

    def use(*lines: str) -> None:
        path = tmp_path / os.urandom(4).hex()
        path.write_text("\n".join(lines))
        settings.VAULT_KEYS_FILE = str(path)

    return use


def raw(pk: object, column: str = "name") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM people_identity WHERE id = %s", [pk])
        (value,) = cursor.fetchone()
        return str(value)


def write_raw(pk: object, value: str, column: str = "name") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE people_identity SET {column} = %s WHERE id = %s", [value, pk])


@pytest.fixture
def identity(db: None, use_keys: Keyring) -> Identity:
    use_keys(f"k1:{key(1)}")
    return Identity.objects.create(name="Ana Öztürk", phone="+49541777", created_at=NOW)


class TestCiphertext:
    def test_the_row_holds_no_word_of_it(self, identity: Identity) -> None:
        stored = raw(identity.pk)
        assert stored.startswith("v1:k1:")
        assert "Ana" not in stored
        assert "Ana" not in base64.b64decode(stored.rsplit(":", 1)[1]).decode("latin-1")
        assert raw(identity.pk, "street") == ""

    def test_it_opens_for_whoever_has_the_key(self, identity: Identity) -> None:
        again = Identity.objects.get(pk=identity.pk)
        assert (again.name, again.phone, again.street) == ("Ana Öztürk", "+49541777", "")

    def test_equal_names_do_not_look_equal(self, identity: Identity) -> None:
        twin = Identity.objects.create(name="Ana Öztürk", created_at=NOW)
        assert raw(twin.pk) != raw(identity.pk)

    def test_saving_again_keeps_what_was_not_changed(self, identity: Identity) -> None:
        before = raw(identity.pk)
        again = Identity.objects.get(pk=identity.pk)
        again.phone = "+49541999"
        again.save()
        assert raw(identity.pk) == before
        assert Identity.objects.get(pk=identity.pk).phone == "+49541999"

    def test_a_deferred_value_is_fetched_and_not_taken_for_empty(self, identity: Identity) -> None:
        assert Identity.objects.defer("name").get(pk=identity.pk).name == "Ana Öztürk"

    @pytest.mark.parametrize(
        ("query", "error"),
        [
            (lambda: list(Identity.objects.filter(name="Ana Öztürk")), ValueError),
            (lambda: list(Identity.objects.filter(name__startswith="Ana")), FieldError),
            (lambda: list(Identity.objects.filter(name__regex="a")), FieldError),
            (lambda: Identity.objects.update(name="in clear"), ValueError),
            (lambda: Identity.objects.bulk_update(Identity.objects.all(), ["name"]), ValueError),
        ],
    )
    def test_it_cannot_be_compared_or_written_past_the_cipher(
        self, identity: Identity, query: Callable[[], object], error: type[Exception]
    ) -> None:
        before = raw(identity.pk)
        with pytest.raises(error), transaction.atomic():
            query()
        assert raw(identity.pk) == before


class TestFailingClosed:
    def test_the_wrong_key(self, identity: Identity, use_keys: Keyring) -> None:
        use_keys(f"k1:{key(2)}")
        with pytest.raises(CannotDecrypt) as caught:
            _ = Identity.objects.get(pk=identity.pk).name
        assert "v1:" not in str(caught.value)

    def test_an_unknown_key(self, identity: Identity, use_keys: Keyring) -> None:
        use_keys(f"k2:{key(1)}")
        with pytest.raises(CannotDecrypt):
            _ = Identity.objects.get(pk=identity.pk).name

    def test_an_older_key_still_opens_and_the_newest_writes(
        self, identity: Identity, use_keys: Keyring
    ) -> None:
        use_keys(f"k2:{key(2)}", f"k1:{key(1)}")
        again = Identity.objects.get(pk=identity.pk)
        assert again.name == "Ana Öztürk"
        again.name = "Ana Neu"
        again.save()
        assert raw(identity.pk).startswith("v1:k2:")

    def test_a_value_moved_to_another_row(self, identity: Identity) -> None:
        other = Identity.objects.create(name="Ben", created_at=NOW)
        write_raw(other.pk, raw(identity.pk))
        with pytest.raises(CannotDecrypt):
            _ = Identity.objects.get(pk=other.pk).name

    def test_a_value_moved_to_another_column(self, identity: Identity) -> None:
        write_raw(identity.pk, raw(identity.pk, "name"), "street")
        with pytest.raises(CannotDecrypt):
            _ = Identity.objects.get(pk=identity.pk).street

    def test_a_changed_bit(self, identity: Identity) -> None:
        head, encoded = raw(identity.pk).rsplit(":", 1)
        sealed = bytearray(base64.b64decode(encoded))
        sealed[-1] ^= 1
        write_raw(identity.pk, f"{head}:{base64.b64encode(sealed).decode()}")
        with pytest.raises(CannotDecrypt):
            _ = Identity.objects.get(pk=identity.pk).name

    @pytest.mark.parametrize("stored", ["Ana Öztürk", "v2:k1:QUJD", "v1:k1:%%%", "v1:k1:QUJD"])
    def test_anything_else_in_the_row(self, identity: Identity, stored: str) -> None:
        write_raw(identity.pk, stored)
        with pytest.raises(CannotDecrypt):
            _ = Identity.objects.get(pk=identity.pk).name

    @pytest.mark.parametrize("line", ["", "k1", "k1:short", f":{key(1)}", "k1:" + "A" * 10])
    def test_a_broken_keyring(self, use_keys: Keyring, settings: Any, line: str) -> None:
        use_keys(line)
        with pytest.raises(ImproperlyConfigured):
            keyring(settings.VAULT_KEYS_FILE)

    def test_a_missing_keyring(self, tmp_path: Path) -> None:
        with pytest.raises(ImproperlyConfigured):
            keyring(str(tmp_path / "nothing"))


class TestReveal:
    def test_to_the_coordinator_and_into_the_access_log(self, cast: Cast) -> None:
        seen = reveal(person=cast.ana, by=cast.kaya, reason="case_work", at=NOW)
        assert seen == Revealed("Ana", "+4954112345", "")
        log = AccessLog.objects.get()
        assert (log.reader_id, log.subject_type, log.subject_id) == (cast.kaya.pk, "pilot", cast.ana.pk)
        assert (log.reason, log.read_at, log.office_id) == ("case_work", NOW, cast.osnabrueck.pk)

    def test_to_oneself_without_a_line(self, cast: Cast) -> None:
        assert reveal(person=cast.ana, by=cast.ana.user, reason="profile", at=NOW).name == "Ana"
        assert not AccessLog.objects.exists()

    @pytest.mark.parametrize("name", ["rita", "otto", "frauke", "ben"])
    def test_to_nobody_else(self, cast: Cast, name: str) -> None:
        who = getattr(cast, name)
        by: User = who.user if isinstance(who, Pilot) else who
        with refused(NotPermitted, "not_permitted", permission="reveal_identity"):
            reveal(person=cast.ana, by=by, reason="curiosity", at=NOW)
        with refused(NotPermitted, "not_permitted"):
            reveal_names([cast.ana], by=by, reason="curiosity", at=NOW)
        assert not AccessLog.objects.exists()

    def test_to_the_office_she_is_lent_to(self, cast: Cast) -> None:
        PilotOffice.objects.create(pilot=cast.ana, office=cast.friesland, kind=PilotOffice.Kind.LENT)
        assert reveal(person=cast.ana, by=cast.frauke, reason="case_work", at=NOW).name == "Ana"
        assert AccessLog.objects.get().reader_id == cast.frauke.pk

    def test_a_page_of_names_logs_each(self, cast: Cast) -> None:
        names = reveal_names([cast.ana, cast.ben], by=cast.kaya, reason="list", at=NOW)
        assert names == {cast.ana.pk: "Ana", cast.ben.pk: "Ben"}
        assert set(AccessLog.objects.values_list("subject_id", flat=True)) == {cast.ana.pk, cast.ben.pk}

    def test_a_page_with_one_foreign_name_opens_none(self, cast: Cast) -> None:
        jever = make.a_pilot("jule", cast.frauke, postcode="26441")
        with refused(NotPermitted, "not_permitted"):
            reveal_names([cast.ana, jever], by=cast.kaya, reason="list", at=NOW)
        assert not AccessLog.objects.exists()

    def test_to_a_counterpart_is_logged_too(self, cast: Cast) -> None:
        assert reveal_to_counterpart(person=cast.ana, by=cast.rita, reason="confirmed", at=NOW).name == "Ana"
        assert AccessLog.objects.get().reason == "confirmed"

    def test_who_has_no_entry_has_no_name(self, cast: Cast) -> None:
        assert reveal(person=cast.samir, by=cast.kaya, reason="case_work", at=NOW) == Revealed("", "", "")
        assert not AccessLog.objects.exists()
