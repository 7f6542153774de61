"""The database itself names the members of whom what insights count has changed."""

from django.db import migrations

# Who is forgotten, takes back (or gives again) the agreement to be a member. By the database,
# for these tables lie above loyalty; with its owner's rights, for a merchant who forgets a member
# of a programme of several does not see the others' rows.
# A payment of a known wallet counts only after the first yes, so that this too is a change.
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
    IF NEW.purpose = 'wallet' OR NOT NEW.is_given OR EXISTS (
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
    FOR EACH ROW WHEN (NEW.purpose IN ('membership', 'wallet'))
    EXECUTE FUNCTION portal_consent_changed();
"""
LET_GO = """
DROP TRIGGER insights ON loyalty_consent;
DROP TRIGGER insights ON loyalty_member;
DROP FUNCTION portal_consent_changed();
DROP FUNCTION portal_member_changed();
"""


class Migration(migrations.Migration):
    replaces = [("portal", "0004_insights_are_a_page")]
    dependencies = [
        ("loyalty", "0004_the_database_counts_redemptions"),
        ("portal", "0001_tables"),
    ]
    operations = [migrations.RunSQL(WATCH, LET_GO)]
