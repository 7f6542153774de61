"""What an ISV's or acquirer's own system signs in with."""

from typing import ClassVar

from django.db import models

from merchants.models.issued_key import IssuedKey
from merchants.state import ALL_ACQUIRER_SCOPES
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class AcquirerKey(TenantModel, IssuedKey):
    """It looks after the acquirer's merchants and takes no payment; no merchant's key sees it."""

    PREFIX = "ack"
    MERCHANT_COLUMN = None
    AUDIT = Audit(
        merchant_column=None,
        secret=frozenset({"digest"}),
        ignored=frozenset({"last_used_at", "last_used_from", "noticed_days", "notice_due_at"}),
    )
    DEFAULT_SCOPES: ClassVar[tuple[str, ...]] = ALL_ACQUIRER_SCOPES

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="acquirer_key_scopes_are_known",
                condition=models.Q(scopes__contained_by=list(ALL_ACQUIRER_SCOPES)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} (tg_acquirer_{self.lookup}…)"
