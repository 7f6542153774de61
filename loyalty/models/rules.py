"""What is bought with what: a set of rules for each merchant and mode, made anew every night."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from loyalty.basket_state import SKU_LENGTH, RuleSetStatus
from loyalty.member_state import labels, values
from merchants.models import Merchant
from tenancy.due_work import TriedRow
from tenancy.scoped import TenantModel

_MAKING = (RuleSetStatus.WAITING, RuleSetStatus.COMPUTING)


class RuleSet(TriedRow):
    """One computation: what it looked at, how far it is, what came of it.

    One set is ``current`` for each merchant and mode, and the next takes its place in the
    transaction that writes its rules. ``basket_count`` is the number that its counts are out of.
    """

    PREFIX = "rls"

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    livemode = models.BooleanField()
    status = models.CharField(
        max_length=12, choices=labels(RuleSetStatus), default=RuleSetStatus.WAITING
    )
    basket_count = models.PositiveIntegerField("baskets", default=0)
    product_count = models.PositiveIntegerField("products", default=0)
    minimum_count = models.PositiveIntegerField(
        "fewest baskets", default=0, help_text="Rarer combinations are passed over."
    )
    rule_count = models.PositiveIntegerField("rules", default=0)
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=256, blank=True, default="")

    class Meta(TriedRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=values(RuleSetStatus)), name="rule_set_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["merchant", "livemode"],
                condition=Q(status=RuleSetStatus.CURRENT),
                name="one_current_rule_set",
            ),
            models.UniqueConstraint(
                fields=["merchant", "livemode"],
                condition=Q(status__in=_MAKING),
                name="one_rule_set_in_the_making",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "livemode", "-id"], name="rule_set_feed"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="rule_set_due"),
        ]


class Rule(TenantModel):
    """Who buys all of ``antecedent`` buys ``consequent`` too: so often out of so many baskets.

    Support, confidence and lift follow from the counts exactly (loyalty.measures). Name and amounts
    are of the newest line of the consequent, for a merchant whose catalogue lacks it.
    """

    PREFIX = "rul"

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    livemode = models.BooleanField()
    rule_set = models.ForeignKey(RuleSet, models.CASCADE, related_name="rules", db_index=False)
    anchor = models.CharField(max_length=SKU_LENGTH, editable=False)  # antecedent's first
    antecedent = ArrayField(models.CharField(max_length=SKU_LENGTH), verbose_name="who buys")
    # The antecedent's second, or nothing. Under row-level security an index is searched by what
    # PostgreSQL knows to tell nothing of other rows: by texts, and not by what an array contains.
    second = models.GeneratedField(
        expression=Coalesce(F("antecedent__1"), Value("")),
        output_field=models.CharField(max_length=SKU_LENGTH),
        db_persist=True,
    )
    consequent = models.CharField("buys too", max_length=SKU_LENGTH)
    both_count = models.PositiveIntegerField("baskets with both")
    antecedent_count = models.PositiveIntegerField("baskets with the first")
    consequent_count = models.PositiveIntegerField("baskets with the second")
    name = models.CharField(max_length=128)
    currency = models.CharField(max_length=3)
    unit_amount_minor = models.BigIntegerField(editable=False)
    unit_cost_minor = models.BigIntegerField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "anchor", "antecedent", "consequent"], name="a_rule_is_once"
            ),
            models.CheckConstraint(
                condition=Q(both_count__gt=0)
                & Q(both_count__lte=F("antecedent_count"))
                & Q(both_count__lte=F("consequent_count")),
                name="rule_counts_fit",
            ),
        ]
        indexes = [
            models.Index(fields=["acquirer", "-id"], name="rule_of_acquirer"),
            models.Index(fields=["rule_set", "anchor", "second"], name="rule_of_basket"),
        ]
