"""The tables of merchants, as its models have them."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import kernel.clock
import kernel.ids
import merchants.countries
import merchants.mcc
import merchants.models.document
import merchants.networks
import merchants.state
import tenancy.encryption
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models
from tenancy.first_migration import FirstMigration


class Migration(FirstMigration):

    initial = True

    replaces = [
        ('merchants', '0001_initial'),
        ('merchants', '0003_refused_calls'),
        ('merchants', '0004_keys_that_end_soon'),
        ('merchants', '0005_scopes_of_members'),
        ('merchants', '0006_scopes_of_baskets'),
        ('merchants', '0007_the_next_partner_key'),
        ('merchants', '0008_scopes_of_coupons'),
        ('merchants', '0009_scopes_of_insights'),
    ]

    dependencies = [
        ('tenancy', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Merchant',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('legal_name', models.CharField(max_length=128)),
                ('display_name', models.CharField(help_text="On the customer's statement.", max_length=128)),
                ('mcc', models.CharField(max_length=4, validators=[merchants.mcc.check_mcc], verbose_name='merchant category code')),
                ('country', models.CharField(help_text='Where it is registered.', max_length=2, validators=[merchants.countries.check_country])),
                ('organisation', models.CharField(choices=[('enterprise', 'Company'), ('individual', 'Sole trader')], default='enterprise', max_length=16)),
                ('registration_number', models.CharField(blank=True, default='', help_text='In the register of its country.', max_length=128)),
                ('responsible_name', models.CharField(blank=True, default='', help_text="Alipay asks for a company's shareholder, or a sole trader's owner.", max_length=64)),
                ('responsible_id', tenancy.encryption.EncryptedTextField(blank=True, default='', help_text="Number of that person's identity document.")),
                ('registered_line1', models.CharField(blank=True, default='', max_length=128, verbose_name='street and number')),
                ('registered_line2', models.CharField(blank=True, default='', max_length=128, verbose_name='second line')),
                ('registered_town', models.CharField(blank=True, default='', max_length=64, verbose_name='town')),
                ('registered_region', models.CharField(blank=True, default='', max_length=64, verbose_name='region')),
                ('registered_postal_code', models.CharField(blank=True, default='', max_length=16, verbose_name='postal code')),
                ('trading_line1', models.CharField(blank=True, default='', max_length=128, verbose_name='street and number')),
                ('trading_line2', models.CharField(blank=True, default='', max_length=128, verbose_name='second line')),
                ('trading_town', models.CharField(blank=True, default='', max_length=64, verbose_name='town')),
                ('trading_region', models.CharField(blank=True, default='', max_length=64, verbose_name='region')),
                ('trading_postal_code', models.CharField(blank=True, default='', max_length=16, verbose_name='postal code')),
                ('trading_country', models.CharField(blank=True, default='', help_text='Empty: where it is registered.', max_length=2, validators=[merchants.countries.check_country], verbose_name='country')),
                ('scheme_merchant_id', models.CharField(help_text='Its id as registered with Alipay.', max_length=32, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9_-]{1,32}\\Z', "1 to 32 letters, digits, '-' or '_': Alipay takes nothing else.")])),
                ('payment_timeout_seconds', models.PositiveSmallIntegerField(default=30, help_text='An unanswered payment is cancelled after this many seconds.', validators=[django.core.validators.MinValueValidator(10), django.core.validators.MaxValueValidator(180)])),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('in_review', 'In review'), ('approved', 'Approved, being registered with Alipay'), ('active', 'Active'), ('suspended', 'Suspended'), ('closed', 'Closed')], default='draft', max_length=16)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('registration', 'Extract of the register'), ('identity', 'Identity of the responsible person'), ('address', 'Proof of address'), ('bank', 'Letter of the bank'), ('contract', 'Contract'), ('premises', 'Picture of the premises'), ('other', 'Other')], max_length=16)),
                ('file_name', models.CharField(max_length=128)),
                ('stored_as', models.CharField(default=merchants.models.document.random_name, editable=False, max_length=64, unique=True)),
                ('content_type', models.CharField(max_length=32)),
                ('size_bytes', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_by', models.CharField(max_length=128)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('role', models.CharField(choices=[('business', 'Business'), ('operations', 'Operations'), ('finance', 'Finance'), ('technical', 'Technical')], default='business', max_length=16)),
                ('contact_name', models.CharField(max_length=128, verbose_name='name')),
                ('email', models.EmailField(max_length=254)),
                ('phone', models.CharField(blank=True, default='', max_length=20, validators=[django.core.validators.RegexValidator('\\A\\+[0-9][0-9 -]{5,18}\\Z', "With the country's code, such as +852 2123 4567.")])),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('currency', models.CharField(max_length=3)),
                ('holder', models.CharField(help_text='As the bank has the name.', max_length=128)),
                ('country', models.CharField(max_length=2, validators=[merchants.countries.check_country], verbose_name='country of the bank')),
                ('account_number', tenancy.encryption.EncryptedTextField(editable=False)),
                ('account_tail', models.CharField(editable=False, max_length=4, verbose_name='account number')),
                ('bank_code', models.CharField(blank=True, default='', max_length=12)),
                ('set_by', models.CharField(max_length=128)),
                ('set_at', models.DateTimeField()),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bank_accounts', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='MerchantImport',
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
                ('merchants', models.PositiveIntegerField(default=0)),
                ('stores', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='MerchantStep',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('step', models.CharField(choices=[('take_on', 'Take on at once'), ('submit', 'Submit'), ('review', 'Begin the review'), ('return', 'Return for correction'), ('approve', 'Approve'), ('activate', 'Activate'), ('suspend', 'Suspend'), ('resume', 'Resume'), ('close', 'Close')], max_length=16)),
                ('from_status', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('in_review', 'In review'), ('approved', 'Approved, being registered with Alipay'), ('active', 'Active'), ('suspended', 'Suspended'), ('closed', 'Closed')], max_length=16)),
                ('to_status', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('in_review', 'In review'), ('approved', 'Approved, being registered with Alipay'), ('active', 'Active'), ('suspended', 'Suspended'), ('closed', 'Closed')], max_length=16)),
                ('actor', models.CharField(max_length=128)),
                ('reason', models.CharField(blank=True, default='', max_length=256)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='PartnerAccount',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField(default=False)),
                ('scheme', models.CharField(default='alipay', max_length=16)),
                ('partner_id', models.CharField(max_length=16, validators=[django.core.validators.RegexValidator('\\A[0-9]{16}\\Z', '16 digits, from 2088.')])),
                ('sign_type', models.CharField(choices=[('RSA2', 'RSA2 (SHA-256)'), ('RSA', 'RSA (SHA-1)'), ('MD5', 'MD5')], default='RSA2', max_length=4)),
                ('private_key', tenancy.encryption.EncryptedTextField(blank=True, default='', help_text='Ours: PEM or base64.')),
                ('next_private_key', tenancy.encryption.EncryptedTextField(blank=True, db_default='', default='', editable=False)),
                ('md5_key', tenancy.encryption.EncryptedTextField(blank=True, default='')),
                ('alipay_public_key', models.TextField(blank=True, default='')),
                ('primary_url', models.URLField()),
                ('backup_url', models.URLField(blank=True, default='')),
                ('currencies', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), help_text='Currencies of the contract, e.g. HKD,JPY.', size=None)),
                ('pay_connect_seconds', models.PositiveSmallIntegerField(db_default=3, default=3, help_text='Time to connect to one address for a pay or precreate. In s, 1 to 10.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10)])),
                ('pay_read_seconds', models.PositiveSmallIntegerField(db_default=15, default=15, help_text='Time for the whole answer to a pay; afterwards the payment is in doubt. In s, 3 to 60.', validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(60)])),
                ('precreate_read_seconds', models.PositiveSmallIntegerField(db_default=8, default=8, help_text='Time for the whole answer to a precreate; afterwards the till gets no code to show. In s, 3 to 10.', validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(10)])),
                ('first_query_seconds', models.PositiveSmallIntegerField(db_default=5, default=5, help_text='A pay has no answer yet: the first query comes after this time. In s, 1 to 60.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)])),
                ('query_interval_seconds', models.PositiveSmallIntegerField(db_default=3, default=3, help_text='Time between two queries of a payment in doubt (law 3: 3 s). In s, 1 to 30.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)])),
                ('connect_seconds', models.PositiveSmallIntegerField(db_default=2, default=2, help_text='Time to connect to one address for a query, cancel or refund. In s, 1 to 2.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(2)])),
                ('query_read_seconds', models.PositiveSmallIntegerField(db_default=3, default=3, help_text='Time for the whole answer to a query. In s, 1 to 4.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(4)])),
                ('cancel_read_seconds', models.PositiveSmallIntegerField(db_default=4, default=4, help_text='Time for the whole answer to a cancel. In s, 1 to 4.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(4)])),
                ('refund_read_seconds', models.PositiveSmallIntegerField(db_default=4, default=4, help_text='Time for the whole answer to a refund. In s, 1 to 4.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(4)])),
                ('refund_days', models.PositiveSmallIntegerField(db_default=365, default=365, help_text='Alipay refunds for so many days after the payment; the contract says how many. In d, 1 to 1095.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1095)])),
                ('breaker_failures', models.PositiveSmallIntegerField(db_default=5, default=5, help_text='An address that fails so many times in a row is left alone for a while. In calls, 2 to 100.', validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(100)])),
                ('breaker_pause_seconds', models.PositiveSmallIntegerField(db_default=2, default=2, help_text='How long; then one harmless call tries it. Up to half of it is added by chance. In s, 1 to 60.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)])),
                ('registers_stores', models.BooleanField(default=True, help_text='Stores are announced to Alipay, and live ones are paid once it has taken them.')),
                ('refunds_at_once', models.BooleanField(db_default=True, default=True, help_text="Off: Alipay notes merchants' refunds down and gives them back later.")),
                ('is_active', models.BooleanField(default=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Store',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=128)),
                ('scheme_store_id', models.CharField(max_length=32, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9_-]{1,32}\\Z', "1 to 32 letters, digits, '-' or '_': Alipay takes nothing else.")])),
                ('line1', models.CharField(blank=True, default='', max_length=128, verbose_name='street and number')),
                ('line2', models.CharField(blank=True, default='', max_length=128, verbose_name='second line')),
                ('town', models.CharField(blank=True, default='', max_length=64, verbose_name='town')),
                ('region', models.CharField(blank=True, default='', max_length=64, verbose_name='region')),
                ('postal_code', models.CharField(blank=True, default='', max_length=16, verbose_name='postal code')),
                ('country', models.CharField(blank=True, default='', help_text="Empty: the merchant's.", max_length=2, validators=[merchants.countries.check_country])),
                ('latitude', models.DecimalField(blank=True, decimal_places=6, help_text='In degrees, such as 22.281900.', max_digits=8, null=True, validators=[django.core.validators.MinValueValidator(Decimal('-90')), django.core.validators.MaxValueValidator(Decimal('90'))])),
                ('longitude', models.DecimalField(blank=True, decimal_places=6, help_text='In degrees, such as 114.158100.', max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(Decimal('-180')), django.core.validators.MaxValueValidator(Decimal('180'))])),
                ('status', models.CharField(choices=[('active', 'active'), ('suspended', 'suspended'), ('closed', 'closed')], default=merchants.state.Status['ACTIVE'], max_length=16)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stores', to='merchants.merchant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('scheme_merchant_id', models.CharField(max_length=32)),
                ('scheme_store_id', models.CharField(max_length=32)),
                ('status', models.CharField(choices=[('to_send', 'To be announced'), ('in_review', 'Alipay is looking at it'), ('registered', 'Registered'), ('refused', 'Refused by Alipay')], default='to_send', max_length=16)),
                ('code', models.CharField(blank=True, default='', max_length=64)),
                ('reason', models.CharField(blank=True, default='', help_text="The scheme's words, or what hinders us.", max_length=500)),
                ('registered_at', models.DateTimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('claim', models.UUIDField(blank=True, editable=False, null=True)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('sent_digest', models.CharField(blank=True, default='', max_length=64)),
                ('evidence', models.JSONField(blank=True, default=dict)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='merchants.merchant')),
                ('partner_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='merchants.partneraccount')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='merchants.store')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('label', models.CharField(max_length=64)),
                ('allowed_networks', django.contrib.postgres.fields.ArrayField(base_field=merchants.networks.NetworkField(), blank=True, db_default=[], default=list, help_text='Where it may be used from, such as 203.0.113.0/24. Empty: anywhere.', size=64)),
                ('lookup', models.CharField(editable=False, max_length=8, unique=True)),
                ('digest', models.BinaryField(max_length=32)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(editable=False, null=True)),
                ('last_used_from', models.GenericIPAddressField(editable=False, null=True, verbose_name='last used from')),
                ('noticed_days', models.PositiveSmallIntegerField(editable=False, null=True)),
                ('notice_due_at', models.DateTimeField(editable=False, null=True)),
                ('livemode', models.BooleanField(default=False)),
                ('refused_since', models.DateTimeField(editable=False, null=True)),
                ('refused_count', models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ('refused_before', models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ('refused_code', models.CharField(blank=True, db_default='', default='', editable=False, max_length=48)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaces', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='merchants.apikey')),
                ('revoked_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to='merchants.merchant')),
                ('store', models.ForeignKey(blank=True, help_text='Empty: every store.', null=True, on_delete=django.db.models.deletion.PROTECT, to='merchants.store')),
            ],
            options={
                'verbose_name': 'API key',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Terminal',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=64)),
                ('scheme_terminal_id', models.CharField(max_length=32, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9_-]{1,32}\\Z', "1 to 32 letters, digits, '-' or '_': Alipay takes nothing else.")])),
                ('status', models.CharField(choices=[('active', 'active'), ('suspended', 'suspended'), ('closed', 'closed')], default=merchants.state.Status['ACTIVE'], max_length=16)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terminals', to='merchants.store')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RefundPin',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('digest', models.BinaryField(max_length=32)),
                ('failures', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('locked_until', models.DateTimeField(editable=False, null=True)),
                ('set_at', models.DateTimeField(editable=False)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('set_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='refund_pin', to='merchants.terminal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Pairing',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('livemode', models.BooleanField(default=False)),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(editable=False, null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('api_key', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pairing', to='merchants.apikey')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('terminal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings', to='merchants.terminal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='apikey',
            name='terminal',
            field=models.ForeignKey(blank=True, help_text='Empty: every terminal.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.terminal'),
        ),
        migrations.CreateModel(
            name='AcquirerKey',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('label', models.CharField(max_length=64)),
                ('allowed_networks', django.contrib.postgres.fields.ArrayField(base_field=merchants.networks.NetworkField(), blank=True, db_default=[], default=list, help_text='Where it may be used from, such as 203.0.113.0/24. Empty: anywhere.', size=64)),
                ('lookup', models.CharField(editable=False, max_length=8, unique=True)),
                ('digest', models.BinaryField(max_length=32)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(editable=False, null=True)),
                ('last_used_from', models.GenericIPAddressField(editable=False, null=True, verbose_name='last used from')),
                ('noticed_days', models.PositiveSmallIntegerField(editable=False, null=True)),
                ('notice_due_at', models.DateTimeField(editable=False, null=True)),
                ('acquirer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['merchants:read', 'merchants:write', 'merchants:approve', 'keys:read', 'keys:write', 'live_keys:write', 'insights:read', 'bank_accounts:propose'])), name='acquirer_key_scopes_are_known')],
            },
        ),
        migrations.AddIndex(
            model_name='merchant',
            index=models.Index(condition=models.Q(('status__in', ['draft', 'submitted', 'in_review'])), fields=['acquirer', 'id'], name='merchant_waits'),
        ),
        migrations.AddConstraint(
            model_name='merchant',
            constraint=models.UniqueConstraint(fields=('acquirer', 'scheme_merchant_id'), name='scheme_merchant_id_is_unique'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['merchant', 'id'], name='document_by_merchant'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['merchant', 'id'], name='contact_by_merchant'),
        ),
        migrations.AddConstraint(
            model_name='bankaccount',
            constraint=models.UniqueConstraint(fields=('merchant', 'currency'), name='one_bank_account_per_currency'),
        ),
        migrations.AddIndex(
            model_name='merchantimport',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='import_due'),
        ),
        migrations.AddIndex(
            model_name='merchantstep',
            index=models.Index(fields=['merchant', 'id'], name='step_by_merchant'),
        ),
        migrations.AddConstraint(
            model_name='partneraccount',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('acquirer', 'livemode', 'scheme'), name='one_active_partner_account_per_mode', violation_error_code='unique', violation_error_message='There is an active account of this mode already.'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.UniqueConstraint(fields=('merchant', 'scheme_store_id'), name='scheme_store_id_is_unique'),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='registration_due'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.UniqueConstraint(fields=('store', 'partner_account'), name='one_registration_per_account'),
        ),
        migrations.AddConstraint(
            model_name='terminal',
            constraint=models.UniqueConstraint(fields=('store', 'scheme_terminal_id'), name='scheme_terminal_id_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='pairing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('api_key', None), ('used_at', None)), models.Q(('api_key__isnull', False), ('used_at__isnull', False)), _connector='OR'), name='used_pairing_has_a_key'),
        ),
        migrations.AddIndex(
            model_name='apikey',
            index=models.Index(condition=models.Q(('refused_since__isnull', False)), fields=['refused_since'], name='api_key_refused_lately'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['payments:read', 'payments:write', 'refunds:read', 'refunds:write', 'refunds:with_pin', 'stores:read', 'events:read', 'insights:read', 'members:read', 'members:write', 'products:read', 'products:write', 'recommendations:read', 'recommendations:write', 'coupons:read', 'coupons:write', 'settlements:read', 'webhooks:read', 'webhooks:write'])), name='api_key_scopes_are_known'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('terminal', None), ('store__isnull', False), _connector='OR'), name='api_key_of_a_terminal_names_its_store'),
        ),
    ]
