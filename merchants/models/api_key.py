"""What a merchant's ECR signs in with."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kernel import clock
from merchants.models.merchant import Merchant
from merchants.models.store import Store
from merchants.models.terminal import Terminal
from merchants.networks import NETWORK_LIMIT, NetworkField
from merchants.state import ALL_SCOPES
from tenancy.audit import Audit
from tenancy.models import Staff
from tenancy.scoped import TenantModel


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
