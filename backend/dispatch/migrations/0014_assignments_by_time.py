"""Assignments of an office or a pilot by time, found without the slow index of the constraints."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built beside the work that goes on
    dependencies = [
        ("accounts", "0006_ways_in"),
        ("dispatch", "0013_past_answers"),
        ("people", "0008_inspected_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(fields=["office", "starts_at"], name="assignment_calendar"),
        ),
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("status__in", ["CONFIRMED", "COMPLETED"])),
                fields=["pilot", "starts_at"],
                name="assignment_of_pilot",
            ),
        ),
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("status", "COMPLETED")),
                fields=["pilot"],
                include=("id", "help_request"),
                name="assignment_experience",
            ),
        ),
    ]
