"""No travel buffer between appointments at the same address: one constraint for the time, one for the way."""

import uuid_utils.compat
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary
from django.db import migrations, models
from django.db.models import F, Func, Q

LIVE = Q(status__in=["CONFIRMED", "COMPLETED"])
TIMESPAN = Func(
    F("starts_at"), F("ends_at"), RangeBoundary(), function="TSTZRANGE", output_field=DateTimeRangeField()
)


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial")]
    operations = [
        migrations.RemoveConstraint("assignment", "pilot_double_booked"),
        migrations.AddField("assignment", "site", models.UUIDField(default=uuid_utils.compat.uuid7)),
        # The default was drawn once for all rows; earlier assignments keep their way between them.
        migrations.RunSQL("UPDATE dispatch_assignment SET site = id", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "assignment",
            ExclusionConstraint(
                name="pilot_double_booked", expressions=[("pilot", "="), (TIMESPAN, "&&")], condition=LIVE
            ),
        ),
        migrations.AddConstraint(
            "assignment",
            ExclusionConstraint(
                name="travel_time_missing",
                expressions=[("pilot", "="), ("busy", "&&"), ("site", "<>")],
                condition=LIVE,
            ),
        ),
        migrations.AlterField(
            "helprequest",
            "unfilled_reason",
            models.CharField(
                blank=True,
                choices=[
                    ("no_pilot_found", "no pilot found"),
                    ("too_late", "asked too late"),
                    ("pilot_dropped_out", "pilot dropped out"),
                    ("not_held", "appointment did not take place"),
                ],
                max_length=20,
            ),
        ),
    ]
