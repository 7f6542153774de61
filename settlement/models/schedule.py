"""When an acquirer settles with its merchants, and on which days banks pay."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from merchants.models import Merchant
from settlement.days import SATURDAY, SUNDAY, BankCalendar, CutOff, Cycle
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


def weekend() -> list[int]:
    return [SATURDAY, SUNDAY]


class Schedule(TenantModel):
    """The acquirer's terms (``merchant`` empty), or those of one merchant in their stead.

    Amounts are minor units by currency code, rates basis points. Read when a batch is frozen, which
    keeps what it was frozen with: a change never touches the past.
    """

    PREFIX = "sch"
    AUDIT = Audit()

    merchant = models.OneToOneField(
        Merchant, models.PROTECT, null=True, blank=True, related_name="+"
    )
    zone = models.CharField("time zone", max_length=64, default="Asia/Shanghai")
    cut_off = models.TimeField(default=time(0), help_text="When a business day ends.")
    cycle = models.CharField(
        max_length=8, choices=[(cycle.value, cycle.value) for cycle in Cycle], default=Cycle.DAILY
    )
    closes_on = models.PositiveSmallIntegerField(
        "week ends on", default=SUNDAY, help_text="0 is Monday; of a weekly cycle."
    )
    open_days = models.PositiveSmallIntegerField(
        "paid after open days", default=1, help_text="1 is T+1: the next day on which banks work."
    )
    calendar = models.CharField(
        max_length=8,
        default="HK",
        help_text="Whose holidays count: a country, a part of one (AU-NSW), or TARGET.",
    )
    weekend = ArrayField(models.PositiveSmallIntegerField(), default=weekend)
    closures = ArrayField(models.DateField(), default=list, blank=True)
    minimum_payouts = models.JSONField(default=dict, blank=True)  # {"HKD": 10000}
    reserve_basis_points = models.PositiveIntegerField(default=0)
    reserve_days = models.PositiveSmallIntegerField(default=0)
    is_held = models.BooleanField("payouts are held", default=False)
    hold_reason = models.CharField(max_length=256, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer"],
                condition=Q(merchant__isnull=True),
                name="one_schedule_per_acquirer",
            ),
            models.CheckConstraint(condition=Q(closes_on__lte=6), name="schedule_closes_on_a_day"),
            models.CheckConstraint(
                condition=Q(reserve_basis_points__lte=10_000), name="schedule_reserves_a_part"
            ),
            models.CheckConstraint(condition=Q(open_days__lte=30), name="schedule_pays_in_a_month"),
        ]

    @property
    def ends(self) -> CutOff:
        """When its business days end."""
        return CutOff(self.zone, self.cut_off)

    @property
    def banks(self) -> BankCalendar:
        """On which days its payouts leave."""
        return BankCalendar(self.calendar, frozenset(self.weekend), frozenset(self.closures))
