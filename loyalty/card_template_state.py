"""A card template's way to Alipay. The pauses are those of stores that are announced."""

from django.db import models

from connectors.base import Result


class CardTemplateStatus(models.TextChoices):
    """Where a template stands at the scheme."""

    TO_SEND = "to_send", "To be sent"
    SENT = "sent", "At Alipay"
    REFUSED = "refused", "Refused by Alipay"


S = CardTemplateStatus
AFTER: dict[Result, CardTemplateStatus] = {
    Result.SUCCEEDED: S.SENT,
    Result.FAILED: S.REFUSED,
    Result.PENDING: S.TO_SEND,
    Result.UNKNOWN: S.TO_SEND,
}
