

import django.db.models.deletion
import kernel.clock
import kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_the_database_keeps_the_books'),
        ('tenancy', '0002_the_database_keeps_the_trail'),
    ]

    operations = [
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.new_uuid, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kernel.clock.now, editable=False)),
                ('merchant_id', models.UUIDField(null=True)),
                ('closes_at', models.DateTimeField()),
                ('balance_minor', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AlterField(
            model_name='entry',
            name='acquirer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer'),
        ),
        migrations.AlterField(
            model_name='transaction',
            name='acquirer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['acquirer', '-id'], name='entry_of_acquirer'),
        ),
        migrations.AddIndex(
            model_name='transaction',
            index=models.Index(fields=['acquirer', '-id'], name='transaction_of_acquirer'),
        ),
        migrations.AddField(
            model_name='closing',
            name='account',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='ledger.account'),
        ),
        migrations.AddField(
            model_name='closing',
            name='acquirer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.acquirer'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.UniqueConstraint(fields=('account', 'closes_at'), name='an_account_closes_once'),
        ),
    ]
