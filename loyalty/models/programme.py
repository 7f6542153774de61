"""A programme: whose customers are its members, what they earn, and what they may become."""

from django.db import models
from django.db.models import Q

from kernel.money import Money
from loyalty.earning import FULL
from loyalty.member_state import ProgrammeStatus, Rounding, labels, values
from loyalty.wallet_keys import new_wallet_key
from merchants.models import Merchant
from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.scoped import TenantModel, Through


class Programme(TenantModel):
    """One merchant's, or shared by several of one acquirer's (``Participation``)."""

    PREFIX = "prg"
    MERCHANT_COLUMN = Through("loyalty.Participation", column="id", theirs="programme_id")
    AUDIT = Audit(merchant_column=None, secret=frozenset({"wallet_key"}))

    name = models.CharField(max_length=64)
    status = models.CharField(
        max_length=8, choices=labels(ProgrammeStatus), default=ProgrammeStatus.ACTIVE
    )
    rounding = models.CharField(
        max_length=8,
        choices=labels(Rounding),
        default=Rounding.DOWN,
        help_text="What becomes of a part of a point, once for each payment.",
    )
    points_live_days = models.PositiveSmallIntegerField(
        "points live, days", default=730, help_text="Each earning expires after so many days."
    )
    may_owe = models.BooleanField(
        "balance may fall below zero",
        default=False,
        help_text="A refund takes back points that were spent already; the next earning repays.",
    )
    adjusted_alone_points = models.PositiveIntegerField(
        "points that one person may adjust",
        default=10_000,
        help_text="More at once needs a second person.",
    )
    # Under which the wallets of its members are digested; the master key wraps it.
    wallet_key = EncryptedTextField(default=new_wallet_key, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["acquirer", "name"], name="programme_name_is_unique"),
            models.CheckConstraint(
                condition=Q(status__in=values(ProgrammeStatus)), name="programme_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(rounding__in=values(Rounding)), name="programme_rounding_is_known"
            ),
            models.CheckConstraint(
                condition=Q(points_live_days__gte=1, points_live_days__lte=3653),
                name="points_live_a_day_to_ten_years",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Participation(TenantModel):
    """A merchant takes part in one programme: its tills join members and its sales earn points."""

    PREFIX = "ppn"
    AUDIT = Audit()

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="participations")
    merchant = models.OneToOneField(Merchant, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.merchant)


class EarnRule(TenantModel):
    """Points for what is paid in one currency: ``points`` for every ``per_minor`` minor units."""

    PREFIX = "ern"
    MERCHANT_COLUMN = Through("loyalty.Participation", column="programme_id", theirs="programme_id")
    AUDIT = Audit(merchant_column=None)

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="earn_rules")
    currency = models.CharField(max_length=3)
    points = models.PositiveIntegerField(default=1)
    per_minor = models.PositiveIntegerField(
        "for every", default=100, help_text="In its currency: 1.00."
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "currency"], name="one_earn_rule_per_currency"
            ),
            models.CheckConstraint(condition=Q(per_minor__gte=1), name="earn_rule_has_a_unit"),
            models.CheckConstraint(condition=Q(points__lte=1_000_000), name="earn_rule_is_bounded"),
        ]

    def __str__(self) -> str:
        return f"{self.points} / {Money(self.per_minor, self.currency)}"


class BurnRule(TenantModel):
    """What points are worth as part payment in one currency: ``minor`` for each ``points``."""

    PREFIX = "brn"
    MERCHANT_COLUMN = Through("loyalty.Participation", column="programme_id", theirs="programme_id")
    AUDIT = Audit(merchant_column=None)

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="burn_rules")
    currency = models.CharField(max_length=3)
    points = models.PositiveIntegerField(
        "points at a time", default=100, help_text="Points are spent in multiples of this number."
    )
    minor = models.PositiveIntegerField(
        "are worth", default=100, help_text="In its currency: 1.00."
    )
    minimum_points = models.PositiveIntegerField(
        default=0, help_text="Fewer are not spent at once."
    )
    borne_basis_points = models.PositiveIntegerField(
        "acquirer bears, basis points",
        default=0,
        help_text="10000: the merchant is paid the whole price; 0: the merchant sold cheaper.",
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "currency"], name="one_burn_rule_per_currency"
            ),
            models.CheckConstraint(
                condition=Q(points__gte=1, points__lte=1_000_000, minor__gte=1),
                name="burn_rule_has_a_worth",
            ),
            models.CheckConstraint(
                condition=Q(borne_basis_points__lte=FULL), name="the_acquirer_bears_all_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} = {Money(self.minor, self.currency)}"


class CategoryRule(TenantModel):
    """Goods of a category (``items[].category``) earn so many times as much, or nothing."""

    PREFIX = "cat"
    MERCHANT_COLUMN = Through("loyalty.Participation", column="programme_id", theirs="programme_id")
    AUDIT = Audit(merchant_column=None)

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="category_rules")
    category = models.CharField(max_length=64)
    multiplier_basis_points = models.PositiveIntegerField(
        default=FULL, help_text="10000 is once, 20000 twice, 0 not at all."
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["programme", "category"], name="one_rule_per_category"),
            models.CheckConstraint(
                condition=Q(multiplier_basis_points__lte=100 * FULL),
                name="category_multiplies_by_100_at_most",
            ),
        ]

    def __str__(self) -> str:
        return self.category


class Tier(TenantModel):
    """What a member is that earned ``threshold_points`` in the last twelve months."""

    PREFIX = "tie"
    MERCHANT_COLUMN = Through("loyalty.Participation", column="programme_id", theirs="programme_id")
    AUDIT = Audit(merchant_column=None)

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="tiers")
    name = models.CharField(max_length=32)
    threshold_points = models.PositiveIntegerField(
        help_text="Earned in the last twelve months, less what refunds took back."
    )
    multiplier_basis_points = models.PositiveIntegerField(
        default=FULL, help_text="10000 is once, 20000 twice."
    )
    benefits = models.TextField(max_length=1024, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "threshold_points"], name="one_tier_per_threshold"
            ),
            models.UniqueConstraint(fields=["programme", "name"], name="tier_name_is_unique"),
            models.CheckConstraint(
                condition=Q(multiplier_basis_points__lte=100 * FULL),
                name="tier_multiplies_by_100_at_most",
            ),
        ]

    def __str__(self) -> str:
        return self.name
