"""A member who is forgotten leaves every audience, and their coupons are nobody's.

By the database itself, with its owner's rights: a merchant who forgets a member of a programme of
several does not see the launches of the others.
"""

from django.db import migrations

LEAVE = """
CREATE FUNCTION loyalty_member_leaves_audiences() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE loyalty_audiencemember SET member_id = NULL, coupon_id = NULL WHERE member_id = NEW.id;
    UPDATE loyalty_coupon SET member_id = NULL, status = 'withdrawn' WHERE member_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER audiences AFTER UPDATE OF status ON loyalty_member
    FOR EACH ROW WHEN (NEW.status = 'forgotten' AND OLD.status <> 'forgotten')
    EXECUTE FUNCTION loyalty_member_leaves_audiences();
"""
STAY = """
DROP TRIGGER audiences ON loyalty_member;
DROP FUNCTION loyalty_member_leaves_audiences();
"""


class Migration(migrations.Migration):
    replaces = [("loyalty", "0011_who_is_forgotten_leaves_audiences")]
    dependencies = [("loyalty", "0004_the_database_counts_redemptions")]
    operations = [migrations.RunSQL(LEAVE, STAY)]
