"""What a merchant's ECR signs in with."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models

from merchants.models.issued_key import IssuedKey
from merchants.models.merchant import Merchant
from merchants.models.store import Store
from merchants.models.terminal import Terminal
from merchants.state import ALL_SCOPES
from tenancy.audit import Audit
from tenancy.scoped import TenantModel

if TYPE_CHECKING:
    from proposals.models import Proposal


class ApiKey(TenantModel, IssuedKey):
    """What a merchant's ECR signs in with. Only its digest is kept; the key is shown once."""

    PREFIX = "key"
    # On a row that a person asked for and another has to approve; no saved row has it.
    proposal: "Proposal | None" = None
    AUDIT = Audit(
        secret=frozenset({"digest"}),
        ignored=frozenset(
            {
                "last_used_at",
                "last_used_from",
                "noticed_days",
                "notice_due_at",
                "refused_since",
                "refused_count",
                "refused_before",
                "refused_code",
            }
        ),
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
    livemode = models.BooleanField(default=False)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", editable=False
    )
    # Calls refused in the slot that began at refused_since, and in the one before (refusals.py).
    refused_since = models.DateTimeField(null=True, editable=False)
    refused_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    refused_before = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    refused_code = models.CharField(
        max_length=48, blank=True, default="", db_default="", editable=False
    )

    class Meta(TenantModel.Meta):
        verbose_name = "API key"
        indexes = [
            models.Index(
                fields=["refused_since"],
                condition=models.Q(refused_since__isnull=False),
                name="api_key_refused_lately",
            )
        ]
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
