"""A wallet is known only while its member agrees; a member's next expiry is kept with the balance.

Both by the database, in the statement that brings the row: whoever writes, and whatever happens at
the same moment.
"""

from django.db import migrations

_KEEP = """
CREATE OR REPLACE FUNCTION loyalty_keep_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loyalty_member m
       SET points = m.points + t.points{expiry}
      FROM (SELECT e.member_id, sum(e.points) AS points, min(COALESCE(e.expires_at, l.expires_at))
                   FILTER (WHERE e.points > 0) AS expires_at
              FROM added e LEFT JOIN loyalty_pointsentry l ON l.id = e.lot_id
             GROUP BY e.member_id) t
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
"""
_NEXT_EXPIRY = """,
           next_expiry_at = LEAST(m.next_expiry_at, t.expires_at)"""
EXPIRY = _KEEP.format(expiry=_NEXT_EXPIRY)
NO_EXPIRY = _KEEP.format(expiry="")
# The lock: who takes consent back, or forgets the member, is waited for, and then looked at.
CONSENT = """
CREATE FUNCTION loyalty_wallet_needs_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM loyalty_member WHERE id = NEW.member_id FOR SHARE;
    IF NOT FOUND THEN
        RETURN NEW;  -- nobody that this connection may see: the policy refuses it
    END IF;
    IF EXISTS (SELECT FROM loyalty_member m
                WHERE m.id = NEW.member_id AND m.status = 'active'
                  AND m.programme_id = NEW.programme_id AND m.livemode = NEW.livemode)
       AND (SELECT c.is_given FROM loyalty_consent c
             WHERE c.member_id = NEW.member_id AND c.purpose = 'wallet'
             ORDER BY c.id DESC LIMIT 1) THEN
        RETURN NEW;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER consent_is_given BEFORE INSERT ON loyalty_walletlink
    FOR EACH ROW EXECUTE FUNCTION loyalty_wallet_needs_consent();
"""
NO_CONSENT = """
DROP TRIGGER consent_is_given ON loyalty_walletlink;
DROP FUNCTION loyalty_wallet_needs_consent();
"""


class Migration(migrations.Migration):
    replaces = [("loyalty", "0004_the_database_keeps_wallets_and_expiry")]
    dependencies = [("loyalty", "0002_the_database_keeps_the_points")]
    operations = [
        migrations.RunSQL(EXPIRY, NO_EXPIRY),
        migrations.RunSQL(CONSENT, NO_CONSENT),
    ]
