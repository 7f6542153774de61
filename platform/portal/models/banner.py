"""What staff want the tills to read."""

from django.core.exceptions import ValidationError
from django.db import models

from kernel import clock
from merchants.models import Merchant, Store
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class Banner(TenantModel):
    """A sentence in three languages, for every till of the acquirer, a merchant or a store."""

    PREFIX = "ban"
    AUDIT = Audit()

    class Severity(models.TextChoices):
        INFO = "info", "Information"
        WARNING = "warning", "Warning"
        PROBLEM = "problem", "Problem"

    merchant = models.ForeignKey(
        Merchant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: all merchants.",
    )
    store = models.ForeignKey(
        Store,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: all stores of the merchant.",
    )
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.INFO)
    text_en = models.CharField("English", max_length=200)
    text_zh_hans = models.CharField("simplified Chinese", max_length=200)
    text_zh_hant = models.CharField("traditional Chinese", max_length=200)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(help_text="To end it now, set this to now.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="banner_ends_after_it_starts",
                violation_error_message="It must end after it starts.",
            )
        ]
        indexes = [models.Index(fields=["acquirer", "ends_at"], name="banner_by_end")]

    def clean(self) -> None:
        """Raises ValidationError for another acquirer's merchant and another merchant's store."""
        if self.merchant is not None and self.merchant.acquirer_id != self.acquirer_id:
            raise ValidationError({"merchant": "Choose a merchant of the acquirer."})
        if self.store is not None and self.store.merchant_id != self.merchant_id:
            raise ValidationError({"store": "Choose the store's own merchant."})

    def __str__(self) -> str:
        return self.text_en
