"""A transition outlives the attempt that told of it: the database itself takes the name out.

Transitions are appended to, so the code's role may not; a foreign key's own action may.
"""

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
ALTER TABLE payments_transition ADD CONSTRAINT transition_attempt
    FOREIGN KEY (attempt_id) REFERENCES payments_attempt (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
"""
DROP = "ALTER TABLE payments_transition DROP CONSTRAINT transition_attempt"


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_quick_lists")]
    operations = [
        migrations.AlterField(
            model_name="transition",
            name="attempt",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.attempt",
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
