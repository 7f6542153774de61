"""Live and test money get books of their own, and the chart the accounts of settlement.

Until now both modes posted into the same accounts: what stands there counts as the test mode's.
"""

from django.db import migrations, models

KINDS = [
    "scheme_receivable", "merchant_payable", "merchant_available", "fee_income", "output_vat",
    "scheme_cost", "fx_difference", "reserve", "payout_in_transit", "scheme_clearing", "bank",
    "adjustment", "suspense",
]
CHECK = """
CREATE FUNCTION ledger_check_books() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added e JOIN ledger_account a ON a.id = e.account_id
                GROUP BY e.transaction_id
               HAVING bool_or(a.livemode) <> bool_and(a.livemode)) THEN
        RAISE EXCEPTION 'a ledger transaction mixes live and test money'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER books_are_two AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_books();
"""
UNCHECK = """
DROP TRIGGER books_are_two ON ledger_entry;
DROP FUNCTION ledger_check_books();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_the_database_refuses")]
    operations = [
        migrations.AddField("account", "livemode", models.BooleanField(db_default=False)),
        migrations.RemoveConstraint("account", "ledger_account_is_unique"),
        migrations.AddConstraint(
            "account",
            models.UniqueConstraint(
                fields=["acquirer", "merchant_id", "livemode", "kind", "currency"],
                nulls_distinct=False,
                name="ledger_account_is_unique",
            ),
        ),
        migrations.RemoveConstraint("account", "ledger_account_kind_is_known"),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=models.Q(kind__in=KINDS), name="ledger_account_kind_is_known"
            ),
        ),
        migrations.RunSQL(CHECK, UNCHECK),
    ]
