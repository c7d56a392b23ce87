"""What the nightly run of retention took."""

import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('night', models.DateField(unique=True)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('gone', models.JSONField(default=dict)),
                ('refused', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['-night'],
            },
        ),
    ]
