"""What was charged by stays: versions, prices, assignments, rates and volumes are appended to."""

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


class Migration(migrations.Migration):
    replaces = [("settlement", "0009_fees_leave_the_past_alone")]
    dependencies = [
        ("settlement", "0001_tables"),
        ("ledger", "0002_the_database_keeps_the_books"),
        ("tenancy", "0002_the_database_keeps_the_trail"),
    ]
    operations = [
        migrations.RunSQL(KEEP, LET_GO),
    ]
