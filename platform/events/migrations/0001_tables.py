"""The tables of events, as its models have them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import kernel.clock
import kernel.ids
import tenancy.encryption
from django.db import migrations, models
from tenancy.first_migration import FirstMigration


class Migration(FirstMigration):

    initial = True

    replaces = [
        ('events', '0001_initial'),
    ]

    dependencies = [
        ('tenancy', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('merchant_id', models.UUIDField()),
                ('livemode', models.BooleanField()),
                ('type', models.CharField(max_length=48)),
                ('object_id', models.UUIDField()),
                ('payload', models.JSONField()),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('merchant_id', models.UUIDField()),
                ('livemode', models.BooleanField()),
                ('url', models.CharField(max_length=2048)),
                ('description', models.CharField(blank=True, max_length=256)),
                ('event_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), blank=True, default=list, help_text='Empty: all of them.', size=None)),
                ('contact_email', models.EmailField(blank=True, help_text='Told when we disable the endpoint.', max_length=254)),
                ('secret', tenancy.encryption.EncryptedTextField(editable=False)),
                ('previous_secret', tenancy.encryption.EncryptedTextField(blank=True, editable=False)),
                ('previous_secret_ends_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('is_enabled', models.BooleanField(default=True)),
                ('disabled_reason', models.CharField(blank=True, choices=[('by_merchant', 'switched off by the merchant'), ('by_staff', 'switched off by staff'), ('gone', 'it answered 410 Gone'), ('failing', 'it failed for days'), ('deleted', 'deleted')], max_length=16)),
                ('disabled_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('failing_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('is_impaired', models.BooleanField(default=False)),
                ('mail_due_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('merchant_id', models.UUIDField()),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('unsent', 'Unsent')], default='pending', max_length=16)),
                ('due_at', models.DateTimeField(null=True)),
                ('claim', models.UUIDField(null=True)),
                ('tries', models.PositiveIntegerField(default=0, help_text='Since it was last made due.')),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='events.event')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='events.webhookendpoint')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='DeliveryTry',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('merchant_id', models.UUIDField()),
                ('url', models.CharField(max_length=2048)),
                ('duration_ms', models.PositiveIntegerField()),
                ('http_status', models.PositiveSmallIntegerField(null=True)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('answer', models.CharField(blank=True, max_length=1024)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='history', to='events.delivery')),
            ],
            options={
                'verbose_name_plural': 'delivery tries',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['delivery', '-id'], name='try_list')],
            },
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['merchant_id', 'livemode', '-id'], name='event_feed'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['object_id'], name='event_by_object'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['acquirer', '-id'], name='event_of_acquirer'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('type', 'payment.succeeded'), _negated=True), fields=['acquirer', 'type', '-id'], name='event_of_rare_kind'),
        ),
        migrations.AddIndex(
            model_name='webhookendpoint',
            index=models.Index(condition=models.Q(('is_enabled', True)), fields=['merchant_id', 'livemode'], name='endpoint_wants_events'),
        ),
        migrations.AddIndex(
            model_name='webhookendpoint',
            index=models.Index(fields=['merchant_id', 'livemode', '-id'], name='endpoint_list'),
        ),
        migrations.AddIndex(
            model_name='webhookendpoint',
            index=models.Index(condition=models.Q(('mail_due_at__isnull', False)), fields=['mail_due_at'], name='endpoint_mail_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['endpoint', 'due_at'], name='delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['endpoint', '-id'], name='delivery_list'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['acquirer', '-id'], name='delivery_of_acquirer'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('status__in', ['failed', 'unsent'])), fields=['acquirer', 'status', '-id'], name='delivery_given_up'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('event', 'endpoint'), name='delivery_is_unique'),
        ),
    ]
