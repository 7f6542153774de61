"""Where a merchant wants its events sent."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.scoped import TenantModel


class DisabledReason(models.TextChoices):
    """Why nothing is sent; empty while the endpoint is enabled."""

    BY_MERCHANT = "by_merchant", "switched off by the merchant"
    BY_STAFF = "by_staff", "switched off by staff"
    GONE = "gone", "it answered 410 Gone"
    FAILING = "failing", "it failed for days"
    DELETED = "deleted", "deleted"


class WebhookEndpoint(TenantModel):
    """An address of the merchant's, its secrets, and how it has been doing.

    A deleted one stays as a row, for its deliveries are part of payments' stories; its secrets go.
    """

    PREFIX = "whe"
    AUDIT = Audit(
        secret=frozenset({"secret", "previous_secret"}),
        ignored=frozenset({"failing_since", "is_impaired", "mail_due_at"}),
    )
    MAX_URL = 2048
    Reason: ClassVar[type[DisabledReason]] = DisabledReason

    merchant_id = models.UUIDField()
    livemode = models.BooleanField()
    url = models.CharField(max_length=MAX_URL)
    description = models.CharField(max_length=256, blank=True)
    event_types = ArrayField(
        models.CharField(max_length=48), blank=True, default=list, help_text="Empty: all of them."
    )
    contact_email = models.EmailField(blank=True, help_text="Told when we disable the endpoint.")

    secret = EncryptedTextField(editable=False)
    # After a rotation the old secret signs beside the new one until this moment.
    previous_secret = EncryptedTextField(editable=False, blank=True)
    previous_secret_ends_at = models.DateTimeField(null=True, blank=True, editable=False)

    is_enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=16, choices=DisabledReason, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Since the first failed try that no success has followed.
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    # Failing, or slow to answer: fewer tries at once, in the part of the worker kept for such.
    is_impaired = models.BooleanField(default=False)
    # An e-mail about the disabling is owed since then, or leased until then.
    mail_due_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["merchant_id", "livemode"],
                name="endpoint_wants_events",
                condition=Q(is_enabled=True),
            ),
            models.Index(fields=["merchant_id", "livemode", "-id"], name="endpoint_list"),
            models.Index(
                fields=["mail_due_at"],
                name="endpoint_mail_due",
                condition=Q(mail_due_at__isnull=False),
            ),
        ]

    def secrets_at(self, moment: datetime) -> list[str]:
        """The secrets that sign at ``moment``, the present one first."""
        if self.previous_secret_ends_at is None or self.previous_secret_ends_at <= moment:
            return [self.secret]
        return [self.secret, self.previous_secret]
