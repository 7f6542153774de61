"""How a web till gets its key: by a code that staff read out once."""

from django.db import models

from merchants.models.api_key import ApiKey
from merchants.models.merchant import Merchant
from merchants.models.terminal import Terminal
from tenancy.audit import Audit
from tenancy.models import Staff
from tenancy.scoped import TenantModel


class Pairing(TenantModel):
    """A code for one terminal, and the key that a till got for it. Only its digest is kept."""

    PREFIX = "pai"
    AUDIT = Audit(secret=frozenset({"digest"}))

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="pairings")
    livemode = models.BooleanField(default=False)
    digest = models.BinaryField(max_length=32, editable=False, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, editable=False)
    api_key = models.OneToOneField(
        ApiKey, models.PROTECT, null=True, related_name="pairing", editable=False
    )
    created_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="used_pairing_has_a_key",
                condition=models.Q(used_at=None, api_key=None)
                | models.Q(used_at__isnull=False, api_key__isnull=False),
            )
        ]
