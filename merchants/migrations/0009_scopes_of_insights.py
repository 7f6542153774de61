
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0008_scopes_of_coupons'),
        ('tenancy', '0002_the_database_keeps_the_trail'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='acquirerkey',
            name='acquirer_key_scopes_are_known',
        ),
        migrations.RemoveConstraint(
            model_name='apikey',
            name='api_key_scopes_are_known',
        ),
        migrations.AddConstraint(
            model_name='acquirerkey',
            constraint=models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['merchants:read', 'merchants:write', 'merchants:approve', 'keys:read', 'keys:write', 'live_keys:write', 'insights:read', 'bank_accounts:propose'])), name='acquirer_key_scopes_are_known'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['payments:read', 'payments:write', 'refunds:read', 'refunds:write', 'refunds:with_pin', 'stores:read', 'events:read', 'insights:read', 'members:read', 'members:write', 'products:read', 'products:write', 'recommendations:read', 'recommendations:write', 'coupons:read', 'coupons:write', 'settlements:read', 'webhooks:read', 'webhooks:write'])), name='api_key_scopes_are_known'),
        ),
    ]
