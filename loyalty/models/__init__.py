"""The tables of loyalty, a file for each idea."""

from loyalty.models.earning import Earning
from loyalty.models.member import Consent, Member, WalletLink
from loyalty.models.points import PointsEntry
from loyalty.models.programme import CategoryRule, EarnRule, Participation, Programme, Tier

__all__ = [
    "CategoryRule",
    "Consent",
    "EarnRule",
    "Earning",
    "Member",
    "Participation",
    "PointsEntry",
    "Programme",
    "Tier",
    "WalletLink",
]
