"""Where a store stands at Alipay."""

from django.db import models

from merchants.models.merchant import Merchant
from merchants.models.partner_account import PartnerAccount
from merchants.models.store import Store
from merchants.registration_state import RegistrationStatus
from tenancy.audit import Audit
from tenancy.due_work import PROGRESS, DueRow


class Registration(DueRow):
    """One store below one partner account, as announced to the scheme (barcode reference §5).

    ``scheme_merchant_id`` and ``scheme_store_id`` are the names it was announced under last;
    ``registered_at`` is set once the scheme has taken them, and stays while a change is looked at.
    """

    PREFIX = "reg"
    AUDIT = Audit(ignored=PROGRESS | {"evidence", "asked_at", "sent_digest"})

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="registrations")
    store = models.ForeignKey(Store, models.PROTECT, related_name="registrations")
    partner_account = models.ForeignKey(
        PartnerAccount, models.PROTECT, related_name="registrations"
    )
    scheme_merchant_id = models.CharField(max_length=32)
    scheme_store_id = models.CharField(max_length=32)
    status = models.CharField(
        max_length=16, choices=RegistrationStatus, default=RegistrationStatus.TO_SEND
    )
    code = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(
        max_length=500, blank=True, default="", help_text="The scheme's words, or what hinders us."
    )
    registered_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)  # calls since the status was reached
    asked_at = models.DateTimeField(null=True, blank=True)
    sent_digest = models.CharField(max_length=64, blank=True, default="")
    evidence = models.JSONField(default=dict, blank=True)  # of the last call, masked

    class Meta(DueRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["store", "partner_account"], name="one_registration_per_account"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="registration_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.store} at {self.partner_account}"
