"""What Alipay tells us by itself, and what was refused of what came in its name."""

from django.db import models

from merchants.models import Merchant, PartnerAccount
from payments.models.payment import Payment
from tenancy.models import Acquirer
from tenancy.scoped import TenantModel


class Notification(TenantModel):
    """What Alipay told us by itself; kept once per ``notify_id``, then checked by a query."""

    PREFIX = "ntf"

    # No index of its own: the console's feed begins with it.
    acquirer = models.ForeignKey(Acquirer, models.PROTECT, related_name="+", db_index=False)
    # None until a payment is known: then it is the acquirer's own business.
    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")
    partner_account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    notify_id = models.CharField(max_length=128)
    action = models.CharField(max_length=64, blank=True, default="")
    trade_status = models.CharField(max_length=32, blank=True, default="")
    body = models.JSONField()
    times_received = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["partner_account", "notify_id"], name="notify_id_is_unique"
            )
        ]
        indexes = [
            models.Index(fields=["payment"], name="notification_by_payment"),
            models.Index(fields=["acquirer", "-id"], name="notification_of_acquirer"),
        ]


class RefusedNotification(TenantModel):
    """What came to the notification address and was not believed; it has changed nothing.

    Kept apart from the genuine ones: a forger chooses its ``notify_id`` and must not be able to
    take one that Alipay will use. The same content again is counted, not kept twice.
    """

    PREFIX = "nrf"
    MERCHANT_COLUMN = None

    class Reason(models.TextChoices):
        FORGED = "forged", "not signed by Alipay, or no notification at all"
        FOREIGN = "foreign", "of another seller"
        CONTRADICTORY = "contradictory", "other amount or currency than the payment's"

    partner_account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=16, choices=Reason)
    detail = models.CharField(max_length=200)
    body = models.JSONField()
    digest = models.BinaryField(max_length=32)
    times_received = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["partner_account", "digest"], name="refused_notification_is_kept_once"
            )
        ]
        indexes = [
            models.Index(fields=["partner_account", "created_at"], name="refused_notification_feed")
        ]
