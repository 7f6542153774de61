"""Addresses below /v1/ of this app."""

from django.urls import path

from settlement.api import adjustments, fee_plan, files, journals, lines, payouts, settlements

urlpatterns = [
    path("adjustments", adjustments.Adjustments.as_view()),
    path("fee_plan", fee_plan.FeePlans.as_view()),
    path("journals", journals.Journals.as_view()),
    path("journals/<str:journal_id>/file", journals.JournalFile.as_view()),
    path("payouts", payouts.Payouts.as_view()),
    path("payouts/<str:payout_id>", payouts.OnePayout.as_view()),
    path("settlements", settlements.Settlements.as_view()),
    path("settlements/<str:settlement_id>", settlements.OneSettlement.as_view()),
    path("settlements/<str:settlement_id>/lines", lines.Lines.as_view()),
    path("settlements/<str:settlement_id>/files", files.Files.as_view()),
    path("settlements/<str:settlement_id>/files/<str:name>", files.OneFile.as_view()),
]
