"""Addresses below /v1/ of this app."""

from django.urls import path

from payments.api import payments, refunds, timeline

urlpatterns = [
    path("payments", payments.Payments.as_view()),
    path("payments/<str:payment_id>", payments.OnePayment.as_view()),
    path("payments/<str:payment_id>/cancel", payments.PaymentCancel.as_view()),
    path("payments/<str:payment_id>/timeline", timeline.PaymentTimeline.as_view()),
    path("payments/<str:payment_id>/refunds", refunds.PaymentRefunds.as_view()),
    path("refunds", refunds.Refunds.as_view()),
    path("refunds/<str:refund_id>", refunds.OneRefund.as_view()),
]
