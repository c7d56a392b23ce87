import django.contrib.gis.db.models.fields
import uuid_utils.compat
from django.contrib.postgres.operations import BtreeGistExtension, CreateExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        # Here because geo is the lowest app: every other app may build on both. A role that is no superuser
        # needs them created beforehand; then these two do nothing.
        CreateExtension('postgis'),
        BtreeGistExtension(),
        migrations.CreateModel(
            name='GazetteerEntry',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('country', models.CharField(default='DE', max_length=2)),
                ('postcode', models.CharField(max_length=5)),
                ('place', models.CharField(max_length=180)),
                ('place_key', models.CharField(editable=False, max_length=400)),
                ('district_code', models.CharField(max_length=5)),
                ('state_code', models.CharField(max_length=2)),
                ('point', django.contrib.gis.db.models.fields.PointField(srid=4326)),
                ('precision', models.CharField(choices=[('ADDRESS', 'house number'), ('STREET', 'street'), ('CELL', 'square kilometre'), ('POSTCODE', 'postcode area'), ('PLACE', 'town or village')], max_length=8)),
            ],
            options={
                'verbose_name_plural': 'gazetteer entries',
                'indexes': [models.Index(fields=['postcode'], name='gazetteer_postcode', opclasses=['varchar_pattern_ops']), models.Index(fields=['place_key'], name='gazetteer_place_key', opclasses=['varchar_pattern_ops'])],
                'constraints': [models.UniqueConstraint(fields=('country', 'postcode', 'place'), name='gazetteer_place_unique'), models.CheckConstraint(condition=models.Q(('postcode__regex', '^\\d{5}$')), name='gazetteer_postcode_form'), models.CheckConstraint(condition=models.Q(('precision__in', ['ADDRESS', 'STREET', 'CELL', 'POSTCODE', 'PLACE'])), name='gazetteer_precision_known')],
            },
        ),
    ]
