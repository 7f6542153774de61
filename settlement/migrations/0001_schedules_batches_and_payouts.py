import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import kernel.clock
import kernel.ids
import settlement.days
import settlement.models.schedule
import settlement.state
import tenancy.encryption
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('merchants', '0001_initial'),
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('currency', models.CharField(max_length=3)),
                ('number', models.PositiveIntegerField()),
                ('first_day', models.DateField()),
                ('business_date', models.DateField()),
                ('ends_at', models.DateTimeField()),
                ('zone', models.CharField(max_length=64)),
                ('pays_on', models.DateField()),
                ('calendar', models.CharField(max_length=48)),
                ('outcome', models.CharField(choices=[('paid_out', 'paid out'), ('nothing', 'nothing'), ('negative', 'negative'), ('below_minimum', 'below minimum'), ('held', 'held'), ('no_bank_account', 'no bank account')], max_length=16)),
                ('opening_minor', models.BigIntegerField()),
                ('sales_minor', models.BigIntegerField()),
                ('cancels_minor', models.BigIntegerField()),
                ('refunds_minor', models.BigIntegerField()),
                ('adjustments_minor', models.BigIntegerField()),
                ('fees_minor', models.BigIntegerField()),
                ('vat_minor', models.BigIntegerField()),
                ('reserved_minor', models.BigIntegerField()),
                ('released_minor', models.BigIntegerField()),
                ('paid_out_minor', models.BigIntegerField()),
                ('closing_minor', models.BigIntegerField()),
                ('line_count', models.PositiveIntegerField()),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'verbose_name': 'settlement batch',
                'verbose_name_plural': 'settlement batches',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['acquirer', '-business_date', '-id'], name='batch_feed'), models.Index(fields=['merchant', 'livemode', '-id'], name='batch_of_merchant')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'livemode', 'currency', 'business_date'), name='a_period_is_frozen_once'), models.UniqueConstraint(fields=('merchant', 'livemode', 'currency', 'number'), name='batch_number_is_unique'), models.CheckConstraint(condition=models.Q(('closing_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('opening_minor'), '+', models.F('sales_minor')), '+', models.F('cancels_minor')), '+', models.F('refunds_minor')), '+', models.F('adjustments_minor')), '+', models.F('fees_minor')), '+', models.F('vat_minor')), '+', models.F('reserved_minor')), '+', models.F('released_minor')), '+', models.F('paid_out_minor')))), name='batch_adds_up'), models.CheckConstraint(condition=models.Q(('outcome__in', ['paid_out', 'nothing', 'negative', 'below_minimum', 'held', 'no_bank_account'])), name='batch_outcome_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Day',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('business_date', models.DateField()),
                ('merchants', models.PositiveIntegerField()),
                ('batches', models.PositiveIntegerField()),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'verbose_name': 'settled day',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('acquirer', 'livemode', 'business_date'), name='a_day_is_settled_once')],
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('entry_id', models.UUIDField()),
                ('kind', models.CharField(choices=[('payment', 'payment'), ('cancel', 'cancel'), ('refund', 'refund'), ('adjustment', 'adjustment')], max_length=12)),
                ('payment_id', models.UUIDField(null=True)),
                ('refund_id', models.UUIDField(null=True)),
                ('booked_at', models.DateTimeField()),
                ('business_date', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('gross_minor', models.BigIntegerField()),
                ('fee_minor', models.BigIntegerField()),
                ('vat_minor', models.BigIntegerField()),
                ('net_minor', models.BigIntegerField()),
                ('fee_version_id', models.UUIDField(null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='settlement.batch')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'verbose_name': 'settlement line',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('payment_id__isnull', False)), fields=['payment_id'], name='line_of_a_payment')],
                'constraints': [models.UniqueConstraint(fields=('entry_id',), name='an_entry_is_settled_once'), models.CheckConstraint(condition=models.Q(('net_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('gross_minor'), '+', models.F('fee_minor')), '+', models.F('vat_minor')))), name='line_adds_up')],
            },
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('pays_on', models.DateField()),
                ('status', models.CharField(choices=[('created', 'created'), ('instructed', 'instructed'), ('sent', 'sent'), ('booked', 'booked'), ('rejected', 'rejected'), ('returned', 'returned')], default=settlement.state.PayoutStatus['CREATED'], max_length=12)),
                ('holder', models.CharField(max_length=128)),
                ('country', models.CharField(max_length=2)),
                ('account_number', tenancy.encryption.EncryptedTextField(editable=False)),
                ('account_tail', models.CharField(max_length=4, verbose_name='account number')),
                ('bank_code', models.CharField(blank=True, default='', max_length=12)),
                ('ended_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=256)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payout', to='settlement.batch')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['acquirer', 'status', '-id'], name='payout_feed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='payout_is_positive'), models.CheckConstraint(condition=models.Q(('status__in', ['created', 'instructed', 'sent', 'booked', 'rejected', 'returned'])), name='payout_status_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Reserve',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('release_on', models.DateField()),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reserve', to='settlement.batch')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='released_reserves', to='settlement.batch')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('released_by__isnull', True)), fields=['acquirer', 'release_on'], name='reserve_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='reserve_is_positive')],
            },
        ),
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('zone', models.CharField(default='Asia/Shanghai', max_length=64, verbose_name='time zone')),
                ('cut_off', models.TimeField(default=datetime.time(0, 0), help_text='When a business day ends.')),
                ('cycle', models.CharField(choices=[('daily', 'daily'), ('weekly', 'weekly'), ('monthly', 'monthly')], default=settlement.days.Cycle['DAILY'], max_length=8)),
                ('closes_on', models.PositiveSmallIntegerField(default=6, help_text='0 is Monday; of a weekly cycle.', verbose_name='week ends on')),
                ('open_days', models.PositiveSmallIntegerField(default=1, help_text='1 is T+1: the next day on which banks work.', verbose_name='paid after open days')),
                ('calendar', models.CharField(default='HK', help_text='A country whose holidays count, or TARGET.', max_length=8)),
                ('weekend', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=settlement.models.schedule.weekend, size=None)),
                ('closures', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list, size=None)),
                ('minimum_payouts', models.JSONField(blank=True, default=dict)),
                ('reserve_basis_points', models.PositiveIntegerField(default=0)),
                ('reserve_days', models.PositiveSmallIntegerField(default=0)),
                ('is_held', models.BooleanField(default=False, verbose_name='payouts are held')),
                ('hold_reason', models.CharField(blank=True, default='', max_length=256)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('merchant__isnull', True)), fields=('acquirer',), name='one_schedule_per_acquirer'), models.CheckConstraint(condition=models.Q(('closes_on__lte', 6)), name='schedule_closes_on_a_day'), models.CheckConstraint(condition=models.Q(('reserve_basis_points__lte', 10000)), name='schedule_reserves_a_part'), models.CheckConstraint(condition=models.Q(('open_days__lte', 30)), name='schedule_pays_in_a_month')],
            },
        ),
    ]
