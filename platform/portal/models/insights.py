"""What insights are read from: sums by day and place, by customer, and by cohort.

A day is a day of the acquirer's zone. A payment counts on the day it was made, if it succeeded,
with what has been given back of it since. Amounts are minor units.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from loyalty.models import Campaign, Member
from merchants.models import Merchant, Store
from portal.insights.rules import GRAINS, PERSONAS, RISKS
from tenancy.models import Acquirer
from tenancy.scoped import TenantModel

HOURS = 24


class Insight(TenantModel):
    """Of one merchant in one mode."""

    # No index of their own: the unique keys begin with the merchant.
    acquirer = models.ForeignKey(Acquirer, models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    livemode = models.BooleanField()

    class Meta(TenantModel.Meta):
        abstract = True


class DayInsight(Insight):
    """Of one day and one currency."""

    day = models.DateField()
    currency = models.CharField(max_length=3)

    class Meta(Insight.Meta):
        abstract = True


class StoreInsight(DayInsight):
    """Of one store's day."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)

    class Meta(DayInsight.Meta):
        abstract = True


_STORE_KEY = ("merchant", "livemode", "day", "store", "currency")


class DaySales(StoreInsight):
    """A store's sales of a day. ``hours`` and ``hour_amounts`` are by the hour of the zone's clock,
    from 0 to 23; ``with_items`` are the payments that said what was in the basket."""

    PREFIX = "dsl"

    payments = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    refunded_payments = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()
    with_items = models.BigIntegerField()
    units = models.BigIntegerField()
    known_payments = models.BigIntegerField()  # by known customers
    known_minor = models.BigIntegerField()
    hours = ArrayField(models.BigIntegerField(), size=HOURS)
    hour_amounts = ArrayField(models.BigIntegerField(), size=HOURS)

    class Meta(StoreInsight.Meta):
        constraints = [models.UniqueConstraint(fields=_STORE_KEY, name="one_row_of_sales_per_day")]
        indexes = [models.Index(fields=["acquirer", "livemode", "day"], name="sales_of_acquirer")]


class DayWallet(StoreInsight):
    """Which wallets paid, and in which currency of their own: where the payers are at home."""

    PREFIX = "dwa"

    wallet = models.CharField(max_length=16)  # "" where Alipay did not say
    payer_currency = models.CharField(max_length=3)
    payments = models.BigIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta(StoreInsight.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[*_STORE_KEY, "wallet", "payer_currency"], name="one_row_per_wallet_and_day"
            )
        ]
        indexes = [models.Index(fields=["acquirer", "livemode", "day"], name="wallets_of_acquirer")]


class DayCategory(StoreInsight):
    """What was in the baskets, by category. ``costed_minor`` is the part of the amount whose cost
    is known, ``cost_minor`` that cost."""

    PREFIX = "dca"

    category = models.CharField(max_length=64)  # "" where the till named none
    payments = models.BigIntegerField()
    units = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    costed_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField()

    class Meta(StoreInsight.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[*_STORE_KEY, "category"], name="one_row_per_category_and_day"
            )
        ]
        indexes = [
            models.Index(fields=["acquirer", "livemode", "day"], name="categories_of_acquirer")
        ]


class DayGoods(DayInsight):
    """What was in the baskets, by article of the merchant's."""

    PREFIX = "dgo"

    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=256)
    category = models.CharField(max_length=64)
    payments = models.BigIntegerField()
    units = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    costed_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField()

    class Meta(DayInsight.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "livemode", "day", "currency", "sku"],
                name="one_row_per_article_and_day",
            )
        ]


class DayCampaign(StoreInsight):
    """What a campaign's coupons took off in a store on a day, of payments that kept them.

    ``borne_minor`` of ``discount_minor`` is the acquirer's; ``sales_minor`` is what those payments
    charged, after refunds.
    """

    PREFIX = "dcp"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", db_index=False)
    payments = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    borne_minor = models.BigIntegerField()
    sales_minor = models.BigIntegerField()

    class Meta(StoreInsight.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[*_STORE_KEY, "campaign"], name="one_row_per_campaign_and_day"
            )
        ]
        indexes = [
            models.Index(fields=["acquirer", "livemode", "day"], name="campaigns_of_acquirer")
        ]


