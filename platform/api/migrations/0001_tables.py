"""The tables of api, as its models have them."""

import django.db.models.deletion
import kernel.clock
import kernel.ids
from django.db import migrations, models
from tenancy.first_migration import FirstMigration


class Migration(FirstMigration):

    initial = True

    replaces = [
        ('api', '0001_idempotency_keys'),
    ]

    dependencies = [
        ('tenancy', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('merchant_id', models.UUIDField()),
                ('livemode', models.BooleanField()),
                ('key', models.CharField(max_length=255)),
                ('fingerprint', models.BinaryField(max_length=32)),
                ('object_type', models.CharField(max_length=8)),
                ('object_id', models.UUIDField(null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('merchant_id', 'livemode', 'key'), name='idempotency_key_is_unique')],
            },
        ),
    ]
