"""The addresses of loyalty in the REST API."""

from django.urls import path

from loyalty.api import cards, code_orders, coupons, members, products, recommendations

_MEMBER = "members/<str:member_id>"

urlpatterns = [
    path("campaigns", coupons.Campaigns.as_view()),
    path("code_orders", code_orders.CodeOrders.as_view()),
    path("code_orders/<str:order_id>", code_orders.OneCodeOrder.as_view()),
    path("code_orders/<str:order_id>/codes", code_orders.OrderedCodes.as_view()),
    path("coupons", coupons.Coupons.as_view()),
    path("coupons/preview", coupons.CouponPreview.as_view()),
    path("coupons/<str:coupon_id>", coupons.OneCoupon.as_view()),
    path("programme", cards.OneProgramme.as_view()),
    path("join_link", cards.OneJoinLink.as_view()),
    path("members", members.Members.as_view()),
    path(_MEMBER, members.OneMember.as_view()),
    path(f"{_MEMBER}/consents", members.MemberConsents.as_view()),
    path(f"{_MEMBER}/forget", members.ForgetMember.as_view()),
    path(f"{_MEMBER}/card/<str:picture>", cards.MemberCard.as_view()),
    path(f"{_MEMBER}/points", members.MemberPoints.as_view()),
    path("products", products.Products.as_view()),
    path("products/<str:product_id>", products.OneProduct.as_view()),
    path("recommendations", recommendations.Recommendations.as_view()),
    path("recommendations/uplift", recommendations.RecommendationUplift.as_view()),
]
