"""All tables of the app as they stood on 2026-11-23; the steps until then are in the history."""

import django.db.models.deletion
import kernel.clock
import kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('ledger', '0001_books')]

    initial = True

    dependencies = [
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('merchant_id', models.UUIDField(null=True)),
                ('livemode', models.BooleanField(db_default=False)),
                ('kind', models.CharField(max_length=24)),
                ('currency', models.CharField(max_length=3)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('acquirer', 'merchant_id', 'livemode', 'kind', 'currency'), name='ledger_account_is_unique', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('kind__in', ['scheme_receivable', 'merchant_payable', 'merchant_available', 'fee_income', 'output_vat', 'scheme_cost', 'fx_difference', 'reserve', 'payout_in_transit', 'scheme_clearing', 'bank', 'adjustment', 'suspense'])), name='ledger_account_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Transaction',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('merchant_id', models.UUIDField(null=True)),
                ('kind', models.CharField(max_length=48)),
                ('cause_type', models.CharField(max_length=24)),
                ('cause_id', models.UUIDField()),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('cause_type', 'cause_id', 'kind'), name='a_cause_is_posted_once')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('merchant_id', models.UUIDField(null=True)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.account')),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('transaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.transaction')),
            ],
            options={
                'verbose_name_plural': 'entries',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['account', 'created_at'], name='ledger_by_account')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='ledger_entry_is_not_zero')],
            },
        ),
    ]
