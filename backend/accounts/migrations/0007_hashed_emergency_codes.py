"""Emergency codes that were derived from a seed stay good, and the seed goes: what is left of them is hashed.

Each code takes a quarter of a second on purpose. No row is locked meanwhile, each is a step of its own, and a migration
that was stopped goes on with the rest; the version before finds that no codes are left (see emergency_codes.kept_of).
"""

import hmac
import os
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import make_password
from django.db import migrations

from backend.encryption import unseal

SEALED_AS = "mfa_authenticator.data:"
MADE, DIGITS = 10, 8


def derived(seed, used_mask):
    """The codes of allauth's seed (HMAC-SHA-1, fed on and on) that nobody has used, by their number."""
    growing, codes = hmac.new(seed.encode("ascii"), digestmod="sha1"), {}
    for number in range(MADE):
        growing.update(f"{number:3},".encode())
        value = int.from_bytes(growing.digest()[: DIGITS // 2], "big") % 10**DIGITS
        if not used_mask & (1 << number):
            codes[number] = str(value).zfill(DIGITS)
    return codes


def hash_them(apps, schema_editor):
    rows = apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias)
    seeded = rows.filter(type="recovery_codes", data__has_key="seed")
    with ThreadPoolExecutor(os.cpu_count()) as hashing:
        for pk in list(seeded.order_by("pk").values_list("pk", flat=True)):
            while row := seeded.filter(pk=pk).first():
                codes = derived(unseal(row.data["seed"], SEALED_AS), row.data.get("used_mask", 0))
                hashes = hashing.map(make_password, codes.values())
                kept = {f"old-{number}": one for number, one in zip(codes, hashes, strict=True)}
                # Only if nobody has used a code meanwhile; else once more, without that one.
                seeded.filter(pk=pk, data=row.data).update(data={"hashes": kept, "migrated_codes": []})


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0006_ways_in"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(hash_them, migrations.RunPython.noop, elidable=True)]
