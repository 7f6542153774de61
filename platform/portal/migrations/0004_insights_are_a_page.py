"""What insights are called in the console; and who lets no wallet be known any more is counted
anew as well."""

from django.db import migrations

# A payment of a known wallet counts only after the first yes, so that this too is a change.
_WATCH = """
CREATE OR REPLACE FUNCTION portal_consent_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.purpose = 'wallet' OR NOT NEW.is_given OR EXISTS (
        SELECT FROM loyalty_consent AS earlier
         WHERE earlier.member_id = NEW.member_id AND earlier.purpose = NEW.purpose
           AND NOT earlier.is_given) THEN
        INSERT INTO portal_changedmember (id, created_at, acquirer_id, member_id)
        VALUES (gen_random_uuid(), now(), NEW.acquirer_id, NEW.member_id);
    END IF;
    RETURN NULL;
END $$;
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
