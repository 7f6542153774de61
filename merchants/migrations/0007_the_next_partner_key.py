"""A key pair that waits beside the one that signs, until Alipay has its public half."""

import tenancy.encryption
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0006_scopes_of_baskets'),
    ]

    operations = [
        migrations.AddField(
            model_name='partneraccount',
            name='next_private_key',
            field=tenancy.encryption.EncryptedTextField(blank=True, db_default='', default='', editable=False),
        ),
    ]
