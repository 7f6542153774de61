"""When a payment's status changed last: what follows is stamped after it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0005_recognized_members'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='changed_at',
            field=models.DateTimeField(null=True),
        ),
    ]
