"""The reads that happen before a tenant is known: a key by its look-up part, a pairing by its digest.

The functions run as their owner, so that row-level security cannot hide the row from a connection
that has no tenant yet. Each gives one row for one text and nothing else.
"""

from django.db import migrations

API_KEY = """
CREATE FUNCTION merchants_find_api_key(wanted text)
RETURNS TABLE (
    key_id uuid, digest bytea, acquirer_id uuid, merchant_id uuid, store_id uuid, livemode boolean,
    scopes text[], expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz,
    standing text, partner_account_id uuid, partner_account_version timestamptz, terminal_id uuid, allowed_networks text[]
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
    SELECT k.id, k.digest, k.acquirer_id, k.merchant_id, k.store_id, k.livemode, k.scopes::text[],
           k.expires_at, k.revoked_at, k.last_used_at,
           CASE WHEN a.status = 'active' THEN m.status ELSE a.status END,
           p.id, p.updated_at, k.terminal_id, k.allowed_networks::text[]
      FROM merchants_apikey k
      JOIN merchants_merchant m ON m.id = k.merchant_id
      JOIN tenancy_acquirer a ON a.id = k.acquirer_id
      LEFT JOIN merchants_partneraccount p
             ON p.acquirer_id = k.acquirer_id AND p.livemode = k.livemode AND p.is_active
     WHERE k.lookup = wanted
$$
"""
ACQUIRER_KEY = """
CREATE FUNCTION merchants_find_acquirer_key(wanted text)
RETURNS TABLE (
    key_id uuid, digest bytea, acquirer_id uuid, scopes text[], allowed_networks text[],
    expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz, standing text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
    SELECT k.id, k.digest, k.acquirer_id, k.scopes::text[], k.allowed_networks::text[],
           k.expires_at, k.revoked_at, k.last_used_at, a.status
      FROM merchants_acquirerkey k
      JOIN tenancy_acquirer a ON a.id = k.acquirer_id
     WHERE k.lookup = wanted
$$
"""
PAIRING = """
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
    dependencies = [("merchants", "0001_tables")]
    operations = [
        migrations.RunSQL(API_KEY, "DROP FUNCTION merchants_find_api_key(text)"),
        migrations.RunSQL(ACQUIRER_KEY, "DROP FUNCTION merchants_find_acquirer_key(text)"),
        migrations.RunSQL(PAIRING, "DROP FUNCTION merchants_find_pairing(bytea)"),
    ]
