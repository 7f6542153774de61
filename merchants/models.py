"""The acquirer's partner accounts, and the merchants below it with stores, terminals and keys."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from kernel import clock
from merchants import timing
from merchants.networks import NETWORK_LIMIT, NetworkField
from merchants.state import ALL_SCOPES, Status
from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.models import Staff
from tenancy.scoped import TenantModel

# What Alipay accepts as the id of a secondary merchant, store or terminal (reference §2.2).
scheme_id = RegexValidator(
    r"\A[A-Za-z0-9_-]{1,32}\Z", "1 to 32 letters, digits, '-' or '_': Alipay takes nothing else."
)
mcc = RegexValidator(r"\A[0-9]{4}\Z", "Four digits, with leading zeros (ISO 18245).")


def _statuses() -> list[tuple[str, str]]:
    return [(status.value, status.value) for status in Status]


class PartnerAccount(TenantModel):
    """The acquirer's integration with a scheme, one for test and one for live mode."""

    PREFIX = "pac"
    MERCHANT_COLUMN = None
    AUDIT = Audit(
        merchant_column=None,
        secret=frozenset({"private_key", "md5_key"}),
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


class Merchant(TenantModel):
    """Alipay's secondary merchant: a seller with a contract with the acquirer."""

    PREFIX = "mer"
    MERCHANT_COLUMN = "id"
    AUDIT = Audit(merchant_column="id")

    legal_name = models.CharField(max_length=128)
    display_name = models.CharField(max_length=128, help_text="On the customer's statement.")
    mcc = models.CharField("merchant category code", max_length=4, validators=[mcc])
    country = models.CharField(
        max_length=2, validators=[RegexValidator(r"\A[A-Z]{2}\Z", "Two capitals, such as HK.")]
    )
    scheme_merchant_id = models.CharField(
        max_length=32, validators=[scheme_id], help_text="Its id as registered with Alipay."
    )
    payment_timeout_seconds = models.PositiveSmallIntegerField(
        default=30,
        validators=[MinValueValidator(10), MaxValueValidator(180)],
        help_text="An unanswered payment is cancelled after this many seconds.",
    )
    status = models.CharField(max_length=16, choices=_statuses(), default=Status.ACTIVE)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "scheme_merchant_id"], name="scheme_merchant_id_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.display_name


class Store(TenantModel):
    """A place of business. Alipay's risk control stops payments that name no store."""

    PREFIX = "str"
    AUDIT = Audit()

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="stores")
    name = models.CharField(max_length=128)
    scheme_store_id = models.CharField(max_length=32, validators=[scheme_id])
    address = models.CharField(max_length=256, blank=True, default="")
    status = models.CharField(max_length=16, choices=_statuses(), default=Status.ACTIVE)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "scheme_store_id"], name="scheme_store_id_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Terminal(TenantModel):
    """A till or POS device in a store."""

    PREFIX = "trm"
    AUDIT = Audit()

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, related_name="terminals")
    name = models.CharField(max_length=64)
    scheme_terminal_id = models.CharField(max_length=32, validators=[scheme_id])
    status = models.CharField(max_length=16, choices=_statuses(), default=Status.ACTIVE)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["store", "scheme_terminal_id"], name="scheme_terminal_id_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ApiKey(TenantModel):
    """What a merchant's ECR signs in with. Only its digest is kept; the key is shown once."""

    PREFIX = "key"
    AUDIT = Audit(
        secret=frozenset({"digest"}), ignored=frozenset({"last_used_at", "last_used_from"})
    )
    DEFAULT_SCOPES: ClassVar[tuple[str, ...]] = ALL_SCOPES

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="api_keys")
    store = models.ForeignKey(
        Store, models.PROTECT, null=True, blank=True, help_text="Empty: every store."
    )
    terminal = models.ForeignKey(
        Terminal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: every terminal.",
    )
    allowed_networks = ArrayField(
        NetworkField(),
        size=NETWORK_LIMIT,
        blank=True,
        default=list,
        db_default=[],
        help_text="Where it may be used from, such as 203.0.113.0/24. Empty: anywhere.",
    )
    label = models.CharField(max_length=64)
    livemode = models.BooleanField(default=False)
    lookup = models.CharField(max_length=8, unique=True, editable=False)
    digest = models.BinaryField(max_length=32, editable=False)
    scopes = ArrayField(models.CharField(max_length=32))
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    last_used_from = models.GenericIPAddressField("last used from", null=True, editable=False)
    created_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", editable=False
    )
    revoked_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", editable=False
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", editable=False
    )

    class Meta(TenantModel.Meta):
        verbose_name = "API key"
        constraints = [
            models.CheckConstraint(
                name="api_key_scopes_are_known",
                condition=models.Q(scopes__contained_by=list(ALL_SCOPES)),
            ),
            models.CheckConstraint(
                name="api_key_of_a_terminal_names_its_store",
                condition=models.Q(terminal=None) | models.Q(store__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} (tg_{'live' if self.livemode else 'test'}_{self.lookup}…)"

    @property
    def is_usable(self) -> bool:
        """Neither revoked nor expired."""
        now = clock.now()
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)
