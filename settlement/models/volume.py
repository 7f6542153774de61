"""What a merchant has sold in a month, batch by batch: where the tiers of a fee plan are read."""

from typing import ClassVar

from django.db import models

from merchants.models import Merchant
from settlement.models.batch import Batch
from tenancy.scoped import TenantModel


class Volume(TenantModel):
    """The sales of one batch that fall into ``month`` (its first day, in the acquirer's zone).

    Written with the batch. Sales count whole: what is cancelled or given back later was sold.
    """

    PREFIX = "vol"
    IS_APPEND_ONLY: ClassVar[bool] = True

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    livemode = models.BooleanField()
    currency = models.CharField(max_length=3)
    month = models.DateField()
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", db_index=False)
    sales_minor = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "livemode", "currency", "month", "batch"],
                name="a_volume_counts_once",
            )
        ]
