"""The history of a merchant's standing: each step, appended and never edited."""

from typing import ClassVar

from django.db import models

from merchants.models.merchant import Merchant
from merchants.onboarding import Standing, Step
from tenancy.scoped import TenantModel


class MerchantStep(TenantModel):
    """``from_status --step--> to_status``: by whom, when and why."""

    PREFIX = "mst"
    IS_APPEND_ONLY: ClassVar[bool] = True

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=16, choices=Step)
    from_status = models.CharField(max_length=16, choices=Standing)
    to_status = models.CharField(max_length=16, choices=Standing)
    actor = models.CharField(max_length=128)  # staff:ada@…, an acquirer key's id, command:…
    reason = models.CharField(max_length=256, blank=True, default="")

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["merchant", "id"], name="step_by_merchant")]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
