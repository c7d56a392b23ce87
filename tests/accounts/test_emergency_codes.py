"""Emergency codes: what is kept of them, that each is good once, and what became of those that came from a seed."""

import json
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.contrib.auth.hashers import get_hasher
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.entry.commands.emergency_codes import make_emergency_codes
from backend.accounts.entry.emergency_codes import EmergencyCodes, as_typed, new_codes
from backend.accounts.models import User
from backend.encryption import seal
from backend.errors import RuleViolated
from backend.journal.kinds import EventKind
from tests import factories as make
from tests.asserting import recorded, refused
from tests.factories import NOW
from tests.threads import at_once

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MIGRATION = import_module("backend.accounts.migrations.0007_hashed_emergency_codes")
# What allauth 65 made of this seed.
SEED = "5eed" * 20
OF_THE_SEED = [
    *("91193544", "68468927", "75967387", "99245245", "38225615"),
    *("68477549", "53568682", "27060712", "55181347", "37264973"),
]


@pytest.fixture
def kaya(db: None, settings) -> User:
    settings.PASSWORD_HASHERS = QUICK
    make.a_gazetteer()
    user = make.a_coordinator("kaya", make.an_office("osnabrueck", make.OSNABRUECK_POSTCODES))
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    return user


def row_of(user: User) -> Authenticator:
    return Authenticator.objects.get(user=user, type="recovery_codes")


def fits(user: User, code: str) -> bool:
    """As allauth asks, for pages and apps."""
    return bool(row_of(user).wrap().validate_code(code))


def test_the_hash_is_slow_salted_and_of_many_bits() -> None:
    hasher = get_hasher()
    assert hasher.algorithm == "scrypt"
    assert hasher.work_factor * hasher.block_size * hasher.parallelism >= 2**14 * 8 * 5
    assert hasher.salt_entropy >= 32
    assert {len(code) for code in new_codes().values()} == {16}
    assert len({code[1:] for _ in range(10) for code in new_codes().values()}) == 100


def test_only_hashes_are_kept_each_with_a_salt_of_its_own(kaya: User) -> None:
    codes = make_emergency_codes(by=kaya, now=NOW)
    kept = row_of(kaya).data

    assert len(set(codes)) == 10
    assert not [code for code in codes if as_typed(code) in json.dumps(kept) or code in json.dumps(kept)]
    algorithms, salts, _ = zip(*(one.split("$") for one in kept["hashes"].values()), strict=True)
    assert set(algorithms) == {"md5"} and len(set(salts)) == 10
    assert not set(codes) & set(row_of(kaya).wrap().get_unused_codes())
    assert recorded(EventKind.WAY_IN_ADDED, kaya).facts == {"way": "emergency_codes"}


def test_each_is_good_once_however_it_is_typed(kaya: User) -> None:
    first, second, third, *_ = make_emergency_codes(by=kaya, now=NOW)
    eastern = second.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert [fits(kaya, first), fits(kaya, f" {first.replace('-', ' ')} ")] == [True, False]
    assert [fits(kaya, eastern), fits(kaya, second)] == [True, False]
    assert not fits(kaya, third[:-1] + str((int(third[-1]) + 1) % 10))
    assert len(row_of(kaya).wrap().get_unused_codes()) == 8


def test_two_at_once_do_not_both_come_in(kaya: User) -> None:
    code = make_emergency_codes(by=kaya, now=NOW)[4]
    one, other = row_of(kaya).wrap(), row_of(kaya).wrap()  # both have read that it is left

    with CaptureQueriesContext(connection) as asked:
        assert one.validate_code(code)
    assert [query["sql"] for query in asked if "FOR UPDATE" in query["sql"]]
    assert not other.validate_code(code)
    # Nor does what the other one knows bring it back.
    assert len(row_of(kaya).wrap().get_unused_codes()) == 9


