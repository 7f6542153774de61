"""What a settlement file says in RMB is kept with its rows, and what does not fit is a break."""

from django.db import migrations, models

KINDS = [
    "missing_at_us", "missing_at_them", "amount", "currency", "status", "fee", "merchant",
    "scheme_id", "time", "rate", "duplicate", "late",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("settlement", "0008_a_settlement_may_be_paid_in_parts")]
    operations = [
        migrations.AddField("schemerow", "rate", models.CharField(max_length=24, null=True)),
        migrations.AddField("schemerow", "rmb_minor", models.BigIntegerField(null=True)),
        migrations.AddField("schemerow", "rmb_settlement_minor", models.BigIntegerField(null=True)),
        migrations.AlterField(
            "break",
            "kind",
            models.CharField(
                choices=[(kind, kind.replace("_", " ")) for kind in KINDS], max_length=16
            ),
        ),
        migrations.RemoveConstraint("break", "reconciliation_break_kind_is_known"),
        migrations.AddConstraint(
            "break",
            models.CheckConstraint(
                condition=models.Q(kind__in=KINDS), name="reconciliation_break_kind_is_known"
            ),
        ),
    ]
