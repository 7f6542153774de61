"""Addresses below /v1/ of this app."""

from django.urls import path

from settlement.api import adjustments, settlements

urlpatterns = [
    path("adjustments", adjustments.Adjustments.as_view()),
    path("settlements", settlements.Settlements.as_view()),
    path("settlements/<str:settlement_id>", settlements.OneSettlement.as_view()),
]
