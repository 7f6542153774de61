"""All tables of the app as they stood on 2026-11-23; the steps until then are in the history."""

import django.contrib.postgres.fields
import django.db.models.deletion
import kernel.clock
import kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('portal', '0001_figures'), ('portal', '0002_incidents_and_banners')]

    initial = True

    dependencies = [
        ('merchants', '0001_initial'),
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Progress',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Banner',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('severity', models.CharField(choices=[('info', 'Information'), ('warning', 'Warning'), ('problem', 'Problem')], default='info', max_length=8)),
                ('text_en', models.CharField(max_length=200, verbose_name='English')),
                ('text_zh_hans', models.CharField(max_length=200, verbose_name='simplified Chinese')),
                ('text_zh_hant', models.CharField(max_length=200, verbose_name='traditional Chinese')),
                ('starts_at', models.DateTimeField(default=kernel.clock.now)),
                ('ends_at', models.DateTimeField(help_text='To end it now, set this to now.')),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(blank=True, help_text='Empty: all merchants.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('store', models.ForeignKey(blank=True, help_text='Empty: all stores of the merchant.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['acquirer', 'ends_at'], name='banner_by_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='banner_ends_after_it_starts', violation_error_message='It must end after it starts.')],
            },
        ),
        migrations.CreateModel(
            name='HourFigures',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('since', models.DateTimeField()),
                ('livemode', models.BooleanField()),
                ('currency', models.CharField(max_length=3)),
                ('tried', models.BigIntegerField()),
                ('succeeded', models.BigIntegerField()),
                ('failed', models.BigIntegerField()),
                ('canceled', models.BigIntegerField()),
                ('in_doubt', models.BigIntegerField()),
                ('unknown', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('refunds', models.BigIntegerField()),
                ('refunded_minor', models.BigIntegerField()),
                ('failures', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('answers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('partner_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.partneraccount')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['acquirer', 'since'], name='hour_by_acquirer')],
                'constraints': [models.UniqueConstraint(fields=('since', 'acquirer', 'merchant', 'partner_account', 'livemode', 'currency'), name='one_row_per_hour_and_merchant')],
            },
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('scheme_silent', 'scheme_silent'), ('scheme_slow', 'scheme_slow'), ('address_down', 'address_down'), ('set_up_refused', 'set_up_refused'), ('failing', 'failing'), ('code_reads', 'code_reads'), ('silent', 'silent')], max_length=24)),
                ('level', models.CharField(choices=[('account', 'account'), ('address', 'address'), ('merchant', 'merchant'), ('store', 'store'), ('terminal', 'terminal')], max_length=16)),
                ('livemode', models.BooleanField()),
                ('address', models.CharField(blank=True, default='', max_length=200)),
                ('value', models.FloatField()),
                ('sample', models.PositiveIntegerField()),
                ('last_seen_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('mail_due_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('partner_account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.partneraccount')),
                ('store', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
                ('terminal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.terminal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['acquirer', '-id'], name='incident_open_feed'), models.Index(fields=['ended_at'], name='incident_ended'), models.Index(condition=models.Q(('mail_due_at__isnull', False)), fields=['mail_due_at'], name='incident_mail_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('kind', 'acquirer', 'livemode', 'partner_account', 'merchant', 'store', 'terminal', 'address'), name='one_open_incident_per_kind_and_place', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='SlotFigures',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('since', models.DateTimeField()),
                ('livemode', models.BooleanField()),
                ('currency', models.CharField(max_length=3)),
                ('tried', models.BigIntegerField()),
                ('succeeded', models.BigIntegerField()),
                ('failed', models.BigIntegerField()),
                ('canceled', models.BigIntegerField()),
                ('in_doubt', models.BigIntegerField()),
                ('unknown', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('refunds', models.BigIntegerField()),
                ('refunded_minor', models.BigIntegerField()),
                ('failures', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('answers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('partner_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.partneraccount')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
                ('terminal', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.terminal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['acquirer', 'since'], name='slot_by_acquirer')],
                'constraints': [models.UniqueConstraint(fields=('since', 'acquirer', 'merchant', 'store', 'terminal', 'partner_account', 'livemode', 'currency'), name='one_row_per_slot_and_place', nulls_distinct=False)],
            },
        ),
    ]
