"""The read that happens before an acquirer is known: its key by the look-up part, one row or none."""

from django.db import migrations

CREATE = """
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


class Migration(migrations.Migration):
    dependencies = [("merchants", "0010_acquirer_keys")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION merchants_find_acquirer_key(text)")]
