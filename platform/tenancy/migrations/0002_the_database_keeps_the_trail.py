"""The functions of the audit trail: they write as their owner, for the code's role may not."""

from django.db import migrations

CREATE = """
CREATE FUNCTION tenancy_audit_mask(row_json jsonb, secret text) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT COALESCE(jsonb_object_agg(key, CASE WHEN key = ANY (string_to_array(secret, ','))
                                               THEN '"•••"'::jsonb ELSE value END), '{}')
      FROM jsonb_each(row_json)
$$;

CREATE FUNCTION tenancy_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    whole jsonb := COALESCE(new_row, old_row);
    ignored text[] := string_to_array(TG_ARGV[3], ',');
    is_changed boolean := true;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(n.key, n.value),
               COALESCE(bool_or(NOT o.key = ANY (ignored)), false)
          INTO old_row, new_row, is_changed
          FROM jsonb_each(old_row) o JOIN jsonb_each(new_row) n USING (key)
         WHERE o.value IS DISTINCT FROM n.value;
    END IF;
    IF NOT is_changed THEN
        RETURN NULL;
    END IF;
    INSERT INTO tenancy_auditentry
           (at, acquirer_id, merchant_id, actor, origin, action, "table", row_id, before, after)
    VALUES (clock_timestamp(), (whole ->> TG_ARGV[0])::uuid, (whole ->> TG_ARGV[1])::uuid,
            COALESCE(NULLIF(current_setting('tillgate.actor', true), ''), 'system'),
            COALESCE(current_setting('tillgate.origin', true), ''),
            lower(TG_OP), TG_TABLE_NAME, whole ->> 'id',
            tenancy_audit_mask(old_row, TG_ARGV[2]), tenancy_audit_mask(new_row, TG_ARGV[2]));
    RETURN NULL;
END $$;

CREATE FUNCTION tenancy_audit_note(acquirer uuid, what text, subject text, detail jsonb)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    INSERT INTO tenancy_auditentry
           (at, acquirer_id, actor, origin, action, "table", row_id, before, after)
    VALUES (clock_timestamp(), acquirer,
            COALESCE(NULLIF(current_setting('tillgate.actor', true), ''), 'system'),
            COALESCE(current_setting('tillgate.origin', true), ''), 'note', what, subject, NULL,
            detail)
$$;

CREATE FUNCTION tenancy_audit_refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is appended to and never edited'
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER no_edit BEFORE UPDATE OR DELETE ON tenancy_auditentry
    FOR EACH ROW EXECUTE FUNCTION tenancy_audit_refuse_edit();
"""
DROP = """
DROP TRIGGER no_edit ON tenancy_auditentry;
DROP FUNCTION tenancy_audit_refuse_edit();
DROP FUNCTION tenancy_audit_note(uuid, text, text, jsonb);
DROP FUNCTION tenancy_audit() CASCADE;
DROP FUNCTION tenancy_audit_mask(jsonb, text);
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_tables")]
    operations = [migrations.RunSQL(CREATE, DROP)]
