"""The look-up of a key tells its terminal and its networks, too: the same one read per request."""

from django.db import migrations

_FUNCTION = """
DROP FUNCTION merchants_find_api_key(text);
CREATE FUNCTION merchants_find_api_key(wanted text)
RETURNS TABLE (
    key_id uuid, digest bytea, acquirer_id uuid, merchant_id uuid, store_id uuid, livemode boolean,
    scopes text[], expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz,
    standing text, partner_account_id uuid, partner_account_version timestamptz{columns}
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
    SELECT k.id, k.digest, k.acquirer_id, k.merchant_id, k.store_id, k.livemode, k.scopes::text[],
           k.expires_at, k.revoked_at, k.last_used_at,
           CASE WHEN a.status = 'active' THEN m.status ELSE a.status END,
           p.id, p.updated_at{values}
      FROM merchants_apikey k
      JOIN merchants_merchant m ON m.id = k.merchant_id
      JOIN tenancy_acquirer a ON a.id = k.acquirer_id
      LEFT JOIN merchants_partneraccount p
             ON p.acquirer_id = k.acquirer_id AND p.livemode = k.livemode AND p.is_active
     WHERE k.lookup = wanted
$$
"""
_AFTER = _FUNCTION.format(
    columns=", terminal_id uuid, allowed_networks text[]",
    values=", k.terminal_id, k.allowed_networks::text[]",
)
_BEFORE = _FUNCTION.format(columns="", values="")


class Migration(migrations.Migration):
    dependencies = [("merchants", "0007_terminal_and_networks_of_a_key")]
    operations = [migrations.RunSQL(_AFTER, _BEFORE)]
