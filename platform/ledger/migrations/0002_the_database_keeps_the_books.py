"""Law 9 in the database: unbalanced, mismatched and edited books are refused, whoever asks.

All entries of a transaction are written by one statement, so one check per statement is enough:
what is added later must balance by itself.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added GROUP BY transaction_id, currency
                HAVING sum(amount_minor) <> 0) THEN
        RAISE EXCEPTION 'ledger entries do not balance' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM added e JOIN ledger_account a ON a.id = e.account_id
                WHERE a.currency <> e.currency OR a.acquirer_id <> e.acquirer_id) THEN
        RAISE EXCEPTION 'a ledger entry does not fit its account'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER entries_balance AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries();

CREATE FUNCTION ledger_refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is appended to and never edited', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER no_edit BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_edit();
CREATE TRIGGER no_edit BEFORE UPDATE OR DELETE ON ledger_transaction
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_edit();
CREATE TRIGGER no_edit BEFORE UPDATE OR DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_edit();
"""
ALLOW = """
DROP TRIGGER no_edit ON ledger_account;
DROP TRIGGER no_edit ON ledger_transaction;
DROP TRIGGER no_edit ON ledger_entry;
DROP TRIGGER entries_balance ON ledger_entry;
DROP FUNCTION ledger_refuse_edit();
DROP FUNCTION ledger_check_entries();
"""
TWO_BOOKS = """
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
ONE_BOOK = """
DROP TRIGGER books_are_two ON ledger_entry;
DROP FUNCTION ledger_check_books();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_tables")]
    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(TWO_BOOKS, ONE_BOOK),
    ]
