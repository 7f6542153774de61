"""A transition outlives the attempt that told of it: the database itself takes the name out.

Transitions are appended to, so the code's role may not; a foreign key's own action may.
"""

from django.db import migrations

CREATE = """
ALTER TABLE payments_transition ADD CONSTRAINT transition_attempt
    FOREIGN KEY (attempt_id) REFERENCES payments_attempt (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
"""
DROP = "ALTER TABLE payments_transition DROP CONSTRAINT transition_attempt"


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_tables")]
    operations = [migrations.RunSQL(CREATE, DROP)]
