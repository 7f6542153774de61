"""The payment: the row that is the truth."""

from django.db import models
from django.db.models import F, Q

from kernel.money import Money
from merchants.models import Merchant, PartnerAccount, Store, Terminal
from payments.state import ENDED, PUBLIC, Status
from tenancy.models import Acquirer
from tenancy.scoped import TenantModel


class Payment(TenantModel):
    """A merchant's request for money, one per ``merchant_reference``.

    ``status`` is written by payments/services/apply.py alone. ``due_at`` is when somebody must act
    next, or when the lease of who acts now ends; None where nothing is owed.
    """

    PREFIX = "pay"

    class Mode(models.TextChoices):
        PAYMENT_CODE = "payment_code"  # the till scans the customer's code
        MERCHANT_QR = "merchant_qr"  # the customer scans the till's

    # No index of its own: the console's feed begins with it.
    acquirer = models.ForeignKey(Acquirer, models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    terminal = models.ForeignKey(Terminal, models.PROTECT, null=True, related_name="+")
    partner_account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    scheme = models.CharField(max_length=16)

    status = models.CharField(max_length=16, default=Status.PROCESSING)
    due_at = models.DateTimeField(null=True)
    # The attempt that holds the row: only its holder may say when the row is due next.
    claim = models.UUIDField(null=True)
    created_by = models.CharField(max_length=64, default="", db_default="")  # key_01j…
    expires_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    # Of the last change of status: the next one is stamped after it, whatever clock stamps it.
    changed_at = models.DateTimeField(null=True)
    # After an end of our own making: until when Alipay is asked whether it agrees (law 5).
    verify_until = models.DateTimeField(null=True)

    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    discount_minor = models.BigIntegerField(default=0)
    # What coupons and points took off before Alipay heard of it (payments.reductions): the till
    # ordered ``amount_minor + reduction_minor``. Of it, what the acquirer bears.
    reduction_minor = models.BigIntegerField(default=0, db_default=0)
    reduction_borne_minor = models.BigIntegerField(default=0, db_default=0)
    reductions = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # Refunds in doubt count as reserved, succeeded ones as refunded too: never above the amount.
    refund_reserved_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)

    merchant_reference = models.CharField(max_length=64)
    mode = models.CharField(
        max_length=16, choices=Mode, default=Mode.PAYMENT_CODE, db_default=Mode.PAYMENT_CODE
    )
    payment_code_masked = models.CharField(max_length=32, null=True)  # noqa: DJ001
    payment_code_digest = models.BinaryField(max_length=32, null=True)
    qr_code = models.CharField(max_length=512, null=True)  # noqa: DJ001 - what the till shows
    description = models.CharField(max_length=256, null=True)  # noqa: DJ001
    items = models.JSONField(default=list)
    metadata = models.JSONField(default=dict)
    # As the till said it, or by a wallet that is known. No foreign key: loyalty lies above this
    # app (payments.members).
    member_id = models.UUIDField(null=True)
    member_is_recognized = models.BooleanField(default=False, db_default=False)

    partner_trans_id = models.CharField(max_length=64)
    scheme_transaction_id = models.CharField(max_length=64, null=True)  # noqa: DJ001
    scheme_code = models.CharField(max_length=64, null=True)  # noqa: DJ001
    payer_account = models.CharField(max_length=128, null=True)  # noqa: DJ001
    payer_wallet = models.CharField(max_length=16, null=True)  # noqa: DJ001
    payer_amount_minor = models.BigIntegerField(null=True)
    payer_currency = models.CharField(max_length=3, null=True)  # noqa: DJ001
    exchange_rate = models.CharField(max_length=24, null=True)  # noqa: DJ001
    failure_code = models.CharField(max_length=48, null=True)  # noqa: DJ001
    has_open_break = models.BooleanField(
        default=False, db_default=False
    )  # written with the break itself

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "livemode", "merchant_reference"],
                name="payment_reference_is_unique",
            ),
            models.UniqueConstraint(
                fields=["partner_account", "partner_trans_id"],
                name="partner_trans_id_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]),
                name="payment_status_is_known",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(reduction_borne_minor__gte=0)
                & Q(reduction_minor__gte=F("reduction_borne_minor")),
                name="payment_reduction_is_borne",
            ),
            models.CheckConstraint(
                condition=Q(
                    mode="payment_code",
                    payment_code_digest__isnull=False,
                    payment_code_masked__isnull=False,
                    qr_code__isnull=True,
                )
                | Q(
                    mode="merchant_qr",
                    payment_code_digest__isnull=True,
                    payment_code_masked__isnull=True,
                ),
                name="payment_has_the_code_of_its_mode",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0)
                & Q(refund_reserved_minor__gte=F("refunded_minor"))
                & Q(amount_minor__gte=F("refund_reserved_minor")),
                name="refunds_never_exceed_the_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="payment_due"),
            models.Index(fields=["merchant", "livemode", "-id"], name="payment_feed"),
            # The console's lists: all, those that did not succeed, and one by Alipay's
            # number.
            models.Index(fields=["acquirer", "-id"], name="payment_of_acquirer"),
            models.Index(
                fields=["acquirer", "status", "-id"],
                condition=Q(status__in=[Status.FAILED.value, Status.CANCELED.value]),
                name="payment_that_failed",
            ),
            models.Index(
                fields=["id"], condition=Q(member_id__isnull=False), name="payment_of_a_member"
            ),
            models.Index(
                fields=["scheme_transaction_id"],
                condition=Q(scheme_transaction_id__isnull=False),
                name="payment_by_alipays_number",
            ),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def ordered_minor(self) -> int:
        """The whole price as the till ordered it, in minor units; Alipay charges ``amount``."""
        return self.amount_minor + self.reduction_minor

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def lacks_code(self) -> bool:
        """Whether the till still waits for the code that it is to show."""
        return self.mode == self.Mode.MERCHANT_QR and self.qr_code is None

    @property
    def has_answer(self) -> bool:
        """Whether the till has what it waits for: the end, or the code to show."""
        return self.has_ended or self.qr_code is not None

    @property
    def public_status(self) -> str:
        """The API's word: processing, succeeded, failed or canceled."""
        return PUBLIC[Status(self.status)]

    @property
    def refundable_minor(self) -> int:
        """What can still be asked back, in minor units."""
        return self.amount_minor - self.refund_reserved_minor
