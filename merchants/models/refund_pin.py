"""What a cashier types before a web till gives money back."""

from django.db import models

from merchants.models.merchant import Merchant
from merchants.models.terminal import Terminal
from tenancy.audit import Audit
from tenancy.models import Staff
from tenancy.scoped import TenantModel


class RefundPin(TenantModel):
    """A terminal's PIN: a keyed digest, and how often it was missed in a row."""

    PREFIX = "rpn"
    AUDIT = Audit(secret=frozenset({"digest"}))

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    terminal = models.OneToOneField(Terminal, models.PROTECT, related_name="refund_pin")
    digest = models.BinaryField(max_length=32, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, editable=False)
    set_at = models.DateTimeField(editable=False)
    set_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", editable=False)
