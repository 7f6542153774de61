"""The acquirer's integration with a scheme."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

from merchants import timing
from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.scoped import TenantModel


class PartnerAccount(TenantModel):
    """The acquirer's integration with a scheme, one for test and one for live mode."""

    PREFIX = "pac"
    MERCHANT_COLUMN = None
    AUDIT = Audit(
        merchant_column=None,
        secret=frozenset({"private_key", "next_private_key", "md5_key"}),
        ignored=frozenset({"updated_at"}),
    )

    class SignType(models.TextChoices):
        RSA2 = "RSA2", "RSA2 (SHA-256)"
        RSA = "RSA", "RSA (SHA-1)"
        MD5 = "MD5", "MD5"

    livemode = models.BooleanField(default=False)
    scheme = models.CharField(max_length=16, default="alipay")
    partner_id = models.CharField(
        max_length=16, validators=[RegexValidator(r"\A[0-9]{16}\Z", "16 digits, from 2088.")]
    )
    sign_type = models.CharField(max_length=4, choices=SignType, default=SignType.RSA2)
    private_key = EncryptedTextField(blank=True, default="", help_text="Ours: PEM or base64.")
    # Made beside the key that signs, until Alipay has its public half.
    next_private_key = EncryptedTextField(blank=True, default="", db_default="", editable=False)
    md5_key = EncryptedTextField(blank=True, default="")
    alipay_public_key = models.TextField(blank=True, default="")
    primary_url = models.URLField(max_length=200)
    backup_url = models.URLField(max_length=200, blank=True, default="")
    currencies = ArrayField(
        models.CharField(max_length=3), help_text="Currencies of the contract, e.g. HKD,JPY."
    )
    pay_connect_seconds = timing.column("pay_connect_seconds")
    pay_read_seconds = timing.column("pay_read_seconds")
    precreate_read_seconds = timing.column("precreate_read_seconds")
    first_query_seconds = timing.column("first_query_seconds")
    query_interval_seconds = timing.column("query_interval_seconds")
    connect_seconds = timing.column("connect_seconds")
    query_read_seconds = timing.column("query_read_seconds")
    cancel_read_seconds = timing.column("cancel_read_seconds")
    refund_read_seconds = timing.column("refund_read_seconds")
    refund_days = timing.column("refund_days")
    breaker_failures = timing.column("breaker_failures")
    breaker_pause_seconds = timing.column("breaker_pause_seconds")
    registers_stores = models.BooleanField(
        default=True,
        help_text="Stores are announced to Alipay, and live ones are paid once it has taken them.",
    )
    refunds_at_once = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Off: Alipay notes merchants' refunds down and gives them back later.",
    )
    # Of Alipay's open platform, which has the membership cards (merchants.card_issuers).
    card_app_id = models.CharField(
        "app id",
        max_length=32,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"\A[0-9]{1,32}\Z", "Digits only.")],
        help_text="Of the app that has membership cards. Empty: nothing of members' cards is sent.",
    )
    card_url = models.URLField(
        "address",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="https://openapi.alipay.com/gateway.do",
    )
    card_alipay_public_key = models.TextField(
        "Alipay's public key of the app", blank=True, default="", db_default=""
    )
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "livemode", "scheme"],
                condition=models.Q(is_active=True),
                name="one_active_partner_account_per_mode",
                violation_error_code="unique",
                violation_error_message="There is an active account of this mode already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.partner_id} ({'live' if self.livemode else 'test'})"
