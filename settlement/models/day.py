"""A business day that was settled: which one comes next is read from here."""

from django.db import models

from tenancy.scoped import TenantModel


class Day(TenantModel):
    """Written when every merchant whose period ended on it has its batch."""

    PREFIX = "day"
    MERCHANT_COLUMN = None

    livemode = models.BooleanField()
    business_date = models.DateField()
    merchants = models.PositiveIntegerField()
    batches = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        verbose_name = "settled day"
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "livemode", "business_date"], name="a_day_is_settled_once"
            )
        ]
