"""The one way out of the tables that are appended to, with the refusals that belong to it.

The functions write as their owner, for the code's role may delete nothing here. Whoever calls them
must see every acquirer's rows, and nothing younger than 30 days goes, whatever the settings say.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION events_check_forgetting(kept_since timestamptz) RETURNS uuid
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('tillgate.acquirer', true) IS DISTINCT FROM '*' THEN
        RAISE EXCEPTION 'only the platform forgets events' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF kept_since IS NULL OR kept_since > now() - interval '30 days' THEN
        RAISE EXCEPTION 'events are kept for 30 days at least'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN (lpad(to_hex((extract(epoch FROM kept_since) * 1000)::bigint), 12, '0')
            || repeat('0', 20))::uuid;
END $$;

CREATE FUNCTION events_forget_deliveries(kept_since timestamptz, row_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    first_kept uuid := events_check_forgetting(kept_since);
    gone bigint;
BEGIN
    WITH old AS (
        SELECT id FROM events_delivery AS delivery
         WHERE id < first_kept AND created_at < kept_since AND due_at IS NULL
           AND NOT EXISTS (SELECT FROM events_deliverytry AS newer
                            WHERE newer.delivery_id = delivery.id AND newer.id >= first_kept)
         ORDER BY id LIMIT row_limit FOR UPDATE SKIP LOCKED),
    tries AS (DELETE FROM events_deliverytry WHERE delivery_id IN (SELECT id FROM old)),
    deliveries AS (DELETE FROM events_delivery WHERE id IN (SELECT id FROM old) RETURNING 1)
    SELECT count(*) INTO gone FROM deliveries;
    RETURN gone;
END $$;

CREATE FUNCTION events_forget(kept_since timestamptz, row_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    first_kept uuid := events_check_forgetting(kept_since);
    gone bigint;
BEGIN
    DELETE FROM events_event WHERE id IN (
        SELECT id FROM events_event AS event
         WHERE id < first_kept AND created_at < kept_since
           AND NOT EXISTS (SELECT FROM events_delivery WHERE event_id = event.id)
         ORDER BY id LIMIT row_limit FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
"""
DROP = """
DROP FUNCTION events_forget(timestamptz, integer);
DROP FUNCTION events_forget_deliveries(timestamptz, integer);
DROP FUNCTION events_check_forgetting(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_tables")]
    operations = [migrations.RunSQL(CREATE, DROP)]
