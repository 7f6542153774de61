"""The tables of ledger, as its models have them."""

import django.db.models.deletion
import kernel.clock
import kernel.ids
from django.db import migrations, models
from tenancy.first_migration import FirstMigration


class Migration(FirstMigration):

    initial = True

    replaces = [
        ('ledger', '0001_initial'),
        ('ledger', '0003_journal_feeds_and_closings'),
        ('ledger', '0004_promotions'),
        ('ledger', '0005_bank_charges_and_own_money'),
    ]

    dependencies = [
        ('tenancy', '0001_tables'),
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
            },
        ),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('merchant_id', models.UUIDField(null=True)),
                ('closes_at', models.DateTimeField()),
                ('balance_minor', models.BigIntegerField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='ledger.account')),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
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
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
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
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('transaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.transaction')),
            ],
            options={
                'verbose_name_plural': 'entries',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('acquirer', 'merchant_id', 'livemode', 'kind', 'currency'), name='ledger_account_is_unique', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['scheme_receivable', 'merchant_payable', 'merchant_available', 'fee_income', 'output_vat', 'scheme_cost', 'fx_difference', 'reserve', 'payout_in_transit', 'scheme_clearing', 'bank', 'bank_charge', 'own_money', 'promotion_cost', 'merchant_discount', 'merchant_discount_noted', 'adjustment', 'suspense'])), name='ledger_account_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.UniqueConstraint(fields=('account', 'closes_at'), name='an_account_closes_once'),
        ),
        migrations.AddIndex(
            model_name='transaction',
            index=models.Index(fields=['acquirer', '-id'], name='transaction_of_acquirer'),
        ),
        migrations.AddConstraint(
            model_name='transaction',
            constraint=models.UniqueConstraint(fields=('cause_type', 'cause_id', 'kind'), name='a_cause_is_posted_once'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['account', 'created_at'], name='ledger_by_account'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['acquirer', '-id'], name='entry_of_acquirer'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='ledger_entry_is_not_zero'),
        ),
    ]
