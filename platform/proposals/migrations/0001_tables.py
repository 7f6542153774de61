"""The tables of proposals, as its models have them."""

import django.db.models.deletion
import kernel.clock
import kernel.ids
import proposals.state
import tenancy.encryption
from django.conf import settings
from django.db import migrations, models
from tenancy.first_migration import FirstMigration


class Migration(FirstMigration):

    initial = True

    replaces = [
        ('proposals', '0001_initial'),
    ]

    dependencies = [
        ('tenancy', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('kind', models.CharField(max_length=32)),
                ('subject', models.CharField(max_length=64)),
                ('subject_label', models.CharField(max_length=128, verbose_name='about')),
                ('payload', tenancy.encryption.EncryptedTextField()),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('found', models.JSONField(null=True)),
                ('status', models.CharField(choices=[('pending', 'pending'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('expired', 'expired')], default=proposals.state.Status['PENDING'], max_length=16)),
                ('reason', models.CharField(max_length=256)),
                ('proposed_with', models.CharField(blank=True, default='', max_length=64)),
                ('expires_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_reason', models.CharField(blank=True, default='', max_length=256)),
                ('result', models.CharField(blank=True, default='', max_length=64)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('status', 'pending')), fields=['acquirer', '-id'], name='proposal_inbox'), models.Index(condition=models.Q(('status', 'pending')), fields=['expires_at'], name='proposal_expiry'), models.Index(fields=['subject'], name='proposal_by_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('acquirer', 'kind', 'subject'), name='one_pending_proposal_per_subject'), models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'refused', 'withdrawn', 'expired'])), name='proposal_status_is_known'), models.CheckConstraint(condition=models.Q(('proposed_by__isnull', False), models.Q(('proposed_with', ''), _negated=True), _connector='OR'), name='proposal_has_a_proposer'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('status', 'pending')), models.Q(('decided_at__isnull', False), ('decided_by', None), ('status', 'expired')), models.Q(('decided_at__isnull', False), ('decided_by', models.F('proposed_by')), ('status', 'withdrawn')), models.Q(('decided_by__isnull', False), ('status__in', ['approved', 'refused']), ('decided_at__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='proposal_is_decided_by_another_person')],
            },
        ),
        migrations.CreateModel(
            name='TwoPeopleRule',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('kind', models.CharField(max_length=32)),
                ('need', models.CharField(choices=[('always', 'always'), ('above', 'above'), ('never', 'never')], max_length=8)),
                ('limits', models.JSONField(blank=True, default=dict)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('acquirer', 'kind'), name='one_two_people_rule_per_kind'), models.CheckConstraint(condition=models.Q(('need__in', ['always', 'above', 'never'])), name='two_people_need_is_known')],
            },
        ),
    ]
