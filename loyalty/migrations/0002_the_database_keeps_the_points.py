"""The ledger of points in the database: entries are appended, fit their lot, and make the balance.

The member's row is updated first: it is the lock that lets one change of a balance wait for
another, so that two of them never take the same points.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION loyalty_keep_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loyalty_member m SET points = m.points + t.points
      FROM (SELECT member_id, sum(points) AS points FROM added GROUP BY member_id) t
     WHERE m.id = t.member_id;
    IF EXISTS (SELECT FROM added e JOIN loyalty_member m ON m.id = e.member_id
                WHERE m.programme_id <> e.programme_id OR m.acquirer_id <> e.acquirer_id) THEN
        RAISE EXCEPTION 'an entry of points does not fit its member'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM added e JOIN loyalty_pointsentry l ON l.id = e.lot_id
                WHERE l.lot_id IS NOT NULL OR l.member_id <> e.member_id) THEN
        RAISE EXCEPTION 'an entry of points does not fit its lot'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT lot_id FROM added WHERE lot_id IS NOT NULL) t
          JOIN loyalty_pointsentry l ON l.id = t.lot_id
         CROSS JOIN LATERAL (SELECT COALESCE(sum(e.points), 0) AS points
                               FROM loyalty_pointsentry e WHERE e.lot_id = l.id) u
         WHERE sign(l.points) * (l.points + u.points) NOT BETWEEN 0 AND abs(l.points)) THEN
        RAISE EXCEPTION 'more points are taken than the lot has, or given back than it gave'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER points_are_kept AFTER INSERT ON loyalty_pointsentry
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_keep_points();

CREATE FUNCTION loyalty_refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is appended to and never edited', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER no_edit BEFORE UPDATE OR DELETE ON loyalty_pointsentry
    FOR EACH ROW EXECUTE FUNCTION loyalty_refuse_edit();
CREATE TRIGGER no_edit BEFORE UPDATE OR DELETE ON loyalty_consent
    FOR EACH ROW EXECUTE FUNCTION loyalty_refuse_edit();
"""
LET_GO = """
DROP TRIGGER no_edit ON loyalty_consent;
DROP TRIGGER no_edit ON loyalty_pointsentry;
DROP FUNCTION loyalty_refuse_edit();
DROP TRIGGER points_are_kept ON loyalty_pointsentry;
DROP FUNCTION loyalty_keep_points();
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_tables")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
