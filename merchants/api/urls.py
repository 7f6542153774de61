"""Addresses below /v1/ of this app."""

from django.urls import path

from merchants.api import views

urlpatterns = [
    path("stores", views.Stores.as_view()),
    path("terminals", views.Terminals.as_view()),
]
