"""An adjustment: money that the acquirer gives a merchant, or takes back, by hand."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel.money import Money
from merchants.models import Merchant
from tenancy.scoped import TenantModel


class Adjustment(TenantModel):
    """Posted once and never edited: what was wrong is undone by another one.

    ``amount_minor`` is signed from the merchant's view: above zero the merchant is given money. The
    merchant's next batch takes it, as a line that belongs to ``business_date`` where one is said.
    """

    PREFIX = "adj"
    IS_APPEND_ONLY: ClassVar[bool] = True

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    livemode = models.BooleanField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=256)
    payment_id = models.UUIDField(null=True)  # what it is about, if that is one payment
    business_date = models.DateField(null=True, verbose_name="belongs to")
    made_by = models.CharField(max_length=128)  # ``staff:ann@bank.example``
    approved_by = models.CharField(max_length=128, blank=True, default="")  # "" where one sufficed

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="adjustment_is_not_zero"),
            models.CheckConstraint(
                condition=~Q(approved_by=models.F("made_by")),
                name="adjustment_is_approved_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "livemode", "-id"], name="adjustment_of_merchant"),
            models.Index(
                fields=["payment_id"],
                condition=Q(payment_id__isnull=False),
                name="adjustment_of_payment",
            ),
        ]

    @property
    def amount(self) -> Money:
        """Signed from the merchant's view."""
        return Money(self.amount_minor, self.currency)
