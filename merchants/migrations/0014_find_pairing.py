"""The read that happens before a till is known: its pairing by the code's digest, one or none."""

from django.db import migrations

CREATE = """
CREATE FUNCTION merchants_find_pairing(wanted bytea)
RETURNS TABLE (pairing_id uuid, acquirer_id uuid, merchant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
    SELECT p.id, p.acquirer_id, p.merchant_id
      FROM merchants_pairing p
     WHERE p.digest = wanted AND p.used_at IS NULL
$$
"""


class Migration(migrations.Migration):
    dependencies = [("merchants", "0013_pairings_and_refund_pins")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION merchants_find_pairing(bytea)")]
