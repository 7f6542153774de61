"""Insights; and the database itself names the members of whom what was counted has changed."""

import django.contrib.postgres.fields
import django.db.models.deletion
import kernel.clock
import kernel.ids
from django.db import migrations, models


# Who is forgotten, or takes back (or gives again) the agreement to be a member. By the database,
# for these tables lie above loyalty; with its owner's rights, for a merchant who forgets a member
# of a programme of several does not see the others' rows.
WATCH = """
CREATE FUNCTION portal_member_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO portal_changedmember (id, created_at, acquirer_id, member_id)
    VALUES (gen_random_uuid(), now(), NEW.acquirer_id, NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION portal_consent_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT NEW.is_given OR EXISTS (
        SELECT FROM loyalty_consent AS earlier
         WHERE earlier.member_id = NEW.member_id AND earlier.purpose = NEW.purpose
           AND NOT earlier.is_given) THEN
        INSERT INTO portal_changedmember (id, created_at, acquirer_id, member_id)
        VALUES (gen_random_uuid(), now(), NEW.acquirer_id, NEW.member_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER insights AFTER UPDATE OF status ON loyalty_member
    FOR EACH ROW WHEN (NEW.status = 'forgotten' AND OLD.status <> 'forgotten')
    EXECUTE FUNCTION portal_member_changed();
CREATE TRIGGER insights AFTER INSERT ON loyalty_consent
    FOR EACH ROW WHEN (NEW.purpose = 'membership')
    EXECUTE FUNCTION portal_consent_changed();
"""
LET_GO = """
DROP TRIGGER insights ON loyalty_consent;
DROP TRIGGER insights ON loyalty_member;
DROP FUNCTION portal_consent_changed();
DROP FUNCTION portal_member_changed();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0002_the_database_keeps_the_points'),
        ('merchants', '0005_scopes_of_members'),
        ('portal', '0002_incidents_of_keys'),
        ('tenancy', '0002_the_database_keeps_the_trail'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChangedMember',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.member')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Analysis',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('as_of', models.DateField(null=True)),
                ('is_stale', models.BooleanField(default=True)),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'verbose_name_plural': 'analyses',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['acquirer', 'livemode'], name='analysis_of_acquirer'), models.Index(condition=models.Q(('is_stale', True)), fields=['id'], name='analysis_is_stale')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'livemode'), name='one_analysis_per_merchant')],
            },
        ),
        migrations.CreateModel(
            name='Cohort',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('currency', models.CharField(max_length=3)),
                ('grain', models.CharField(max_length=5)),
                ('cohort', models.DateField()),
                ('age', models.IntegerField()),
                ('customers', models.BigIntegerField()),
                ('visits', models.BigIntegerField()),
                ('net_minor', models.BigIntegerField()),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('merchant', 'livemode', 'currency', 'grain', 'cohort', 'age'), name='one_row_per_cohort_and_age'), models.CheckConstraint(condition=models.Q(('grain__in', ('week', 'month'))), name='cohort_grain_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('currency', models.CharField(max_length=3)),
                ('as_of', models.DateField()),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('days', models.BigIntegerField()),
                ('visits', models.BigIntegerField()),
                ('net_minor', models.BigIntegerField()),
                ('visits_year', models.BigIntegerField()),
                ('net_year_minor', models.BigIntegerField()),
                ('interval_hours', models.BigIntegerField(null=True)),
                ('late_percent', models.BigIntegerField(null=True)),
                ('recency', models.SmallIntegerField()),
                ('frequency', models.SmallIntegerField()),
                ('monetary', models.SmallIntegerField()),
                ('persona', models.CharField(max_length=16)),
                ('risk', models.CharField(max_length=16)),
                ('expected_minor', models.BigIntegerField()),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.member')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['merchant', 'livemode', 'currency', 'persona', 'risk'], include=('net_minor', 'visits', 'net_year_minor', 'expected_minor'), name='customer_by_persona')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'livemode', 'currency', 'member'), name='one_row_per_customer_and_currency'), models.CheckConstraint(condition=models.Q(('persona__in', ['new', 'champion', 'loyal', 'big_spender', 'promising', 'cooling', 'cannot_lose', 'at_risk', 'lost'])), name='persona_is_known'), models.CheckConstraint(condition=models.Q(('risk__in', ['on_time', 'late', 'overdue', 'gone', 'unknown'])), name='risk_is_known')],
            },
        ),
        migrations.CreateModel(
            name='CustomerDay',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('day', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('visits', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('refunded_minor', models.BigIntegerField()),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.member')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['merchant', 'livemode', 'day'], name='customer_day')],
                'constraints': [models.UniqueConstraint(fields=('member', 'merchant', 'livemode', 'day', 'store', 'currency'), name='one_row_per_customer_and_day')],
            },
        ),
        migrations.CreateModel(
            name='DayCategory',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('day', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('category', models.CharField(max_length=64)),
                ('payments', models.BigIntegerField()),
                ('units', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('costed_minor', models.BigIntegerField()),
                ('cost_minor', models.BigIntegerField()),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['acquirer', 'livemode', 'day'], name='categories_of_acquirer')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'livemode', 'day', 'store', 'currency', 'category'), name='one_row_per_category_and_day')],
            },
        ),
        migrations.CreateModel(
            name='DayGoods',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('day', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('sku', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=256)),
                ('category', models.CharField(max_length=64)),
                ('payments', models.BigIntegerField()),
                ('units', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('costed_minor', models.BigIntegerField()),
                ('cost_minor', models.BigIntegerField()),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('merchant', 'livemode', 'day', 'currency', 'sku'), name='one_row_per_article_and_day')],
            },
        ),
        migrations.CreateModel(
            name='DaySales',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('day', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('payments', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('discount_minor', models.BigIntegerField()),
                ('refunded_payments', models.BigIntegerField()),
                ('refunded_minor', models.BigIntegerField()),
                ('with_items', models.BigIntegerField()),
                ('units', models.BigIntegerField()),
                ('known_payments', models.BigIntegerField()),
                ('known_minor', models.BigIntegerField()),
                ('hours', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=24)),
                ('hour_amounts', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=24)),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['acquirer', 'livemode', 'day'], name='sales_of_acquirer')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'livemode', 'day', 'store', 'currency'), name='one_row_of_sales_per_day')],
            },
        ),
        migrations.CreateModel(
            name='DayWallet',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('day', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('wallet', models.CharField(max_length=16)),
                ('payer_currency', models.CharField(max_length=3)),
                ('payments', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['acquirer', 'livemode', 'day'], name='wallets_of_acquirer')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'livemode', 'day', 'store', 'currency', 'wallet', 'payer_currency'), name='one_row_per_wallet_and_day')],
            },
        ),
        migrations.RunSQL(WATCH, LET_GO),
    ]
