"""An office may set some periods of retention itself."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_matters_left_to_others'),
    ]

    operations = [
        migrations.AddField(
            model_name='office',
            name='keep_days',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
