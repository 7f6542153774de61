"""The tables of loyalty, a file for each idea."""

from loyalty.models.basket import Basket, BasketLine, BasketProgress
from loyalty.models.campaign import Campaign, CampaignMerchant, CampaignStore
from loyalty.models.card_template import CardTemplate
from loyalty.models.code_order import CodeOrder
from loyalty.models.coupon import Coupon, Redemption
from loyalty.models.earning import Earning
from loyalty.models.launch import AudienceMember, Launch
from loyalty.models.member import Consent, Member, WalletLink
from loyalty.models.points import PointsEntry
from loyalty.models.product import CatalogueImport, Product
from loyalty.models.programme import (
    BurnRule,
    CategoryRule,
    EarnRule,
    Participation,
    Programme,
    Tier,
)
from loyalty.models.recommendation import Offer, Recommendation, RecommendationTerms
from loyalty.models.rules import Rule, RuleSet

__all__ = [
    "AudienceMember",
    "Basket",
    "BasketLine",
    "BasketProgress",
    "BurnRule",
    "Campaign",
    "CampaignMerchant",
    "CampaignStore",
    "CardTemplate",
    "CatalogueImport",
    "CategoryRule",
    "CodeOrder",
    "Consent",
    "Coupon",
    "EarnRule",
    "Earning",
    "Launch",
    "Member",
    "Offer",
    "Participation",
    "PointsEntry",
    "Product",
    "Programme",
    "Recommendation",
    "RecommendationTerms",
    "Redemption",
    "Rule",
    "RuleSet",
    "Tier",
    "WalletLink",
]
