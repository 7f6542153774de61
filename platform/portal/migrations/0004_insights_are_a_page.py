"""What insights are called in the console; and who lets no wallet be known any more is counted
anew as well."""

from django.db import migrations

_WATCH = """
DROP TRIGGER insights ON loyalty_consent;
CREATE TRIGGER insights AFTER INSERT ON loyalty_consent
    FOR EACH ROW WHEN (NEW.purpose IN ({purposes}))
    EXECUTE FUNCTION portal_consent_changed();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0004_the_database_keeps_wallets_and_expiry'),
        ('payments', '0005_recognized_members'),
        ('portal', '0003_insights'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='analysis',
            options={'base_manager_name': 'objects', 'verbose_name': 'insights', 'verbose_name_plural': 'insights'},
        ),
        migrations.RunSQL(
            _WATCH.format(purposes="'membership', 'wallet'"),
            _WATCH.format(purposes="'membership'"),
        ),
    ]
