"""What campaigns and coupons have promised and given: counted by the database itself.

The function runs as who owns the tables: a merchant that left a campaign still ends its payments,
and their redemptions count. Campaigns are locked before coupons, each in the order of their ids,
as those who reserve lock them.
"""

from django.db import migrations

_STANDS = """
SELECT campaign_id, coupon_id,
       {sign} * (status = 'reserved')::int AS reserved,
       {sign} * (status = 'redeemed')::int AS redeemed,
       {sign} * CASE WHEN status = 'reserved' THEN amount_minor ELSE 0 END AS reserved_minor,
       {sign} * CASE WHEN status = 'redeemed' THEN amount_minor - returned_minor ELSE 0 END
           AS redeemed_minor
  FROM {rows}
"""
_ADDED = _STANDS.format(sign="1", rows="added")
_CHANGED = f"{_ADDED} UNION ALL {_STANDS.format(sign='-1', rows='removed')}"
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM loyalty_campaign WHERE id IN (SELECT campaign_id FROM added)
      ORDER BY id FOR NO KEY UPDATE;
    UPDATE loyalty_campaign c
       SET reserved_count = c.reserved_count + s.reserved,
           redeemed_count = c.redeemed_count + s.redeemed,
           reserved_minor = c.reserved_minor + s.reserved_minor,
           redeemed_minor = c.redeemed_minor + s.redeemed_minor
      FROM (SELECT campaign_id, sum(reserved) AS reserved, sum(redeemed) AS redeemed,
                   sum(reserved_minor) AS reserved_minor, sum(redeemed_minor) AS redeemed_minor
              FROM ({rows}) r GROUP BY campaign_id) s
     WHERE c.id = s.campaign_id;
    PERFORM FROM loyalty_coupon WHERE id IN (SELECT coupon_id FROM added)
      ORDER BY id FOR NO KEY UPDATE;
    UPDATE loyalty_coupon c
       SET reserved_count = c.reserved_count + s.reserved,
           redeemed_count = c.redeemed_count + s.redeemed
      FROM (SELECT coupon_id, sum(reserved) AS reserved, sum(redeemed) AS redeemed
              FROM ({rows}) r GROUP BY coupon_id) s
     WHERE c.id = s.coupon_id;
    RETURN NULL;
END $$;
"""
COUNT = (
    _FUNCTION.format(name="loyalty_count_new_redemptions", rows=_ADDED)
    + _FUNCTION.format(name="loyalty_count_redemptions", rows=_CHANGED)
    + """
CREATE TRIGGER new_redemptions_are_counted AFTER INSERT ON loyalty_redemption
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_count_new_redemptions();
CREATE TRIGGER redemptions_are_counted AFTER UPDATE ON loyalty_redemption
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_count_redemptions();

CREATE FUNCTION loyalty_check_redemption() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.campaign_id, NEW.coupon_id, NEW.payment_id, NEW.amount_minor)
       IS DISTINCT FROM (OLD.campaign_id, OLD.coupon_id, OLD.payment_id, OLD.amount_minor) THEN
        RAISE EXCEPTION 'only what became of a redemption may change'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'returned' AND NEW.status <> 'returned' THEN
        RAISE EXCEPTION 'a returned coupon is not redeemed by the same payment'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM loyalty_coupon c JOIN loyalty_campaign k ON k.id = c.campaign_id
         WHERE c.id = NEW.coupon_id AND k.id = NEW.campaign_id AND k.currency = NEW.currency
           AND k.acquirer_id = NEW.acquirer_id) THEN
        RAISE EXCEPTION 'a redemption does not fit its coupon' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER redemption_fits BEFORE INSERT OR UPDATE ON loyalty_redemption
    FOR EACH ROW EXECUTE FUNCTION loyalty_check_redemption();
"""
)
FORGET = """
DROP TRIGGER redemption_fits ON loyalty_redemption;
DROP FUNCTION loyalty_check_redemption();
DROP TRIGGER redemptions_are_counted ON loyalty_redemption;
DROP TRIGGER new_redemptions_are_counted ON loyalty_redemption;
DROP FUNCTION loyalty_count_redemptions();
DROP FUNCTION loyalty_count_new_redemptions();
"""


class Migration(migrations.Migration):
    replaces = [("loyalty", "0008_the_database_counts_redemptions")]
    dependencies = [("loyalty", "0003_the_database_keeps_wallets_and_expiry")]
    operations = [migrations.RunSQL(COUNT, FORGET)]
