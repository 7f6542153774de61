"""Orders of unique codes: so many of one campaign, made by workers batch by batch."""

from django.db import models
from django.db.models import F, Q

from loyalty.campaign_state import CODE_ORDER_LABELS, CodeOrderStatus
from loyalty.member_state import values
from loyalty.models.campaign import Campaign
from tenancy.audit import Audit
from tenancy.due_work import PROGRESS, TriedRow


class CodeOrder(TriedRow):
    """``count`` codes, of which ``made_count`` are there. The acquirer's staff's alone."""

    PREFIX = "cor"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None, ignored=PROGRESS | {"made_count"})

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="code_orders")
    count = models.PositiveIntegerField("codes ordered")
    made_count = models.PositiveIntegerField("codes made", default=0)
    status = models.CharField(
        max_length=8, choices=CODE_ORDER_LABELS, default=CodeOrderStatus.MAKING
    )
    ordered_by = models.CharField(max_length=128)
    finished_at = models.DateTimeField("finished", null=True)
    failure = models.CharField(max_length=256, blank=True, default="")

    class Meta(TriedRow.Meta):
        verbose_name = "order of codes"
        verbose_name_plural = "orders of codes"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=values(CodeOrderStatus)), name="code_order_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(made_count__lte=F("count")), name="no_more_codes_than_ordered"
            ),
        ]
        indexes = [
            models.Index(fields=["acquirer", "-id"], name="code_order_of_acquirer"),
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="code_order_due"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
