"""The one read that happens before a tenant is known: an API key by its look-up part.

The function runs as its owner, so that row-level security cannot hide the row from a connection
that has no tenant yet. It gives one row for one look-up text and nothing else.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION merchants_find_api_key(wanted text)
RETURNS TABLE (
    key_id uuid, digest bytea, acquirer_id uuid, merchant_id uuid, store_id uuid, livemode boolean,
    scopes text[], expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz,
    standing text, partner_account_id uuid, partner_account_version timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
    SELECT k.id, k.digest, k.acquirer_id, k.merchant_id, k.store_id, k.livemode, k.scopes::text[],
           k.expires_at, k.revoked_at, k.last_used_at,
           CASE WHEN a.status = 'active' THEN m.status ELSE a.status END,
           p.id, p.updated_at
      FROM merchants_apikey k
      JOIN merchants_merchant m ON m.id = k.merchant_id
      JOIN tenancy_acquirer a ON a.id = k.acquirer_id
      LEFT JOIN merchants_partneraccount p
             ON p.acquirer_id = k.acquirer_id AND p.livemode = k.livemode AND p.is_active
     WHERE k.lookup = wanted
$$
"""


class Migration(migrations.Migration):
    dependencies = [("merchants", "0001_merchants_and_keys")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION merchants_find_api_key(text)")]
