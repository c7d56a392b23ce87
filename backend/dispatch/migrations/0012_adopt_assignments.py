"""What was confirmed before there was a record is taken into it as it is found.

Such an entry says ADOPTED and not COMMISSIONED: it proves what stood there on the day of the upgrade, and nothing of
the time before. It has no digest of a name, because nobody can say which name stood there when it was confirmed.
"""

from uuid_utils.compat import uuid7

from django.db import migrations

from backend.dispatch import chain


def adopt(apps, schema_editor):
    Assignment, Commission = (apps.get_model("dispatch", name) for name in ("Assignment", "Commission"))
    here = schema_editor.connection.alias
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        written_at = cursor.fetchone()[0]
    last = {}
    for one in Assignment.objects.using(here).order_by("office_id", "confirmed_at", "pk").iterator():
        number, previous = last.get(one.office_id, (0, chain.BEGINNING))
        entry = {
            "number": number + 1,
            "kind": "ADOPTED",
            "happened_at": one.confirmed_at,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "facts": {"status": one.status, "seat": one.seat},
            "written_at": written_at,
            "previous": previous,
        }
        digest = chain.digest_of(
            {
                **entry,
                "office": one.office_id,
                "assignment": one.pk,
                "pilot": one.pilot_id,
                "actor": one.confirmed_by_id,
            }
        )
        Commission.objects.using(here).create(
            id=uuid7(),
            office_id=one.office_id,
            assignment_id=one.pk,
            pilot_id=one.pilot_id,
            actor_id=one.confirmed_by_id,
            digest=digest,
            **entry,
        )
        last[one.office_id] = number + 1, digest


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0011_commission_append_only")]
    operations = [migrations.RunPython(adopt, migrations.RunPython.noop, elidable=True)]
