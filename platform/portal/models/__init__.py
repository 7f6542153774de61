"""The portal's tables."""

from portal.models.banner import Banner
from portal.models.figures import HourFigures, Progress, SlotFigures
from portal.models.incident import Incident
from portal.models.insights import (
    Analysis,
    ChangedMember,
    Cohort,
    Customer,
    CustomerDay,
    DayCampaign,
    DayCategory,
    DayGoods,
    DaySales,
    DayWallet,
)

__all__ = [
    "Analysis",
    "Banner",
    "ChangedMember",
    "Cohort",
    "Customer",
    "CustomerDay",
    "DayCampaign",
    "DayCategory",
    "DayGoods",
    "DaySales",
    "DayWallet",
    "HourFigures",
    "Incident",
    "Progress",
    "SlotFigures",
]
