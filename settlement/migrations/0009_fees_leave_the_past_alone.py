"""What was charged by stays: versions, prices, assignments, rates and volumes are appended to.

The volumes of what was settled before are counted once, so that a month in which fee plans come
to a house has its whole volume.
"""

from django.db import migrations

TABLES = (
    "settlement_feeversion",
    "settlement_feeprice",
    "settlement_feeassignment",
    "settlement_vatrate",
    "settlement_volume",
)
KEEP = "".join(
    f"CREATE TRIGGER no_edit BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION ledger_refuse_edit();"
    for table in TABLES
)
LET_GO = "".join(f"DROP TRIGGER no_edit ON {table};" for table in TABLES)

COUNT = """
INSERT INTO settlement_volume
       (id, acquirer_id, merchant_id, livemode, currency, month, batch_id, sales_minor, created_at)
SELECT (left(batch.id::text, 18) || right(gen_random_uuid()::text, 18))::uuid, batch.acquirer_id,
       batch.merchant_id, batch.livemode, batch.currency, sold.month, batch.id, sold.sales,
       batch.created_at
  FROM (SELECT line.batch_id, sum(line.gross_minor) AS sales,
               date_trunc('month', line.booked_at AT TIME ZONE acquirer.time_zone)::date AS month
          FROM settlement_line AS line
          JOIN tenancy_acquirer AS acquirer ON acquirer.id = line.acquirer_id
         WHERE line.kind = 'payment' GROUP BY line.batch_id, month) AS sold
  JOIN settlement_batch AS batch ON batch.id = sold.batch_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0008_fee_plans"),
        ("ledger", "0002_the_database_keeps_the_books"),
        ("tenancy", "0002_the_database_keeps_the_trail"),
    ]
    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
