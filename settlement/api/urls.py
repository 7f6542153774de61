"""Addresses below /v1/ of this app."""

from django.urls import path

from settlement.api import adjustments, files, lines, settlements

urlpatterns = [
    path("adjustments", adjustments.Adjustments.as_view()),
    path("settlements", settlements.Settlements.as_view()),
    path("settlements/<str:settlement_id>", settlements.OneSettlement.as_view()),
    path("settlements/<str:settlement_id>/lines", lines.Lines.as_view()),
    path("settlements/<str:settlement_id>/files", files.Files.as_view()),
    path("settlements/<str:settlement_id>/files/<str:name>", files.OneFile.as_view()),
]