@pytest.mark.django_db(transaction=True)
def test_of_many_who_send_it_at_the_same_moment_one_comes_in(kaya: User) -> None:
    code = make_emergency_codes(by=kaya, now=NOW)[0]
    wrapped = [row_of(kaya).wrap() for _ in range(4)]

    assert sorted(at_once(*(lambda one=one: one.validate_code(code) for one in wrapped))) == [False] * 3 + [
        True
    ]


def test_what_cannot_be_one_costs_no_hash(kaya: User, monkeypatch) -> None:
    code = make_emergency_codes(by=kaya, now=NOW)[3]
    assert fits(kaya, code)
    monkeypatch.setattr("backend.accounts.entry.emergency_codes.check_password", pytest.fail)
    for typed in ("", "123456", "12345678", "x" * 16, "1" * 15, "1" * 17, code):
        assert not fits(kaya, typed)


def test_new_ones_void_the_earlier_and_need_a_factor_to_stand_in_for(kaya: User) -> None:
    earlier = make_emergency_codes(by=kaya, now=NOW)[0]
    later = make_emergency_codes(by=kaya, now=NOW + timedelta(days=1))[0]
    assert [fits(kaya, earlier), fits(kaya, later)] == [False, True]

    Authenticator.objects.filter(user=kaya).exclude(type="recovery_codes").delete()
    with refused(RuleViolated, "nothing_to_stand_in_for"):
        make_emergency_codes(by=kaya, now=NOW)


def test_allauth_asks_ours_and_could_make_none_itself(kaya: User) -> None:
    make_emergency_codes(by=kaya, now=NOW)
    assert type(row_of(kaya).wrap()) is EmergencyCodes
    assert not hasattr(EmergencyCodes, "activate")


# --- those of a seed


def a_seeded_row(user: User, *used: int) -> None:
    data = {"seed": seal(SEED, MIGRATION.SEALED_AS), "used_mask": sum(1 << number for number in used)}
    Authenticator.objects.create(user=user, type="recovery_codes", data=data)


def hashed() -> None:
    MIGRATION.hash_them(apps, SimpleNamespace(connection=connection))


def test_codes_of_a_seed_stay_good_used_ones_stay_used_and_the_seed_goes(kaya: User) -> None:
    a_seeded_row(kaya, 0, 9)
    hashed()
    kept = row_of(kaya).data

    assert set(kept) == {"hashes", "migrated_codes"} and len(kept["hashes"]) == 8
    assert not [code for code in OF_THE_SEED if code in json.dumps(kept)]
    assert [fits(kaya, code) for code in OF_THE_SEED] == [False, *[True] * 8, False]
    assert not any(fits(kaya, code) for code in OF_THE_SEED)
    hashed()  # stopped and begun again: nothing is left to do
    assert row_of(kaya).data["hashes"] == {}


def test_a_code_used_while_it_is_hashed_stays_used(kaya: User, monkeypatch) -> None:
    a_seeded_row(kaya)
    derive = MIGRATION.derived

    def meanwhile(seed: str, used_mask: int) -> dict[int, str]:
        if not used_mask:  # the version before, which still serves
            row = row_of(kaya)
            row.data["used_mask"] = 1
            row.save()
        return dict(derive(seed, used_mask))

    monkeypatch.setattr(MIGRATION, "derived", meanwhile)
    hashed()
    assert [fits(kaya, code) for code in OF_THE_SEED[:2]] == [False, True]


def test_a_seed_that_was_sown_after_that_opens_nothing(kaya: User) -> None:
    """By the version before, in the minutes of the upgrade: her page says that none are left, and makes new ones."""
    a_seeded_row(kaya)
    assert row_of(kaya).wrap().get_unused_codes() == []
    assert not fits(kaya, OF_THE_SEED[0])


def test_the_version_before_finds_none_and_does_not_break(kaya: User) -> None:
    """It reads `migrated_codes` where there are any, and looks for a seed only else."""
    make_emergency_codes(by=kaya, now=NOW)
    assert row_of(kaya).data["migrated_codes"] == []
