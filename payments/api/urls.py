"""Addresses below /v1/ of this app."""

from django.urls import path

from payments.api import timeline, views

urlpatterns = [
    path("payments", views.Payments.as_view()),
    path("payments/<str:payment_id>", views.OnePayment.as_view()),
    path("payments/<str:payment_id>/cancel", views.PaymentCancel.as_view()),
    path("payments/<str:payment_id>/timeline", timeline.PaymentTimeline.as_view()),
    path("payments/<str:payment_id>/refunds", views.PaymentRefunds.as_view()),
    path("refunds", views.Refunds.as_view()),
    path("refunds/<str:refund_id>", views.OneRefund.as_view()),
]
