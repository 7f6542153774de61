"""Addresses below /v1/ of this app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
