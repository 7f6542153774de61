"""VAT on fees: who is taxed where, at which rate, from when on. Data of the acquirer's."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from merchants.models.columns import country_column
from settlement.state import VatTreatment, labels
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class VatRate(TenantModel):
    """What is added to fees of merchants that are registered in ``country``, from a day on.

    The latest that has started counts; no row, no VAT. Rows are never edited: a new rate is a new
    row, and what was charged names the row that it was charged by.
    """

    PREFIX = "vat"
    MERCHANT_COLUMN = None
    IS_APPEND_ONLY: ClassVar[bool] = True
    AUDIT = Audit(merchant_column=None)

    country = country_column(help_text="Where the merchant is registered.")
    basis_points = models.DecimalField(
        "rate", max_digits=7, decimal_places=2, help_text="Basis points: 2000 is 20 %."
    )
    treatment = models.CharField(
        max_length=16, choices=labels(VatTreatment), default=VatTreatment.TAXED
    )
    note = models.CharField(
        max_length=128, blank=True, default="", help_text="Printed on the fee invoice."
    )
    starts_on = models.DateField()
    zone = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    made_by = models.CharField(max_length=128)

    class Meta(TenantModel.Meta):
        verbose_name = "VAT rate"
        constraints = [
            models.CheckConstraint(
                condition=Q(treatment=VatTreatment.TAXED.value, basis_points__gte=0)
                | Q(basis_points=0),
                name="only_the_taxed_pay_vat",
            ),
            models.CheckConstraint(
                condition=Q(basis_points__gte=0, basis_points__lte=10_000),
                name="vat_rate_is_a_part",
            ),
        ]
        indexes = [models.Index(fields=["acquirer", "country", "starts_at"], name="vat_of_country")]

    def __str__(self) -> str:
        return f"{self.country} {self.basis_points / 100:f}%"
