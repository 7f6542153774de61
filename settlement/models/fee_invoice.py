"""Fee invoices: numbered without gaps as batches are frozen; and who issues them."""

from dataclasses import dataclass
from typing import ClassVar

from django.db import models

from merchants.models import Merchant
from merchants.models.columns import part
from settlement.models.batch import Batch
from tenancy.audit import Audit
from tenancy.models import Acquirer
from tenancy.scoped import TenantModel


@dataclass(frozen=True, slots=True)
class Party:
    """Who stands on an invoice, as it was when the batch was frozen."""

    name: str
    line1: str = ""
    line2: str = ""
    town: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    tax_number: str = ""

    def lines(self) -> list[str]:
        """As it is printed, without what is empty."""
        town = " ".join(filter(None, (self.postal_code, self.town, self.region)))
        tax = f"No. {self.tax_number}" if self.tax_number else ""
        return [
            text
            for text in (self.name, self.line1, self.line2, town, self.country, tax)
            if text.strip()
        ]


class Issuer(TenantModel):
    """The acquirer's legal name and address, and what stands before an invoice's number.

    Without one the acquirer's name and country are printed.
    """

    PREFIX = "isr"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None)

    acquirer = models.OneToOneField(Acquirer, models.PROTECT, related_name="+")
    legal_name = models.CharField(max_length=128)
    line1 = part("street and number", 128)
    line2 = part("second line", 128)
    town = part("town")
    region = part("region")
    postal_code = part("postal code", 16)
    tax_number = models.CharField("VAT number", max_length=32, blank=True, default="")
    number_prefix = models.CharField(
        max_length=12, blank=True, default="", help_text="Before the number: HB-2026-."
    )

    class Meta(TenantModel.Meta):
        verbose_name = "issuer of fee invoices"
        verbose_name_plural = "issuer of fee invoices"

    def __str__(self) -> str:
        return self.legal_name


class FeeInvoice(TenantModel):
    """One per batch that charged fees; written with the batch, so that no number is left out.

    ``seller`` and ``buyer`` are settlement.models.fee_invoice.Party as they were then.
    """

    PREFIX = "inv"
    IS_APPEND_ONLY: ClassVar[bool] = True

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    batch = models.OneToOneField(Batch, models.PROTECT, related_name="invoice")
    number = models.PositiveIntegerField()  # 1, 2, 3, … of an acquirer and mode
    prefix = models.CharField(max_length=12, blank=True, default="")
    seller = models.JSONField()
    buyer = models.JSONField()

    class Meta(TenantModel.Meta):
        verbose_name = "fee invoice"
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "livemode", "number"], name="fee_invoice_is_numbered"
            )
        ]

    @property
    def label(self) -> str:
        """``HB-2026-7``; test money's says so."""
        return f"{'' if self.livemode else 'TEST-'}{self.prefix}{self.number}"

    @property
    def file_name(self) -> str:
        """``fee-invoice-HB-2026-7``."""
        return f"fee-invoice-{self.label}"
