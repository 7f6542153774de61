"""The address that Alipay notifies."""

from django.urls import path

from payments.api.notify import notify

urlpatterns = [path("notify/<str:account_id>", notify)]
