"""The tables of tenancy, as its models have them."""

import django.core.validators
import django.db.models.deletion
import kernel.clock
import kernel.ids
from django.db import migrations, models
from tenancy.first_migration import FirstMigration


class Migration(FirstMigration):

    initial = True

    replaces = [
        ('tenancy', '0001_initial'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Acquirer',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=128)),
                ('slug', models.SlugField(help_text='Its name in commands.', max_length=48, unique=True)),
                ('country', models.CharField(max_length=2, validators=[django.core.validators.RegexValidator('\\A[A-Z]{2}\\Z', 'Two capitals, such as HK.')])),
                ('time_zone', models.CharField(default='Asia/Hong_Kong', max_length=64)),
                ('status', models.CharField(choices=[('active', 'Active'), ('suspended', 'Suspended')], default='active', max_length=16)),
                ('second_factor_for_all', models.BooleanField(default=False, help_text='Every member of staff needs a second factor, not only owners and finance.')),
                ('approval_by_another', models.BooleanField(default=False, help_text='Who submitted a merchant may not approve it.', verbose_name='approval by another person')),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='SignInTries',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('last_at', models.DateTimeField(db_index=True)),
                ('closed_until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Staff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(max_length=128)),
                ('role', models.CharField(choices=[('operator', 'Operator (the platform itself)'), ('owner', 'Owner'), ('operations', 'Operations'), ('finance', 'Finance'), ('support', 'Support'), ('auditor', 'Auditor')], max_length=16)),
                ('is_active', models.BooleanField(default=True)),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('zh-hans', '简体中文'), ('zh-hant', '繁體中文')], db_default='', default='', help_text='Empty: what the browser asks for.', max_length=8)),
                ('signed_out_at', models.DateTimeField(editable=False, help_text='Sessions from before this moment are over.', null=True)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('acquirer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='tenancy.acquirer')),
            ],
            options={
                'verbose_name_plural': 'staff',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('acquirer__isnull', True), ('role', 'operator')), models.Q(models.Q(('role', 'operator'), _negated=True), ('acquirer__isnull', False)), _connector='OR'), name='staff_operator_has_no_acquirer', violation_error_message='The operator has no acquirer; everybody else has one.')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('merchant_id', models.UUIDField(null=True)),
                ('actor', models.CharField(max_length=128)),
                ('origin', models.CharField(max_length=64)),
                ('action', models.CharField(choices=[('insert', 'Insert'), ('update', 'Update'), ('delete', 'Delete'), ('note', 'noted')], max_length=8)),
                ('table', models.CharField(max_length=64)),
                ('row_id', models.CharField(max_length=64)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('acquirer', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'verbose_name_plural': 'audit trail',
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['acquirer', '-id'], name='audit_feed'), models.Index(fields=['row_id'], name='audit_by_row'), models.Index(fields=['actor', '-id'], name='audit_by_actor')],
            },
        ),
    ]
