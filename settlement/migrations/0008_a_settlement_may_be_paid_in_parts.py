"""A bank may book one settlement as several credits: a person says which entry brought the rest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("settlement", "0007_one_index_for_lines_and_their_acquirer")]
    operations = [
        migrations.AddField(
            "paidsettlement", "part", models.PositiveSmallIntegerField(default=1, db_default=1)
        ),
        migrations.AddConstraint(
            "paidsettlement",
            models.UniqueConstraint(
                fields=["scheme_file", "currency", "part"], name="a_settlement_is_paid_part_by_part"
            ),
        ),
        migrations.RemoveConstraint("paidsettlement", "a_settlement_is_paid_once"),
    ]
