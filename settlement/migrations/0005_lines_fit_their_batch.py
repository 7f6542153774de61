"""A line is its batch's: looked at once for all lines of a statement, not row by row and key by key."""

import django.db.models.deletion
from django.db import migrations, models

FIT = """
CREATE FUNCTION settlement_check_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added LEFT JOIN settlement_batch AS batch
                   ON batch.id = added.batch_id AND batch.acquirer_id = added.acquirer_id
                  AND batch.merchant_id = added.merchant_id AND batch.currency = added.currency
                WHERE batch.id IS NULL) THEN
        RAISE EXCEPTION 'a settlement line does not fit its batch'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER lines_fit_their_batch AFTER INSERT ON settlement_line
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_check_lines();
"""
UNFIT = """
DROP TRIGGER lines_fit_their_batch ON settlement_line;
DROP FUNCTION settlement_check_lines();
"""


def _key(to: str, related_name: str = "+") -> "models.ForeignKey[models.Model, models.Model]":
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0004_membership_cards"),
        ("settlement", "0004_settlements_paid_together"),
        ("tenancy", "0002_the_database_keeps_the_trail"),
    ]
    operations = [
        migrations.AlterField("line", "acquirer", _key("tenancy.acquirer")),
        migrations.AlterField("line", "batch", _key("settlement.batch", "lines")),
        migrations.AlterField("line", "merchant", _key("merchants.merchant")),
        migrations.RunSQL(FIT, UNFIT),
    ]
