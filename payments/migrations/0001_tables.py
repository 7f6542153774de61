"""The tables of payments, as its models have them."""

import django.db.models.deletion
import kernel.clock
import kernel.ids
import payments.state
from django.db import migrations, models
from tenancy.first_migration import FirstMigration


class Migration(FirstMigration):

    initial = True

    replaces = [
        ('payments', '0001_initial'),
        ('payments', '0003_members'),
        ('payments', '0004_reductions'),
        ('payments', '0005_recognized_members'),
        ('payments', '0006_changes_in_order'),
    ]

    dependencies = [
        ('merchants', '0001_tables'),
        ('tenancy', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('scheme', models.CharField(max_length=16)),
                ('status', models.CharField(default=payments.state.Status['PROCESSING'], max_length=16)),
                ('due_at', models.DateTimeField(null=True)),
                ('claim', models.UUIDField(null=True)),
                ('created_by', models.CharField(db_default='', default='', max_length=64)),
                ('expires_at', models.DateTimeField()),
                ('completed_at', models.DateTimeField(null=True)),
                ('changed_at', models.DateTimeField(null=True)),
                ('verify_until', models.DateTimeField(null=True)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('discount_minor', models.BigIntegerField(default=0)),
                ('reduction_minor', models.BigIntegerField(db_default=0, default=0)),
                ('reduction_borne_minor', models.BigIntegerField(db_default=0, default=0)),
                ('reductions', models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ('refund_reserved_minor', models.BigIntegerField(default=0)),
                ('refunded_minor', models.BigIntegerField(default=0)),
                ('merchant_reference', models.CharField(max_length=64)),
                ('mode', models.CharField(choices=[('payment_code', 'Payment Code'), ('merchant_qr', 'Merchant Qr')], db_default='payment_code', default='payment_code', max_length=16)),
                ('payment_code_masked', models.CharField(max_length=32, null=True)),
                ('payment_code_digest', models.BinaryField(max_length=32, null=True)),
                ('qr_code', models.CharField(max_length=512, null=True)),
                ('description', models.CharField(max_length=256, null=True)),
                ('items', models.JSONField(default=list)),
                ('metadata', models.JSONField(default=dict)),
                ('member_id', models.UUIDField(null=True)),
                ('member_is_recognized', models.BooleanField(db_default=False, default=False)),
                ('partner_trans_id', models.CharField(max_length=64)),
                ('scheme_transaction_id', models.CharField(max_length=64, null=True)),
                ('scheme_code', models.CharField(max_length=64, null=True)),
                ('payer_account', models.CharField(max_length=128, null=True)),
                ('payer_wallet', models.CharField(max_length=16, null=True)),
                ('payer_amount_minor', models.BigIntegerField(null=True)),
                ('payer_currency', models.CharField(max_length=3, null=True)),
                ('exchange_rate', models.CharField(max_length=24, null=True)),
                ('failure_code', models.CharField(max_length=48, null=True)),
                ('has_open_break', models.BooleanField(db_default=False, default=False)),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('partner_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.partneraccount')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
                ('terminal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.terminal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('notify_id', models.CharField(max_length=128)),
                ('action', models.CharField(blank=True, default='', max_length=64)),
                ('trade_status', models.CharField(blank=True, default='', max_length=32)),
                ('body', models.JSONField()),
                ('times_received', models.PositiveIntegerField(default=1)),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('partner_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.partneraccount')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.payment')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('status', models.CharField(default=payments.state.RefundStatus['PROCESSING'], max_length=16)),
                ('due_at', models.DateTimeField(null=True)),
                ('claim', models.UUIDField(null=True)),
                ('is_recorded', models.BooleanField(default=False)),
                ('created_by', models.CharField(db_default='', default='', max_length=64)),
                ('completed_at', models.DateTimeField(null=True)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reduction_minor', models.BigIntegerField(db_default=0, default=0)),
                ('reduction_borne_minor', models.BigIntegerField(db_default=0, default=0)),
                ('merchant_refund_reference', models.CharField(max_length=64, null=True)),
                ('reason', models.CharField(max_length=128, null=True)),
                ('partner_refund_id', models.CharField(max_length=64)),
                ('scheme_code', models.CharField(max_length=64, null=True)),
                ('failure_code', models.CharField(max_length=48, null=True)),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='payments.payment')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Break',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('kind', models.CharField(choices=[('paid_after_failed', 'paid_after_failed'), ('paid_after_canceled', 'paid_after_canceled'), ('closed_after_paid', 'closed_after_paid'), ('other_amount', 'other_amount'), ('other_trade', 'other_trade'), ('reversal_refused', 'reversal_refused'), ('refund_contradicted', 'refund_contradicted')], max_length=24)),
                ('status', models.CharField(choices=[('open', 'Open'), ('mended', 'Mended'), ('resolved', 'Resolved')], default='open', max_length=16)),
                ('needs_person', models.BooleanField()),
                ('ours', models.JSONField()),
                ('theirs', models.JSONField()),
                ('outcome', models.CharField(blank=True, default='', max_length=32)),
                ('resolution', models.CharField(blank=True, db_default='', default='', max_length=256)),
                ('resolved_by', models.CharField(blank=True, db_default='', default='', max_length=64)),
                ('ended_at', models.DateTimeField(null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='breaks', to='payments.payment')),
                ('refund', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.refund')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('pay', 'Pay'), ('present', 'Present'), ('query', 'Query'), ('cancel', 'Cancel'), ('refund', 'Refund'), ('refund_query', 'Refund Query')], max_length=16)),
                ('answered_at', models.DateTimeField(null=True)),
                ('duration_ms', models.PositiveIntegerField(null=True)),
                ('result', models.CharField(max_length=16, null=True)),
                ('code', models.CharField(max_length=64, null=True)),
                ('endpoint', models.CharField(max_length=200, null=True)),
                ('http_status', models.PositiveSmallIntegerField(null=True)),
                ('request', models.JSONField(null=True)),
                ('response', models.TextField(null=True)),
                ('error', models.TextField(null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='payments.payment')),
                ('refund', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='payments.refund')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RefusedNotification',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('reason', models.CharField(choices=[('forged', 'not signed by Alipay, or no notification at all'), ('foreign', 'of another seller'), ('contradictory', "other amount or currency than the payment's")], max_length=16)),
                ('detail', models.CharField(max_length=200)),
                ('body', models.JSONField()),
                ('digest', models.BinaryField(max_length=32)),
                ('times_received', models.PositiveIntegerField(default=1)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('partner_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.partneraccount')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.payment')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Transition',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('from_status', models.CharField(max_length=16)),
                ('event', models.CharField(max_length=24)),
                ('to_status', models.CharField(max_length=16)),
                ('actor', models.CharField(max_length=64)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('attempt', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.attempt')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transitions', to='payments.payment')),
                ('refund', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transitions', to='payments.refund')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='payment_due'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['merchant', 'livemode', '-id'], name='payment_feed'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['acquirer', '-id'], name='payment_of_acquirer'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('status__in', ['failed', 'canceled'])), fields=['acquirer', 'status', '-id'], name='payment_that_failed'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('member_id__isnull', False)), fields=['id'], name='payment_of_a_member'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('scheme_transaction_id__isnull', False)), fields=['scheme_transaction_id'], name='payment_by_alipays_number'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('merchant', 'livemode', 'merchant_reference'), name='payment_reference_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('partner_account', 'partner_trans_id'), name='partner_trans_id_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['processing', 'canceling', 'reversing', 'taking_back', 'succeeded', 'failed', 'canceled'])), name='payment_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='payment_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('reduction_borne_minor__gte', 0), ('reduction_minor__gte', models.F('reduction_borne_minor'))), name='payment_reduction_is_borne'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode', 'payment_code'), ('payment_code_digest__isnull', False), ('payment_code_masked__isnull', False), ('qr_code__isnull', True)), models.Q(('mode', 'merchant_qr'), ('payment_code_digest__isnull', True), ('payment_code_masked__isnull', True)), _connector='OR'), name='payment_has_the_code_of_its_mode'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('refunded_minor__gte', 0), ('refund_reserved_minor__gte', models.F('refunded_minor')), ('amount_minor__gte', models.F('refund_reserved_minor'))), name='refunds_never_exceed_the_payment'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['payment'], name='notification_by_payment'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['acquirer', '-id'], name='notification_of_acquirer'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.UniqueConstraint(fields=('partner_account', 'notify_id'), name='notify_id_is_unique'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='refund_due'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['merchant', 'livemode', '-id'], name='refund_feed'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['acquirer', '-id'], name='refund_of_acquirer'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(fields=('merchant', 'livemode', 'merchant_refund_reference'), name='refund_reference_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(fields=('acquirer', 'partner_refund_id'), name='partner_refund_id_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['processing', 'succeeded', 'failed'])), name='refund_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='refund_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('reduction_borne_minor__gte', 0), ('reduction_minor__gte', models.F('reduction_borne_minor'))), name='refund_reduction_is_borne'),
        ),
        migrations.AddIndex(
            model_name='break',
            index=models.Index(fields=['payment'], name='break_by_payment'),
        ),
        migrations.AddIndex(
            model_name='break',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['acquirer', '-id'], name='break_open_feed'),
        ),
        migrations.AddConstraint(
            model_name='break',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('payment',), name='one_open_break_per_payment'),
        ),
        migrations.AddConstraint(
            model_name='break',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['paid_after_failed', 'paid_after_canceled', 'closed_after_paid', 'other_amount', 'other_trade', 'reversal_refused', 'refund_contradicted'])), name='break_kind_is_known'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['payment', 'id'], name='attempt_by_payment'),
        ),
        migrations.AddIndex(
            model_name='refusednotification',
            index=models.Index(fields=['partner_account', 'created_at'], name='refused_notification_feed'),
        ),
        migrations.AddConstraint(
            model_name='refusednotification',
            constraint=models.UniqueConstraint(fields=('partner_account', 'digest'), name='refused_notification_is_kept_once'),
        ),
        migrations.AddIndex(
            model_name='transition',
            index=models.Index(fields=['payment', 'id'], name='transition_by_payment'),
        ),
    ]
