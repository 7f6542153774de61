"""A member: a customer who comes back, known by a card and by nothing else unless they say so."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock
from loyalty.card_numbers import new_card_number
from loyalty.member_state import MemberStatus, Purpose, labels, values
from loyalty.models.programme import Programme
from merchants.models import Merchant
from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.scoped import TenantModel, Through

OF_PROGRAMME = Through("loyalty.Participation", column="programme_id", theirs="programme_id")


class Member(TenantModel):
    """Every merchant of the programme sees its members; name, phone and e-mail are optional.

    ``points`` is the sum of the member's entries, which the database itself keeps (a trigger of
    ``loyalty_pointsentry``); nothing else writes it. A wallet is kept by the database only while
    the member agrees (a trigger of ``loyalty_walletlink``).
    """

    PREFIX = "mem"
    MERCHANT_COLUMN = OF_PROGRAMME
    AUDIT = Audit(
        merchant_column=None,
        secret=frozenset({"card_number", "person_name", "phone", "email"}),
        ignored=frozenset({"points", "next_expiry_at"}),
    )

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="members")
    livemode = models.BooleanField()
    joined_merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", verbose_name="joined at"
    )
    joined_at = models.DateTimeField(default=clock.now)
    status = models.CharField(
        max_length=12, choices=labels(MemberStatus), default=MemberStatus.ACTIVE
    )
    card_number = models.CharField(  # noqa: DJ001 - a forgotten member has none
        max_length=18, null=True, unique=True, default=new_card_number, editable=False
    )
    # Not ``name``: hiding that from support would hide every table's.
    person_name = EncryptedTextField("name", blank=True, default="")
    phone = EncryptedTextField(blank=True, default="")
    email = EncryptedTextField("e-mail", blank=True, default="")
    points = models.BigIntegerField(default=0, editable=False)
    # The earliest moment at which a lot of theirs may have to expire; kept with the balance.
    next_expiry_at = models.DateTimeField(null=True, editable=False)
    forgotten_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=values(MemberStatus)), name="member_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    status=MemberStatus.FORGOTTEN,
                    card_number__isnull=True,
                    person_name="",
                    phone="",
                    email="",
                    forgotten_at__isnull=False,
                )
                | (
                    ~Q(status=MemberStatus.FORGOTTEN)
                    & Q(card_number__isnull=False, forgotten_at__isnull=True)
                ),
                name="a_forgotten_member_is_nobody",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "livemode", "-id"], name="member_feed"),
            models.Index(fields=["acquirer", "-id"], name="member_of_acquirer"),
            models.Index(
                fields=["next_expiry_at"],
                condition=Q(next_expiry_at__isnull=False),
                name="member_with_points_to_expire",
            ),
        ]

    @property
    def is_forgotten(self) -> bool:
        return self.status == MemberStatus.FORGOTTEN


class Consent(TenantModel):
    """What a member agreed to, or took back: appended, never edited; the newest one holds."""

    PREFIX = "cns"
    MERCHANT_COLUMN = OF_PROGRAMME
    IS_APPEND_ONLY: ClassVar[bool] = True

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=16, choices=labels(Purpose))
    is_given = models.BooleanField()
    # Of the text that was shown, which the merchant keeps; no words about the person.
    wording_version = models.CharField(max_length=32)
    recorded_by = models.CharField(max_length=128)  # ``key_01j…`` or ``customer``

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=values(Purpose)), name="consent_purpose_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["member", "purpose", "-id"], name="consent_of_member"),
        ]


class WalletLink(TenantModel):
    """A wallet that is known again: its keyed digest, kept only while the member agrees."""

    PREFIX = "wal"
    MERCHANT_COLUMN = OF_PROGRAMME

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="wallets")
    livemode = models.BooleanField()
    scheme = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "livemode", "digest"], name="a_wallet_is_one_members"
            ),
        ]
