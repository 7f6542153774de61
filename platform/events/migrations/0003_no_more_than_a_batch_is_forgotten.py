"""A batch of events is chosen once: as a condition of the DELETE some plans asked for it again and
again, and deleted more than the limit. The function is otherwise that of 0002."""

from django.db import migrations

_FORGET = """
CREATE OR REPLACE FUNCTION events_forget(kept_since timestamptz, row_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    first_kept uuid := events_check_forgetting(kept_since);
    gone bigint;
BEGIN
    DELETE FROM events_event WHERE id {chosen} (
        SELECT id FROM events_event AS event
         WHERE id < first_kept AND created_at < kept_since
           AND NOT EXISTS (SELECT FROM events_delivery WHERE event_id = event.id)
         ORDER BY id LIMIT row_limit FOR UPDATE SKIP LOCKED){end};
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0002_the_database_forgets")]
    operations = [
        migrations.RunSQL(
            _FORGET.format(chosen="= ANY (ARRAY", end=")"),
            _FORGET.format(chosen="IN", end=""),
        )
    ]
