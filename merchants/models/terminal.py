"""What stands in a store."""

from django.db import models

from merchants.models.columns import STATUSES, scheme_id
from merchants.models.merchant import Merchant
from merchants.models.store import Store
from merchants.state import Status
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class Terminal(TenantModel):
    """A till or POS device in a store."""

    PREFIX = "trm"
    AUDIT = Audit()

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, related_name="terminals")
    name = models.CharField(max_length=64)
    scheme_terminal_id = models.CharField(max_length=32, validators=[scheme_id])
    status = models.CharField(max_length=16, choices=STATUSES, default=Status.ACTIVE)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["store", "scheme_terminal_id"], name="scheme_terminal_id_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name
