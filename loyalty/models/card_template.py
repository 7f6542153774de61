"""What a programme's cards look like in the wallet."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from connectors.alipay.cards import NAME_LIMIT
from loyalty.card_template_state import CardTemplateStatus
from loyalty.models.programme import Programme
from merchants.models import PartnerAccount
from tenancy.audit import Audit
from tenancy.due_work import PROGRESS, DueRow

_PICTURE = RegexValidator(r"\A[A-Za-z0-9_-]+\Z", "As Alipay gave it: letters, digits, _ and -.")


class CardTemplate(DueRow):
    """One programme's template below one partner account; it says nothing about any member.

    ``template_id`` is Alipay's. A row that is due is sent: created, or modified once it is there.
    """

    PREFIX = "ctp"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None, ignored=PROGRESS | {"asked_at", "evidence"})

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="card_templates")
    partner_account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    card_name = models.CharField(
        "name on the card", max_length=NAME_LIMIT, help_text="At most 10 characters."
    )
    logo_id = models.CharField(
        "logo", max_length=64, validators=[_PICTURE],
        help_text="Alipay's id of the picture: a square of 500 pixels or more.",
    )  # fmt: skip
    background_id = models.CharField(
        "background", max_length=64, validators=[_PICTURE],
        help_text="Alipay's id of the picture: 1020 by 643 pixels or more.",
    )  # fmt: skip
    colour = models.CharField(max_length=16, default="rgb(37,99,235)", help_text="rgb(37,99,235)")
    status = models.CharField(
        max_length=8,
        choices=CardTemplateStatus,
        default=CardTemplateStatus.TO_SEND,
        editable=False,
    )
    template_id = models.CharField(
        "Alipay's template id", max_length=32, blank=True, default="", editable=False
    )
    code = models.CharField(max_length=64, blank=True, default="", editable=False)
    reason = models.CharField(max_length=500, blank=True, default="", editable=False)
    tries = models.PositiveIntegerField(default=0, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    evidence = models.JSONField(default=dict, blank=True, editable=False)  # of the last call

    class Meta(DueRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "partner_account"],
                name="one_card_template_per_account",
                violation_error_message="This programme has a template below this account already.",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | ~Q(template_id=""), name="a_sent_template_has_an_id"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="card_template_due"
            )
        ]

    def __str__(self) -> str:
        return self.card_name
