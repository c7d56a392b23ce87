"""Does everything sealed get the new key, whenever it is stopped, and does an old key stay as long as it is needed?"""

import base64
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import connection

from backend.accounts.entry.second_factor import APP_SECRET
from backend.encryption import unseal
from backend.operations.manifest import key_ids
from backend.people.models import Identity
from backend.privacy import rotation
from backend.privacy.rotation import keys_in_use, missing_keys, rotate, sealed_fields
from tests import factories as make
from tests.conftest import Cast


def key(number: int) -> str:
    return base64.b64encode(bytes([number]) * 32).decode()


@pytest.fixture
def use_keys(settings: Any, tmp_path: Path) -> Any:
    def use(*lines: str) -> None:
        path = tmp_path / os.urandom(4).hex()
        path.write_text("\n".join(lines))
        settings.VAULT_KEYS_FILE = str(path)

    return use


@pytest.fixture
def sealed(cast: Cast, use_keys: Any) -> Cast:
    """People and a request whose words are sealed with k1; k2 is to follow."""
    use_keys(f"k1:{key(1)}")
    make.a_help_request(cast.samir, cast.rita)
    assert cast.ana and cast.ben
    use_keys(f"k2:{key(2)}", f"k1:{key(1)}")
    return cast


def test_everything_gets_the_new_key_and_still_opens(sealed: Cast, use_keys: Any) -> None:
    before = keys_in_use()
    assert set(before) == {"k1"}
    out = StringIO()
    call_command("rotate_keys", stdout=out)

    assert f"{before['k1']} values sealed with k2: done" in out.getvalue()
    assert keys_in_use() == {"k2": before["k1"]}
    use_keys(f"k2:{key(2)}")  # the old key is gone
    assert Identity.objects.get(pk=sealed.ana.identity_id).name == "Ana"


def test_killed_in_the_middle_it_goes_on_where_it_was(sealed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "AT_ONCE", 1)
    number = keys_in_use()["k1"]
    steps = rotate()
    for _ in range(3):
        next(steps)
    steps.close()  # what was told is committed, the rest is untouched
    assert keys_in_use() == {"k2": 3, "k1": number - 3}
    assert Identity.objects.get(pk=sealed.ben.identity_id).name == "Ben"

    assert list(rotate())[-1].resealed == number - 3
    assert list(rotate())[-1].resealed == 0
    assert keys_in_use() == {"k2": number}


def test_an_old_key_stays_as_long_as_values_need_it(sealed: Cast) -> None:
    with pytest.raises(CommandError, match="k1 is still needed by"):
        call_command("rotate_keys", "--retire", "k1")
    with pytest.raises(CommandError, match="seals what is written now"):
        call_command("rotate_keys", "--retire", "k2")
    call_command("rotate_keys", stdout=StringIO())
    out = StringIO()
    call_command("rotate_keys", "--retire", "k1", stdout=out)
    assert "No value needs k1 any more" in out.getvalue()


def test_the_secrets_of_apps_get_the_new_key_too(sealed: Cast, use_keys: Any) -> None:
    """They lie among other facts of allauth's. A key that goes too early locks out whoever signs in by an app."""
    user, secret = sealed.kaya, "JBSWY3DPEHPK3PXP"
    call_command("rotate_keys", stdout=StringIO())
    use_keys(f"k1:{key(1)}")
    TOTP.activate(user, secret)
    passkey = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Telefon"})
    use_keys(f"k2:{key(2)}", f"k1:{key(1)}")
    assert key_ids(connection.connection, ["mfa_authenticator"]) == ["k1"]
    with pytest.raises(CommandError, match="k1 is still needed by 1 values"):
        call_command("rotate_keys", "--retire", "k1")
    use_keys(f"k2:{key(2)}")
    assert missing_keys() == ["k1"]

    use_keys(f"k2:{key(2)}", f"k1:{key(1)}")
    call_command("rotate_keys", stdout=StringIO())
    use_keys(f"k2:{key(2)}")  # the old key is gone
    app = Authenticator.objects.get(user=user, type="totp")
    assert unseal(app.data["secret"], APP_SECRET) == secret
    passkey.refresh_from_db()
    assert passkey.data == {"name": "Telefon"}


def test_a_secret_of_an_app_that_cannot_be_opened_is_named_by_its_row(sealed: Cast) -> None:
    spoiled = f"v1:k1:{base64.b64encode(b'x' * 40).decode()}"
    row = Authenticator.objects.create(user=sealed.kaya, type="totp", data={"secret": spoiled})
    told = StringIO()
    with pytest.raises(CommandError, match="1 values cannot be opened"):
        call_command("rotate_keys", stdout=StringIO(), stderr=told)
    assert f"mfa_authenticator.data:{row.pk}" in told.getvalue()
    row.refresh_from_db()
    assert row.data == {"secret": spoiled}


def test_without_the_key_of_a_value_nothing_is_done(sealed: Cast, use_keys: Any) -> None:
    use_keys(f"k2:{key(2)}")
    assert missing_keys() == ["k1"]
    with pytest.raises(CommandError, match="need keys that are not in the file: k1"):
        call_command("rotate_keys")
    assert set(keys_in_use()) == {"k1"}


def test_a_value_that_cannot_be_opened_is_left_and_named(sealed: Cast) -> None:
    spoiled = f"v1:k1:{base64.b64encode(b'x' * 40).decode()}"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_identity SET name = %s WHERE id = %s", [spoiled, sealed.ana.identity_id]
        )
    number, told = keys_in_use()["k1"], StringIO()
    with pytest.raises(CommandError, match="1 values cannot be opened"):
        call_command("rotate_keys", stdout=StringIO(), stderr=told)

    assert f"people_identity.name:{sealed.ana.identity_id}" in told.getvalue()
    assert spoiled not in told.getvalue()
    assert keys_in_use() == {"k1": 1, "k2": number - 1}


def test_every_sealed_column_is_seen() -> None:
    """A new encrypted field is rotated without anybody thinking of it."""
    columns = {f"{field.model.__name__}.{field.name}" for field in sealed_fields()}
    assert columns >= {
        "Identity.name",
        "ConfidentialDetails.note",
        "RequestDraft.sealed",
        "BarrierReport.email",
    }


def test_a_background_check_is_a_date_a_person_and_a_yes_or_no() -> None:
    """No content, no scan: the table has no column that could hold one."""
    from backend.people.models import BackgroundCheck

    assert {field.name for field in BackgroundCheck._meta.fields} == {
        "id",
        "pilot",
        "inspected_date",
        "inspected_by",
        "valid_until",
        "stands_in_the_way",
    }