class CustomerDay(StoreInsight):
    """What one known customer bought on a day. Gone with the customer."""

    PREFIX = "cda"

    member = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
    visits = models.BigIntegerField()  # payments
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()

    class Meta(StoreInsight.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["member", "merchant", "livemode", "day", "store", "currency"],
                name="one_row_per_customer_and_day",
            )
        ]
        indexes = [models.Index(fields=["merchant", "livemode", "day"], name="customer_day")]


class Customer(Insight):
    """A known customer of a merchant in one currency, as it stood when ``as_of`` began.

    ``…_year`` are of the 365 days before. ``expected_minor`` is what the next 365 are expected to
    bring (docs/concepts/insights.md). Gone with the customer.
    """

    PREFIX = "cus"

    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    as_of = models.DateField()
    first_day = models.DateField()
    last_day = models.DateField()
    days = models.BigIntegerField()  # with a visit
    visits = models.BigIntegerField()
    net_minor = models.BigIntegerField()  # after refunds
    visits_year = models.BigIntegerField()
    net_year_minor = models.BigIntegerField()
    interval_hours = models.BigIntegerField(null=True)  # mean time between two days with a visit
    late_percent = models.BigIntegerField(null=True)  # time since the last visit, of that
    recency = models.SmallIntegerField()  # scores, 1 to 5
    frequency = models.SmallIntegerField()
    monetary = models.SmallIntegerField()
    persona = models.CharField(max_length=16)
    risk = models.CharField(max_length=16)
    expected_minor = models.BigIntegerField()

    class Meta(Insight.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "livemode", "currency", "member"],
                name="one_row_per_customer_and_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(persona__in=[rule.name for rule in PERSONAS]),
                name="persona_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(risk__in=[band.name for band in RISKS]), name="risk_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "livemode", "currency", "persona", "risk"],
                include=["net_minor", "visits", "net_year_minor", "expected_minor"],
                name="customer_by_persona",
            )
        ]


class Cohort(Insight):
    """How many of the customers whose first visit was in the period ``cohort`` came again
    ``age`` periods later. Whole days before ``as_of`` of the merchant's analysis only."""

    PREFIX = "coh"

    currency = models.CharField(max_length=3)
    grain = models.CharField(max_length=5)  # week (from Monday), month
    cohort = models.DateField()  # the first day of the period
    age = models.IntegerField()
    customers = models.BigIntegerField()
    visits = models.BigIntegerField()
    net_minor = models.BigIntegerField()

    class Meta(Insight.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "livemode", "currency", "grain", "cohort", "age"],
                name="one_row_per_cohort_and_age",
            ),
            models.CheckConstraint(
                condition=models.Q(grain__in=GRAINS), name="cohort_grain_is_known"
            ),
        ]


class Analysis(Insight):
    """How far a merchant's customers were analysed: up to the beginning of ``as_of``."""

    PREFIX = "ana"

    as_of = models.DateField(null=True)
    is_stale = models.BooleanField(default=True)  # a day before it has changed

    class Meta(Insight.Meta):
        verbose_name = "insights"
        verbose_name_plural = "insights"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "livemode"], name="one_analysis_per_merchant"
            )
        ]
        indexes = [
            models.Index(fields=["acquirer", "livemode"], name="analysis_of_acquirer"),
            models.Index(
                fields=["id"], condition=models.Q(is_stale=True), name="analysis_is_stale"
            ),
        ]


class ChangedMember(TenantModel):
    """A member who was forgotten, or said otherwise about being one: written by the database
    itself in that statement, taken away when it has been counted."""

    PREFIX = "chm"
    MERCHANT_COLUMN = None

    member = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
