"""Who has inspected a background check is noted from now on; what was noted before stays as it is (NOT VALID)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
ALTER TABLE people_backgroundcheck ADD CONSTRAINT background_check_inspected CHECK (inspected_by_id IS NOT NULL) NOT VALID
"""
BACKWARD = "ALTER TABLE people_backgroundcheck DROP CONSTRAINT background_check_inspected"


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_profile_in_steps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="backgroundcheck",
            name="inspected_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(
            FORWARD,
            BACKWARD,
            state_operations=[
                migrations.AddConstraint(
                    model_name="backgroundcheck",
                    constraint=models.CheckConstraint(
                        condition=models.Q(inspected_by__isnull=False), name="background_check_inspected"
                    ),
                )
            ],
        ),
    ]
