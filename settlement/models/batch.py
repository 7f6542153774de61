"""The settlement batch: what one merchant is owed for one period in one currency, and its lines."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from merchants.models import Merchant
from settlement.state import LineKind, Outcome, labels
from tenancy.models import Acquirer
from tenancy.scoped import TenantModel


class Batch(TenantModel):
    """Frozen once, never edited. All amounts are minor units, signed from the merchant's view.

    ``opening + sales + cancels + refunds + adjustments + promotions + fees + vat + reserved
    + released + paid_out = closing``: the database refuses a batch for which that is not so.
    """

    PREFIX = "set"
    IS_APPEND_ONLY: ClassVar[bool] = True

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    currency = models.CharField(max_length=3)
    number = models.PositiveIntegerField()  # 1, 2, 3, … for a merchant, mode and currency
    first_day = models.DateField()
    business_date = models.DateField()  # the last day of the period
    ends_at = models.DateTimeField()  # the cut-off: entries before it belong here
    zone = models.CharField(max_length=64)
    pays_on = models.DateField()
    calendar = models.CharField(max_length=48)  # what pays_on was computed with
    outcome = models.CharField(max_length=16, choices=labels(Outcome))

    opening_minor = models.BigIntegerField()
    sales_minor = models.BigIntegerField()
    cancels_minor = models.BigIntegerField()
    refunds_minor = models.BigIntegerField()
    adjustments_minor = models.BigIntegerField()
    promotions_minor = models.BigIntegerField(default=0, db_default=0)
    fees_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    reserved_minor = models.BigIntegerField()
    released_minor = models.BigIntegerField()
    paid_out_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    line_count = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        verbose_name = "settlement batch"
        verbose_name_plural = "settlement batches"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "livemode", "currency", "business_date"],
                name="a_period_is_frozen_once",
            ),
            models.UniqueConstraint(
                fields=["merchant", "livemode", "currency", "number"],
                name="batch_number_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(
                    closing_minor=F("opening_minor")
                    + F("sales_minor")
                    + F("cancels_minor")
                    + F("refunds_minor")
                    + F("adjustments_minor")
                    + F("promotions_minor")
                    + F("fees_minor")
                    + F("vat_minor")
                    + F("reserved_minor")
                    + F("released_minor")
                    + F("paid_out_minor")
                ),
                name="batch_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in Outcome]),
                name="batch_outcome_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["acquirer", "-business_date", "-id"], name="batch_feed"),
            models.Index(fields=["merchant", "livemode", "-id"], name="batch_of_merchant"),
        ]


class Line(TenantModel):
    """One entry of the merchant's account, settled. Signed from the merchant's view: a sale is
    above zero, its fee below.

    ``business_date`` is the day to which the entry belongs by its time: earlier than the batch's
    period for one that came late.
    """

    PREFIX = "sln"
    IS_APPEND_ONLY: ClassVar[bool] = True

    # No index of their own: the lists begin with them. No constraints: for a million lines three
    # million rows were looked up; a trigger looks once for all lines of a statement whether each
    # is its batch's acquirer's, merchant's and currency's (migration 0005).
    acquirer = models.ForeignKey(
        Acquirer, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="lines", db_index=False, db_constraint=False
    )
    entry_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=labels(LineKind))
    payment_id = models.UUIDField(null=True)
    refund_id = models.UUIDField(null=True)
    booked_at = models.DateTimeField()
    business_date = models.DateField()
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    fee_version_id = models.UUIDField(null=True)  # what charged it, or charged its sale
    vat_rate_id = models.UUIDField("VAT rate", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = "settlement line"
        constraints = [
            models.UniqueConstraint(fields=["entry_id"], name="an_entry_is_settled_once"),
            models.CheckConstraint(
                condition=Q(net_minor=F("gross_minor") + F("fee_minor") + F("vat_minor")),
                name="line_adds_up",
            ),
        ]
        indexes = [
            models.Index(
                fields=["payment_id"],
                condition=Q(payment_id__isnull=False),
                name="line_of_a_payment",
            ),
            models.Index(fields=["batch", "booked_at", "id"], name="line_of_batch"),
        ]
        # The primary key is of acquirer and id (migration 0007): the acquirer's newest come by it.
