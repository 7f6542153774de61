"""Where a merchant sells."""

from django.db import models

from merchants.models.columns import STATUSES, scheme_id
from merchants.models.merchant import Merchant
from merchants.state import Status
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class Store(TenantModel):
    """A place of business. Alipay's risk control stops payments that name no store."""

    PREFIX = "str"
    AUDIT = Audit()

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="stores")
    name = models.CharField(max_length=128)
    scheme_store_id = models.CharField(max_length=32, validators=[scheme_id])
    address = models.CharField(max_length=256, blank=True, default="")
    status = models.CharField(max_length=16, choices=STATUSES, default=Status.ACTIVE)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "scheme_store_id"], name="scheme_store_id_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name
