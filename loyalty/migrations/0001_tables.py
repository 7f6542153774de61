"""The tables of loyalty, as its models have them."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import kernel.clock
import kernel.ids
import loyalty.basket_state
import loyalty.campaign_state
import loyalty.card_numbers
import loyalty.coupon_codes
import loyalty.discounts
import loyalty.launch_state
import loyalty.member_state
import loyalty.models.product
import loyalty.wallet_keys
import tenancy.encryption
from django.db import migrations, models
from tenancy.first_migration import FirstMigration


class Migration(FirstMigration):

    initial = True

    replaces = [
        ('loyalty', '0001_members_and_points'),
        ('loyalty', '0003_earnings'),
        ('loyalty', '0005_catalogue_and_baskets'),
        ('loyalty', '0006_recommendations'),
        ('loyalty', '0007_campaigns_and_coupons'),
        ('loyalty', '0009_burning_and_adjusting'),
        ('loyalty', '0010_launches'),
    ]

    dependencies = [
        ('merchants', '0001_tables'),
        ('payments', '0001_tables'),
        ('tenancy', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='BasketProgress',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Basket',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('source', models.CharField(choices=[('payment', 'payment'), ('import', 'import')], default=loyalty.basket_state.BasketSource['PAYMENT'], max_length=8)),
                ('file', models.CharField(blank=True, default='', max_length=64)),
                ('reference', models.CharField(max_length=64)),
                ('bought_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('refunded_minor', models.BigIntegerField(default=0)),
                ('lines_minor', models.BigIntegerField()),
                ('line_count', models.PositiveIntegerField()),
                ('member_id', models.UUIDField(null=True)),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('store', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='BasketLine',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('number', models.PositiveIntegerField()),
                ('bought_at', models.DateTimeField()),
                ('sku', models.CharField(blank=True, default='', max_length=64)),
                ('name', models.CharField(max_length=128)),
                ('category', models.CharField(blank=True, default='', max_length=64)),
                ('quantity', models.PositiveIntegerField()),
                ('unit_amount_minor', models.BigIntegerField()),
                ('unit_cost_minor', models.BigIntegerField(null=True)),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('basket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='loyalty.basket')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=64)),
                ('livemode', models.BooleanField(default=False, verbose_name='live')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('active', 'active'), ('paused', 'paused'), ('ended', 'ended')], default=loyalty.campaign_state.CampaignStatus['DRAFT'], editable=False, max_length=8)),
                ('kind', models.CharField(choices=[('amount', 'amount'), ('percentage', 'percentage'), ('item', 'item'), ('buy_x_get_y', 'buy x get y')], max_length=12, verbose_name='takes off')),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.PositiveBigIntegerField(default=0, help_text='500 is HKD 5.00.', verbose_name='fixed sum, minor units')),
                ('basis_points', models.PositiveIntegerField(default=0, help_text='1000 is 10 %, 10000 all of it.', verbose_name='part, basis points')),
                ('cap_minor', models.PositiveBigIntegerField(blank=True, help_text='What one payment saves at most.', null=True, verbose_name='at most, minor units')),
                ('skus', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, size=200)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, size=50)),
                ('buy_quantity', models.PositiveIntegerField(default=0, verbose_name='buy so many')),
                ('get_quantity', models.PositiveIntegerField(default=0, verbose_name='get so many for less')),
                ('minimum_spend_minor', models.PositiveBigIntegerField(default=0, verbose_name='minimum spend, minor units')),
                ('is_first_purchase_only', models.BooleanField(default=False, verbose_name='first purchase only')),
                ('starts_at', models.DateTimeField(verbose_name='begins')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('zone', models.CharField(default='Asia/Hong_Kong', max_length=64, verbose_name='time zone')),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(6)]), blank=True, default=list, size=7)),
                ('hours_from', models.TimeField(blank=True, null=True, verbose_name='happy hour begins')),
                ('hours_until', models.TimeField(blank=True, null=True, verbose_name='happy hour ends')),
                ('is_stackable', models.BooleanField(default=False, verbose_name='combines with other coupons')),
                ('budget_minor', models.PositiveBigIntegerField(blank=True, help_text='Empty: no limit.', null=True, verbose_name='budget, minor units')),
                ('total_limit', models.PositiveIntegerField(blank=True, help_text='Empty: no limit.', null=True, verbose_name='redemptions at most')),
                ('member_limit', models.PositiveIntegerField(blank=True, help_text='Empty: no limit.', null=True, verbose_name='redemptions per member')),
                ('acquirer_basis_points', models.PositiveIntegerField(default=0, help_text='10000: the acquirer bears all of it, and owes it to the merchant; 0: none.', verbose_name="the acquirer's part, basis points")),
                ('reserved_count', models.PositiveIntegerField(default=0, editable=False)),
                ('reserved_minor', models.PositiveBigIntegerField(default=0, editable=False)),
                ('redeemed_count', models.PositiveIntegerField(default=0, editable=False)),
                ('redeemed_minor', models.PositiveBigIntegerField(default=0, editable=False)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='CampaignMerchant',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='loyalty.campaign')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='CampaignStore',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stores', to='loyalty.campaign')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='CatalogueImport',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('file_name', models.CharField(max_length=128)),
                ('sha256', models.CharField(max_length=64)),
                ('content', models.BinaryField(null=True)),
                ('status', models.CharField(choices=[('checking', 'Being checked'), ('faulty', 'Faulty: nothing was taken'), ('ready', 'Ready to be taken'), ('taking', 'Being taken'), ('done', 'Done')], default='checking', max_length=16)),
                ('brought_by', models.CharField(max_length=128)),
                ('taken_by', models.CharField(blank=True, default='', max_length=128)),
                ('rows_total', models.PositiveIntegerField(default=0)),
                ('rows_done', models.PositiveIntegerField(default=0)),
                ('faults', models.JSONField(blank=True, default=list)),
                ('due_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('claim', models.UUIDField(blank=True, editable=False, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('added', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Launch',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=64)),
                ('segment', models.JSONField(blank=True, default=dict, editable=False)),
                ('control_basis_points', models.PositiveIntegerField(default=1000, help_text='Basis points of the members who get no coupon, to compare: 1000 is 10%.', validators=[django.core.validators.MaxValueValidator(5000)], verbose_name='control group')),
                ('measured_days', models.PositiveSmallIntegerField(default=28, help_text='From the day of the launch: what both groups buy is compared.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(180)], verbose_name='measured for, days')),
                ('expected_basis_points', models.PositiveIntegerField(blank=True, help_text='Basis points of the coupons. Empty: as in the launches before.', null=True, validators=[django.core.validators.MaxValueValidator(10000)], verbose_name='expected to be redeemed')),
                ('is_first_come', models.BooleanField(default=False, help_text='More coupons than the budget can pay: who comes late gets nothing off.', verbose_name='first come, first served')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('issuing', 'issuing'), ('issued', 'issued'), ('stopped', 'stopped')], default=loyalty.launch_state.LaunchStatus['DRAFT'], editable=False, max_length=8)),
                ('launched_at', models.DateTimeField(editable=False, null=True)),
                ('launched_by', models.CharField(blank=True, default='', editable=False, max_length=128)),
                ('target_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='members')),
                ('control_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='held out')),
                ('issued_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='coupons issued')),
                ('withheld_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='withheld')),
                ('due_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('claim', models.UUIDField(blank=True, editable=False, null=True)),
                ('finished_at', models.DateTimeField(editable=False, null=True)),
                ('failure', models.CharField(blank=True, default='', editable=False, max_length=256)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='launches', to='loyalty.campaign')),
                ('merchant', models.ForeignKey(blank=True, help_text='Empty: every member of the programme, chosen by tier alone.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant', verbose_name='customers of')),
            ],
            options={
                'verbose_name_plural': 'launches',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('joined_at', models.DateTimeField(default=kernel.clock.now)),
                ('status', models.CharField(choices=[('active', 'active'), ('suspended', 'suspended'), ('forgotten', 'forgotten')], default=loyalty.member_state.MemberStatus['ACTIVE'], max_length=12)),
                ('card_number', models.CharField(default=loyalty.card_numbers.new_card_number, editable=False, max_length=18, null=True, unique=True)),
                ('person_name', tenancy.encryption.EncryptedTextField(blank=True, default='', verbose_name='name')),
                ('phone', tenancy.encryption.EncryptedTextField(blank=True, default='')),
                ('email', tenancy.encryption.EncryptedTextField(blank=True, default='', verbose_name='e-mail')),
                ('points', models.BigIntegerField(default=0, editable=False)),
                ('next_expiry_at', models.DateTimeField(editable=False, null=True)),
                ('forgotten_at', models.DateTimeField(editable=False, null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('joined_merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant', verbose_name='joined at')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Earning',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('points', models.BigIntegerField(null=True)),
                ('kept_points', models.BigIntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.payment')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='earnings', to='loyalty.member')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Coupon',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField(editable=False)),
                ('code', models.CharField(default=loyalty.coupon_codes.new_code, max_length=32)),
                ('status', models.CharField(choices=[('active', 'active'), ('withdrawn', 'withdrawn')], default=loyalty.campaign_state.CouponStatus['ACTIVE'], editable=False, max_length=12)),
                ('uses_limit', models.PositiveIntegerField(blank=True, default=1, null=True, verbose_name='uses')),
                ('issued_by', models.CharField(editable=False, max_length=128)),
                ('reserved_count', models.PositiveIntegerField(default=0, editable=False)),
                ('redeemed_count', models.PositiveIntegerField(default=0, editable=False)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='coupons', to='loyalty.campaign')),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.member')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='AudienceMember',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('issued', 'issued'), ('withheld', 'withheld'), ('control', 'control')], max_length=8)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('coupon', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.coupon')),
                ('launch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='audience', to='loyalty.launch')),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.member')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('sku', models.CharField(max_length=64, verbose_name='SKU')),
                ('name', models.CharField(max_length=128)),
                ('category', models.CharField(blank=True, default='', max_length=64)),
                ('currency', models.CharField(max_length=3, validators=[loyalty.models.product.check_currency])),
                ('price_minor', models.BigIntegerField(blank=True, help_text='Minor units: 1050 is HKD 10.50.', null=True, verbose_name='price')),
                ('cost_minor', models.BigIntegerField(blank=True, help_text='What the merchant pays for it. Minor units. No till and no customer sees it.', null=True, verbose_name='cost')),
                ('is_active', models.BooleanField(default=True, verbose_name='on sale')),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=64)),
                ('status', models.CharField(choices=[('active', 'active'), ('closed', 'closed')], default=loyalty.member_state.ProgrammeStatus['ACTIVE'], max_length=8)),
                ('rounding', models.CharField(choices=[('down', 'down'), ('half_up', 'half up'), ('up', 'up')], default=loyalty.member_state.Rounding['DOWN'], help_text='What becomes of a part of a point, once for each payment.', max_length=8)),
                ('points_live_days', models.PositiveSmallIntegerField(default=730, help_text='Each earning expires after so many days.', verbose_name='points live, days')),
                ('may_owe', models.BooleanField(default=False, help_text='A refund takes back points that were spent already; the next earning repays.', verbose_name='balance may fall below zero')),
                ('adjusted_alone_points', models.PositiveIntegerField(default=10000, help_text='More at once needs a second person.', verbose_name='points that one person may adjust')),
                ('wallet_key', tenancy.encryption.EncryptedTextField(default=loyalty.wallet_keys.new_wallet_key, editable=False)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='PointsEntry',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('earn', 'earn'), ('burn', 'burn'), ('expire', 'expire'), ('correct', 'correct'), ('adjust', 'adjust')], max_length=8)),
                ('points', models.BigIntegerField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('cause_type', models.CharField(max_length=16)),
                ('cause_id', models.UUIDField()),
                ('reason', models.CharField(blank=True, default='', max_length=256)),
                ('made_by', models.CharField(blank=True, default='', max_length=128)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='loyalty.pointsentry')),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='loyalty.member')),
                ('programme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.programme')),
            ],
            options={
                'verbose_name': 'entry of points',
                'verbose_name_plural': 'points',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='loyalty.programme')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='member',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='loyalty.programme'),
        ),
        migrations.AddField(
            model_name='launch',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.programme'),
        ),
        migrations.CreateModel(
            name='EarnRule',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('currency', models.CharField(max_length=3)),
                ('points', models.PositiveIntegerField(default=1)),
                ('per_minor', models.PositiveIntegerField(default=100, help_text='Minor units: 100 is HKD 1.00.', verbose_name='for every')),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='earn_rules', to='loyalty.programme')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('purpose', models.CharField(choices=[('membership', 'membership'), ('marketing', 'marketing'), ('wallet', 'wallet')], max_length=16)),
                ('is_given', models.BooleanField()),
                ('wording_version', models.CharField(max_length=32)),
                ('recorded_by', models.CharField(max_length=128)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='loyalty.member')),
                ('programme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.programme')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='CategoryRule',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('category', models.CharField(max_length=64)),
                ('multiplier_basis_points', models.PositiveIntegerField(default=10000, help_text='10000 is once, 20000 twice, 0 not at all.')),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='category_rules', to='loyalty.programme')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='BurnRule',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('currency', models.CharField(max_length=3)),
                ('points', models.PositiveIntegerField(default=100, help_text='Points are spent in multiples of this number.', verbose_name='points at a time')),
                ('minor', models.PositiveIntegerField(default=100, help_text='Minor units: 100 is HKD 1.00.', verbose_name='are worth')),
                ('minimum_points', models.PositiveIntegerField(default=0, help_text='Fewer are not spent at once.')),
                ('borne_basis_points', models.PositiveIntegerField(default=0, help_text='10000: the merchant is paid the whole price; 0: the merchant sold cheaper.', verbose_name='acquirer bears, basis points')),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='burn_rules', to='loyalty.programme')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Recommendation',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('merchant_reference', models.CharField(max_length=64)),
                ('currency', models.CharField(max_length=3)),
                ('is_control', models.BooleanField()),
                ('rule_set_id', models.UUIDField(null=True)),
                ('asked_count', models.PositiveIntegerField(default=1)),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.store')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('rank', models.PositiveSmallIntegerField()),
                ('sku', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=128)),
                ('category', models.CharField(blank=True, default='', max_length=64)),
                ('price_minor', models.BigIntegerField()),
                ('unit_cost_minor', models.BigIntegerField()),
                ('is_cost_assumed', models.BooleanField()),
                ('both_count', models.PositiveIntegerField()),
                ('antecedent_count', models.PositiveIntegerField()),
                ('acquirer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('recommendation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='loyalty.recommendation')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RecommendationTerms',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('is_active', models.BooleanField(default=True, verbose_name='recommends')),
                ('control_basis_points', models.PositiveIntegerField(default=1000, help_text='Basis points of the sales that are shown no offer, to compare: 1000 is 10%.', verbose_name='control group')),
                ('assumed_margin_basis_points', models.PositiveIntegerField(default=3000, help_text='Basis points of the price, for products whose cost nobody knows.', verbose_name='assumed margin')),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'verbose_name': 'terms of recommendations',
                'verbose_name_plural': 'recommendations',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Redemption',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('reserved', 'reserved'), ('redeemed', 'redeemed'), ('returned', 'returned')], default=loyalty.campaign_state.RedemptionStatus['RESERVED'], max_length=8)),
                ('amount_minor', models.BigIntegerField()),
                ('returned_minor', models.BigIntegerField(default=0)),
                ('currency', models.CharField(max_length=3)),
                ('ended_at', models.DateTimeField(null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='loyalty.campaign')),
                ('coupon', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='loyalty.coupon')),
                ('member', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.member')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('payment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.payment')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RuleSet',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('computing', 'computing'), ('current', 'current'), ('superseded', 'superseded'), ('failed', 'failed')], default=loyalty.basket_state.RuleSetStatus['WAITING'], max_length=12)),
                ('due_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('claim', models.UUIDField(blank=True, editable=False, null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('basket_count', models.PositiveIntegerField(default=0, verbose_name='baskets')),
                ('product_count', models.PositiveIntegerField(default=0, verbose_name='products')),
                ('minimum_count', models.PositiveIntegerField(default=0, help_text='Rarer combinations are passed over.', verbose_name='fewest baskets')),
                ('rule_count', models.PositiveIntegerField(default=0, verbose_name='rules')),
                ('finished_at', models.DateTimeField(null=True)),
                ('failure', models.CharField(blank=True, default='', max_length=256)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('anchor', models.CharField(editable=False, max_length=64)),
                ('antecedent', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None, verbose_name='who buys')),
                ('consequent', models.CharField(max_length=64, verbose_name='buys too')),
                ('both_count', models.PositiveIntegerField(verbose_name='baskets with both')),
                ('antecedent_count', models.PositiveIntegerField(verbose_name='baskets with the first')),
                ('consequent_count', models.PositiveIntegerField(verbose_name='baskets with the second')),
                ('name', models.CharField(max_length=128)),
                ('currency', models.CharField(max_length=3)),
                ('unit_amount_minor', models.BigIntegerField(editable=False)),
                ('unit_cost_minor', models.BigIntegerField(editable=False, null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('rule_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='loyalty.ruleset')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Tier',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=32)),
                ('threshold_points', models.PositiveIntegerField(help_text='Earned in the last twelve months, less what refunds took back.')),
                ('multiplier_basis_points', models.PositiveIntegerField(default=10000, help_text='10000 is once, 20000 twice.')),
                ('benefits', models.TextField(blank=True, default='', max_length=1024)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tiers', to='loyalty.programme')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='WalletLink',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField()),
                ('scheme', models.CharField(max_length=16)),
                ('digest', models.BinaryField(max_length=32)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wallets', to='loyalty.member')),
                ('programme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.programme')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='basket',
            index=models.Index(fields=['merchant', 'livemode', '-bought_at'], name='basket_by_time'),
        ),
        migrations.AddIndex(
            model_name='basket',
            index=models.Index(condition=models.Q(('member_id__isnull', False)), fields=['member_id', '-bought_at'], name='basket_of_member'),
        ),
        migrations.AddConstraint(
            model_name='basket',
            constraint=models.UniqueConstraint(fields=('merchant', 'livemode', 'source', 'file', 'reference'), name='a_basket_is_kept_once'),
        ),
        migrations.AddConstraint(
            model_name='basket',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['payment', 'import'])), name='basket_source_is_known'),
        ),
        migrations.AddIndex(
            model_name='basketline',
            index=models.Index(fields=['merchant', 'livemode', 'sku', '-bought_at'], name='line_by_product'),
        ),
        migrations.AddConstraint(
            model_name='basketline',
            constraint=models.UniqueConstraint(fields=('basket', 'number'), name='a_line_has_its_number'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(fields=['acquirer', '-id'], name='campaign_of_acquirer'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(fields=('acquirer', 'livemode', 'name'), name='campaign_name_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'active', 'paused', 'ended'])), name='campaign_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__gt', 0), ('basis_points', 0), ('buy_quantity', 0), ('kind', loyalty.discounts.DiscountKind['AMOUNT'])), models.Q(('amount_minor', 0), ('basis_points__gt', 0), ('kind', loyalty.discounts.DiscountKind['PERCENTAGE'])), models.Q(('amount_minor__gt', 0), ('basis_points', 0), ('kind', loyalty.discounts.DiscountKind['ITEM'])), models.Q(('amount_minor', 0), ('basis_points__gt', 0), ('kind', loyalty.discounts.DiscountKind['ITEM'])), models.Q(('amount_minor', 0), ('basis_points__gt', 0), ('buy_quantity__gt', 0), ('get_quantity__gt', 0), ('kind', loyalty.discounts.DiscountKind['BUY_X_GET_Y'])), _connector='OR'), name='campaign_says_what_its_kind_takes_off'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('acquirer_basis_points__lte', 10000), ('basis_points__lte', 10000)), name='campaign_parts_are_parts'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='campaign_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hours_from__isnull', True), ('hours_until__isnull', True)), models.Q(('hours_from__isnull', False), ('hours_until__isnull', False)), _connector='OR'), name='happy_hour_begins_and_ends'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('budget_minor__isnull', True), ('budget_minor__gte', django.db.models.expressions.CombinedExpression(models.F('reserved_minor'), '+', models.F('redeemed_minor'))), _connector='OR'), name='a_budget_is_never_exceeded'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('total_limit__isnull', True), ('total_limit__gte', django.db.models.expressions.CombinedExpression(models.F('reserved_count'), '+', models.F('redeemed_count'))), _connector='OR'), name='a_limit_of_redemptions_is_never_exceeded'),
        ),
        migrations.AddConstraint(
            model_name='campaignmerchant',
            constraint=models.UniqueConstraint(fields=('campaign', 'merchant'), name='a_merchant_takes_part_once'),
        ),
        migrations.AddConstraint(
            model_name='campaignstore',
            constraint=models.UniqueConstraint(fields=('campaign', 'store'), name='a_store_is_named_once'),
        ),
        migrations.AddIndex(
            model_name='catalogueimport',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='catalogue_import_due'),
        ),
        migrations.AddIndex(
            model_name='earning',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='earning_due'),
        ),
        migrations.AddConstraint(
            model_name='earning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kept_points', 0), ('points__isnull', True)), models.Q(('kept_points__gte', 0), ('points__gte', models.F('kept_points'))), _connector='OR'), name='no_more_is_kept_than_was_earned'),
        ),
        migrations.AddIndex(
            model_name='coupon',
            index=models.Index(fields=['campaign', '-id'], name='coupon_of_campaign'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.UniqueConstraint(fields=('acquirer', 'livemode', 'code'), name='coupon_code_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'withdrawn'])), name='coupon_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('uses_limit__isnull', True), ('uses_limit__gte', django.db.models.expressions.CombinedExpression(models.F('reserved_count'), '+', models.F('redeemed_count'))), _connector='OR'), name='a_coupon_is_never_used_too_often'),
        ),
        migrations.AddIndex(
            model_name='audiencemember',
            index=models.Index(condition=models.Q(('status', loyalty.launch_state.AudienceStatus['WAITING'])), fields=['launch', 'id'], name='audience_waits'),
        ),
        migrations.AddConstraint(
            model_name='audiencemember',
            constraint=models.UniqueConstraint(fields=('launch', 'member'), name='a_member_is_in_an_audience_once'),
        ),
        migrations.AddConstraint(
            model_name='audiencemember',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'issued', 'withheld', 'control'])), name='audience_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='audiencemember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('coupon__isnull', False), ('status', loyalty.launch_state.AudienceStatus['ISSUED'])), models.Q(('member__isnull', True), ('status', loyalty.launch_state.AudienceStatus['ISSUED'])), models.Q(models.Q(('status', loyalty.launch_state.AudienceStatus['ISSUED']), _negated=True), ('coupon__isnull', True)), _connector='OR'), name='who_was_issued_a_coupon_has_one'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['merchant', '-id'], name='product_feed'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['acquirer', '-id'], name='product_of_acquirer'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.UniqueConstraint(fields=('merchant', 'sku'), name='product_sku_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sku', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='product_has_sku_and_name'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('price_minor__isnull', True), models.Q(('price_minor__gte', 0), ('price_minor__lte', 10000000000)), _connector='OR'), name='product_price_is_bounded'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('cost_minor__isnull', True), models.Q(('cost_minor__gte', 0), ('cost_minor__lte', 10000000000)), _connector='OR'), name='product_cost_is_bounded'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.UniqueConstraint(fields=('acquirer', 'name'), name='programme_name_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'closed'])), name='programme_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('rounding__in', ['down', 'half_up', 'up'])), name='programme_rounding_is_known'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('points_live_days__gte', 1), ('points_live_days__lte', 3653)), name='points_live_a_day_to_ten_years'),
        ),
        migrations.AddIndex(
            model_name='pointsentry',
            index=models.Index(fields=['member', '-id'], name='points_of_member'),
        ),
        migrations.AddIndex(
            model_name='pointsentry',
            index=models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='points_lot_expires'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.UniqueConstraint(fields=('member', 'kind', 'cause_type', 'cause_id', 'lot'), name='points_are_written_once_per_cause', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['earn', 'burn', 'expire', 'correct', 'adjust'])), name='points_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(('points', 0), _negated=True), name='points_are_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', loyalty.member_state.EntryKind['EARN']), _negated=True), models.Q(('lot__isnull', True), ('points__gt', 0)), _connector='OR'), name='what_is_earned_is_a_lot'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', loyalty.member_state.EntryKind['EXPIRE']), _negated=True), models.Q(('lot__isnull', False), ('points__lt', 0)), _connector='OR'), name='what_expires_comes_from_a_lot'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', loyalty.member_state.EntryKind['BURN']), _negated=True), ('lot__isnull', False), _connector='OR'), name='what_is_spent_comes_from_a_lot'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expires_at__isnull', False), ('lot__isnull', True), ('points__gt', 0)), models.Q(('expires_at__isnull', True), models.Q(('lot__isnull', False), ('points__lt', 0), _connector='OR')), _connector='OR'), name='every_lot_expires_and_nothing_else'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['programme', 'livemode', '-id'], name='member_feed'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['acquirer', '-id'], name='member_of_acquirer'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('next_expiry_at__isnull', False)), fields=['next_expiry_at'], name='member_with_points_to_expire'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'suspended', 'forgotten'])), name='member_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('card_number__isnull', True), ('email', ''), ('forgotten_at__isnull', False), ('person_name', ''), ('phone', ''), ('status', loyalty.member_state.MemberStatus['FORGOTTEN'])), models.Q(models.Q(('status', loyalty.member_state.MemberStatus['FORGOTTEN']), _negated=True), ('card_number__isnull', False), ('forgotten_at__isnull', True)), _connector='OR'), name='a_forgotten_member_is_nobody'),
        ),
        migrations.AddIndex(
            model_name='launch',
            index=models.Index(fields=['acquirer', '-id'], name='launch_of_acquirer'),
        ),
        migrations.AddIndex(
            model_name='launch',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='launch_due'),
        ),
        migrations.AddConstraint(
            model_name='launch',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'issuing', 'issued', 'stopped'])), name='launch_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='launch',
            constraint=models.CheckConstraint(condition=models.Q(('control_basis_points__lte', 5000)), name='at_most_half_an_audience_waits'),
        ),
        migrations.AddConstraint(
            model_name='launch',
            constraint=models.CheckConstraint(condition=models.Q(('measured_days__gte', 1), ('measured_days__lte', 180)), name='a_launch_is_measured_for_days'),
        ),
        migrations.AddConstraint(
            model_name='launch',
            constraint=models.CheckConstraint(condition=models.Q(('target_count__gte', django.db.models.expressions.CombinedExpression(models.F('issued_count'), '+', models.F('withheld_count')))), name='a_launch_issues_to_its_audience_only'),
        ),
        migrations.AddConstraint(
            model_name='launch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('launched_at__isnull', True), ('status', loyalty.launch_state.LaunchStatus['DRAFT'])), models.Q(models.Q(('status', loyalty.launch_state.LaunchStatus['DRAFT']), _negated=True), ('launched_at__isnull', False)), _connector='OR'), name='a_launch_has_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='earnrule',
            constraint=models.UniqueConstraint(fields=('programme', 'currency'), name='one_earn_rule_per_currency'),
        ),
        migrations.AddConstraint(
            model_name='earnrule',
            constraint=models.CheckConstraint(condition=models.Q(('per_minor__gte', 1)), name='earn_rule_has_a_unit'),
        ),
        migrations.AddConstraint(
            model_name='earnrule',
            constraint=models.CheckConstraint(condition=models.Q(('points__lte', 1000000)), name='earn_rule_is_bounded'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['member', 'purpose', '-id'], name='consent_of_member'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['membership', 'marketing', 'wallet'])), name='consent_purpose_is_known'),
        ),
        migrations.AddConstraint(
            model_name='categoryrule',
            constraint=models.UniqueConstraint(fields=('programme', 'category'), name='one_rule_per_category'),
        ),
        migrations.AddConstraint(
            model_name='categoryrule',
            constraint=models.CheckConstraint(condition=models.Q(('multiplier_basis_points__lte', 1000000)), name='category_multiplies_by_100_at_most'),
        ),
        migrations.AddConstraint(
            model_name='burnrule',
            constraint=models.UniqueConstraint(fields=('programme', 'currency'), name='one_burn_rule_per_currency'),
        ),
        migrations.AddConstraint(
            model_name='burnrule',
            constraint=models.CheckConstraint(condition=models.Q(('minor__gte', 1), ('points__gte', 1), ('points__lte', 1000000)), name='burn_rule_has_a_worth'),
        ),
        migrations.AddConstraint(
            model_name='burnrule',
            constraint=models.CheckConstraint(condition=models.Q(('borne_basis_points__lte', 10000)), name='the_acquirer_bears_all_at_most'),
        ),
        migrations.AddIndex(
            model_name='recommendation',
            index=models.Index(fields=['merchant', 'livemode', '-id'], name='recommendation_feed'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.UniqueConstraint(fields=('merchant', 'livemode', 'merchant_reference'), name='one_recommendation_per_sale'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(fields=('recommendation', 'sku'), name='offered_once_a_sale'),
        ),
        migrations.AddConstraint(
            model_name='recommendationterms',
            constraint=models.CheckConstraint(condition=models.Q(('control_basis_points__lte', 5000)), name='at_most_half_is_held_out'),
        ),
        migrations.AddConstraint(
            model_name='recommendationterms',
            constraint=models.CheckConstraint(condition=models.Q(('assumed_margin_basis_points__lte', 10000)), name='assumed_margin_is_a_part'),
        ),
        migrations.AddIndex(
            model_name='redemption',
            index=models.Index(fields=['campaign', 'member', 'status'], name='redemption_of_member'),
        ),
        migrations.AddIndex(
            model_name='redemption',
            index=models.Index(fields=['campaign', '-id'], name='redemption_of_campaign'),
        ),
        migrations.AddConstraint(
            model_name='redemption',
            constraint=models.UniqueConstraint(fields=('payment', 'coupon'), name='a_coupon_is_once_in_a_payment'),
        ),
        migrations.AddConstraint(
            model_name='redemption',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['reserved', 'redeemed', 'returned'])), name='redemption_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='redemption',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gte', models.F('returned_minor')), ('returned_minor__gte', 0), ('amount_minor__gt', 0)), name='a_redemption_gives_back_what_it_took'),
        ),
        migrations.AddIndex(
            model_name='ruleset',
            index=models.Index(fields=['merchant', 'livemode', '-id'], name='rule_set_feed'),
        ),
        migrations.AddIndex(
            model_name='ruleset',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='rule_set_due'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'computing', 'current', 'superseded', 'failed'])), name='rule_set_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.UniqueConstraint(condition=models.Q(('status', loyalty.basket_state.RuleSetStatus['CURRENT'])), fields=('merchant', 'livemode'), name='one_current_rule_set'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', (loyalty.basket_state.RuleSetStatus['WAITING'], loyalty.basket_state.RuleSetStatus['COMPUTING']))), fields=('merchant', 'livemode'), name='one_rule_set_in_the_making'),
        ),
        migrations.AddIndex(
            model_name='rule',
            index=models.Index(fields=['acquirer', '-id'], name='rule_of_acquirer'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.UniqueConstraint(fields=('rule_set', 'anchor', 'antecedent', 'consequent'), name='a_rule_is_once'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('both_count__gt', 0), ('both_count__lte', models.F('antecedent_count')), ('both_count__lte', models.F('consequent_count'))), name='rule_counts_fit'),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.UniqueConstraint(fields=('programme', 'threshold_points'), name='one_tier_per_threshold'),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.UniqueConstraint(fields=('programme', 'name'), name='tier_name_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.CheckConstraint(condition=models.Q(('multiplier_basis_points__lte', 1000000)), name='tier_multiplies_by_100_at_most'),
        ),
        migrations.AddConstraint(
            model_name='walletlink',
            constraint=models.UniqueConstraint(fields=('programme', 'livemode', 'digest'), name='a_wallet_is_one_members'),
        ),
    ]
