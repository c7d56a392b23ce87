import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("journal", "0007_counted_hand_offs"),
    ]

    operations = [
        migrations.CreateModel(
            name="BatchRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
                ("succeeded_at", models.DateTimeField()),
                ("seconds", models.FloatField(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
